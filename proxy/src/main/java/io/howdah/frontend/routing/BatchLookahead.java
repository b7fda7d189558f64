package io.howdah.frontend.routing;

import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.Statement;
import io.howdah.config.PoolMode;
import io.howdah.frontend.prepared.StatementFinder;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.ReadingChange;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.Target;
import io.howdah.route.lexer.Hint;
import io.howdah.wire.CString;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides where a request goes before any of it is sent. A batch of the extended protocol goes
 * whole to one server, so it is looked through up to its Sync; what can't be told goes to the
 * primary.
 *
 * <p>Thread: the session's event loop.
 */
public final class BatchLookahead {
  /** A batch longer than this is decided by what is known of it. */
  private static final int MAX_BYTES = 64 << 10;

  private final SessionState state;
  private final StatementFinder statements;

  /** The text for which the request looked at last goes to a replica, if it does. */
  private Facts read;

  /** The unnamed statement as it will be at the message at hand. */
  private Statement unnamed;

  /** What the first message of the batch prepares, or null. */
  private Statement firstPrepared;

  private final BatchTransactions transactions;

  /** Statements that the batch itself names, with where their names stand; rarely more than one. */
  private final List<Named> named = new ArrayList<>(1);

  private record Named(int from, int to, Statement statement) {}

  public BatchLookahead(SessionState state) {
    this.state = state;
    this.statements = state.statements;
    this.transactions = new BatchTransactions(state);
  }

  /**
   * The target of the request that begins at {@code start}, or null when more bytes are needed to
   * tell. Its first text's facts are remembered for the next look-up.
   */
  public Target target(byte type, int bodyLength, ByteBuf in, int start, int end) {
    statements.forget();
    if (state.readsReplicasOnly()) {
      return asksForPrimary(type, bodyLength, in, start, end)
          ? Target.PRIMARY
          : Target.ONLY_REPLICA;
    }
    if (state.session.turn().isUnused()
        && RoleProbe.is(type, in, start + Protocol.HEADER_BYTES, bodyLength)) {
      return Target.ANY;
    }
    if (state.splitsReads()) {
      return byText(type, bodyLength, in, start, end);
    }
    if (state.shadowsReads()) {
      Target would = byText(type, bodyLength, in, start, end);
      if (would == null) {
        return null;
      }
      if (would == Target.REPLICA) {
        state.session.worker().routes().wouldRead(read.reason());
      }
    }
    return state.heedsHints() && hintOfFirst(type, bodyLength, in, start, end) == Hint.REPLICA
        ? byText(type, bodyLength, in, start, end)
        : Target.PRIMARY;
  }

  /** Whether a session that only replicas serve asks for the primary this once, and may. */
  private boolean asksForPrimary(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return !state.isBarredFromPrimary()
        && state.poolMode != PoolMode.SESSION
        && hintOfFirst(type, bodyLength, in, start, end) == Hint.PRIMARY;
  }

  /** What a comment in the first text of a request asks for. */
  private Hint hintOfFirst(byte type, int bodyLength, ByteBuf in, int start, int end) {
    Facts facts = factsOfFirst(type, bodyLength, in, start, end);
    return facts == null ? Hint.NONE : facts.hint();
  }

  /**
   * The facts of the statement that the first message of a request brings or uses, which are
   * remembered for the next look-up; null when there are none.
   */
  public Facts factsOfFirst(byte type, int bodyLength, ByteBuf in, int start, int end) {
    statements.forget();
    switch (type) {
      case FrontendType.QUERY -> {
        Facts facts = factsOfQuery(bodyLength, in, start);
        statements.remember(facts);
        return facts;
      }
      case FrontendType.PARSE, FrontendType.BIND, FrontendType.DESCRIBE -> {
        int body = start + Protocol.HEADER_BYTES;
        if (statements.isTooLong(bodyLength) || end - body < bodyLength) {
          return null;
        }
        unnamed = state.unnamed.get();
        named.clear();
        firstPrepared = null;
        Facts facts = factsOf(type, in, body, body + bodyLength, true);
        statements.remember(firstPrepared);
        return facts;
      }
      default -> {
        return null;
      }
    }
  }

  private Facts factsOfQuery(int bodyLength, ByteBuf in, int start) {
    return statements.query(in, start + Protocol.HEADER_BYTES, bodyLength, state.reading());
  }

  private Target byText(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return switch (type) {
      case FrontendType.QUERY -> {
        Facts facts = factsOfQuery(bodyLength, in, start);
        statements.remember(facts);
        read = facts;
        yield targetOf(facts);
      }
      case FrontendType.FUNCTION_CALL -> Target.PRIMARY;
      default -> {
        firstPrepared = null;
        read = null;
        Target target = batch(in, start, end);
        // Only now: the look-ups of further texts are not to find it.
        statements.remember(firstPrepared);
        yield target;
      }
    };
  }

  /** Where a query string outside a transaction may go. */
  private Target targetOf(Facts facts) {
    Facts executed = executed(facts);
    return executed == null ? targetOfText(facts) : targetOfText(executed);
  }

  /**
   * What a query string does that is one EXECUTE and nothing else; null when it isn't, or nobody
   * knows.
   */
  private Facts executed(Facts facts) {
    if (facts.reason() != Reason.EXECUTE
        || facts.hint() != Hint.NONE
        || facts.statements() != 1
        || facts.effects().size() != 1
        || !(facts.effects().getFirst() instanceof SessionEffect.ExecuteStatement execute)) {
      return null;
    }
    Binding binding = state.names.get(execute.name().getBytes(StandardCharsets.UTF_8));
    return binding == null ? null : binding.facts();
  }

  private Target targetOfText(Facts facts) {
    return facts.pins() ? Target.PRIMARY : state.defaults.target(facts, state.route());
  }

  private Target batch(ByteBuf in, int start, int end) {
    unnamed = state.unnamed.get();
    named.clear();
    transactions.begin();
    boolean first = true;
    boolean prepares = true;
    boolean changesReading = false;
    Target found = Target.ANY;
    int at = start;
    while (true) {
      if (end - at < Protocol.HEADER_BYTES) {
        return end - start < MAX_BYTES ? null : transactions.targetSoFar();
      }
      byte type = in.getByte(at);
      int bodyLength = in.getInt(at + 1) - 4;
      if (type == FrontendType.SYNC) {
        return transactions.areThere() ? transactions.target() : found;
      }
      long next = (long) at + Protocol.HEADER_BYTES + bodyLength;
      if (bodyLength < 0 || statements.isTooLong(bodyLength)) {
        return transactions.targetSoFar();
      }
      if (next > end) {
        return end - start < MAX_BYTES ? null : transactions.targetSoFar();
      }
      if (type == FrontendType.FLUSH) {
        // The client wants an answer before it says the rest.
        return prepares && found == Target.REPLICA ? found : transactions.targetSoFar();
      }
      if (changesReading && type == FrontendType.PARSE) {
        return Target.PRIMARY;
      }
      prepares &= PreparingBatch.prepares(type, in, at);
      int body = at + Protocol.HEADER_BYTES;
      Facts facts = factsOf(type, in, body, (int) next, first);
      read = read == null ? facts : read;
      if (facts != null && !BatchTransactions.isControl(facts)) {
        Target one = targetOf(facts);
        if (one == Target.PRIMARY) {
          return Target.PRIMARY;
        }
        if (one == Target.REPLICA) {
          read = facts;
          found = Target.REPLICA;
        }
      }
      changesReading |= facts != null && state.barrier.of(facts) != ReadingChange.NONE;
      if (type == FrontendType.BIND) {
        transactions.binds(facts, in, body, (int) next);
      } else if (type == FrontendType.EXECUTE) {
        transactions.executes(in, body, (int) next);
      }
      first = false;
      at = (int) next;
    }
  }

  /** The facts of the statement that a message brings or uses; null when it has none of its own. */
  private Facts factsOf(byte type, ByteBuf in, int body, int bodyEnd, boolean first) {
    switch (type) {
      case FrontendType.PARSE -> {
        int nameEnd = CString.end(in, body, bodyEnd);
        Statement statement =
            statements.parse(in, nameEnd + 1, bodyEnd, state.reading(), state.context.variant());
        if (first) {
          firstPrepared = statement;
        }
        if (nameEnd == body) {
          unnamed = statement;
        } else {
          named.add(new Named(body, nameEnd, statement));
        }
        return statement.facts();
      }
      case FrontendType.BIND -> {
        int portalEnd = CString.end(in, body, bodyEnd);
        int nameEnd = CString.end(in, portalEnd + 1, bodyEnd);
        return factsOfName(in, portalEnd + 1, nameEnd);
      }
      case FrontendType.DESCRIBE -> {
        return in.getByte(body) == 'S'
            ? factsOfName(in, body + 1, CString.end(in, body + 1, bodyEnd))
            : null;
      }
      case FrontendType.EXECUTE, FrontendType.CLOSE -> {
        return null;
      }
      default -> {
        // It ends the batch oddly.
        return StatementFinder.UNSEEN;
      }
    }
  }

  private Facts factsOfName(ByteBuf in, int from, int to) {
    Binding binding = from == to ? unnamed : namedHere(in, from, to);
    return binding == null ? StatementFinder.UNSEEN : binding.facts();
  }

  private Binding namedHere(ByteBuf in, int from, int to) {
    for (Named one : named) {
      if (one.to() - one.from() == to - from
          && ByteBufUtil.equals(in, one.from(), in, from, to - from)) {
        return one.statement();
      }
    }
    return state.names.get(in, from, to);
  }
}
