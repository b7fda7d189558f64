package io.howdah.frontend;

import io.howdah.config.PoolMode;
import io.howdah.config.TimeoutConfig;
import io.howdah.error.PgError;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.routing.BatchLookahead;
import io.howdah.frontend.session.Deadline;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.Target;
import io.howdah.route.lexer.Hint;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The client was told that its transaction has begun, and no server knows of it yet: {@code
 * routing.lazy-begin}. The first message that a server must answer decides where the transaction
 * goes; {@link WaitingTurn} has the client's BEGIN run there ahead of it. A transaction that ends
 * before that never needed a server.
 */
final class BegunTurn implements Turn {
  /** A longer one goes to the server as it is. */
  private static final int MOST_BYTES = 256;

  private static final int SHORTEST_BYTES = "BEGIN".length() + 1;

  private final SessionState state;
  private final ClientSession session;
  private final SessionChannels channels;
  private final BatchLookahead lookahead;

  /** The client's own BEGIN; null when none is held. */
  private String text;

  /** What that said. */
  private Facts begin;

  /** Where it would have gone by itself. */
  private Target target;

  private long sinceNanos;

  BegunTurn(ClientSession session, SessionState state, SessionChannels channels) {
    this.state = state;
    this.session = session;
    this.channels = channels;
    this.lookahead = new BatchLookahead(state);
  }

  @Override
  public String state() {
    return "idle";
  }

  /** Whether a BEGIN has to be run before anything else. */
  boolean isHeld() {
    return text != null;
  }

  /** The BEGIN to be run. */
  String text() {
    return text;
  }

  /** Since when the client believes to be in a transaction, on the clock of the loops. */
  long sinceNanos() {
    return sinceNanos;
  }

  /** It was run. */
  void sent() {
    text = null;
    begin = null;
  }

  /**
   * Holds a simple query back if it is a BEGIN that can be.
   *
   * @param where it would go
   * @return whether it is held: the client has its answer
   */
  boolean hold(Target where, int bodyLength, ByteBuf in, int start) {
    int body = start + Protocol.HEADER_BYTES;
    if (bodyLength < SHORTEST_BYTES || bodyLength > MOST_BYTES) {
      return false;
    }
    // Asked first, as it tells for most texts that there is nothing else to ask.
    String tag = tagOf(in.getByte(body), in.getByte(body + 1));
    if (tag == null
        || state.poolMode != PoolMode.TRANSACTION
        || state.draining
        || !session.worker.config().routing().lazyBegin()) {
      return false;
    }
    Facts facts = state.statements.query(in, body, bodyLength, state.reading());
    String sql = in.toString(body, bodyLength - 1, StandardCharsets.ISO_8859_1);
    if (!isPlain(facts)
        || state.refusal(facts, (byte) 'I') != null
        || sql.chars().anyMatch(c -> c > 126)) {
      state.statements.remember(facts);
      return false;
    }
    state.statements.forget();
    text = sql;
    begin = facts;
    target = where;
    sinceNanos = session.worker.nanoTime();
    state.unnamed.gone();
    session.become(this);
    answer(tag, 'T');
    return true;
  }

  /** The command tag of a BEGIN whose text begins so; null when it can't be one. */
  private static String tagOf(byte first, byte second) {
    return switch (lowerCase(first)) {
      case 'b' -> lowerCase(second) == 'e' ? "BEGIN" : null;
      case 's' -> lowerCase(second) == 't' ? "START TRANSACTION" : null;
      default -> null;
    };
  }

  private static char lowerCase(byte letter) {
    return Character.toLowerCase((char) (letter & 0xFF));
  }

  /** One BEGIN that no server refuses. */
  private static boolean isPlain(Facts facts) {
    return facts.statements() == 1
        && facts.effects().isEmpty()
        && switch (facts.reason()) {
          case BEGIN_DEFAULT, BEGIN_AT_LEVEL, BEGIN_READ_ONLY, BEGIN_READ_ONLY_AT_LEVEL -> true;
          default -> false;
        };
  }

  @Override
  public int needs(byte type, int bodyLength) {
    return state.statements.needs(type, bodyLength);
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (ServerlessMessages.answer(session, type, bodyLength, 'T')) {
      return Verdict.DROP;
    }
    Facts first = lookahead.factsOfFirst(type, bodyLength, in, start, end);
    if (type == FrontendType.QUERY && ends(first, in, start)) {
      return Verdict.DROP;
    }
    // Even where a connection is free, the BEGIN is run first.
    session.turns().waiting().seek(targetWith(first));
    return session.turns().waiting().stop();
  }

  /** Ends the transaction if the query says no more than that. */
  private boolean ends(Facts facts, ByteBuf in, int start) {
    if (facts.reason() != Reason.TRANSACTION_END
        || facts.statements() != 1
        || !facts.effects().isEmpty()) {
      return false;
    }
    String tag =
        switch (lowerCase(in.getByte(start + Protocol.HEADER_BYTES))) {
          case 'c', 'e' -> "COMMIT";
          case 'r', 'a' -> "ROLLBACK";
          default -> null;
        };
    if (tag == null) {
      return false;
    }
    state.statements.forget();
    sent();
    state.unnamed.gone();
    answer(tag, 'I');
    if (state.draining) {
      session.terminate(new PgError.ShuttingDown());
      return true;
    }
    session.become(session.turns().idle());
    channels.sayIfQuiet();
    return true;
  }

  private void answer(String tag, char status) {
    ByteBuf out = session.buffer();
    BackendMessages.commandComplete(out, tag);
    BackendMessages.readyForQuery(out, (byte) status);
    session.send(out);
  }

  /**
   * Where the transaction goes. What sets its mode does so before anything else: it may make it
   * READ ONLY, or take that back, and then only the primary will do.
   *
   * @param first what the first statement is; null when that can't be told
   */
  private Target targetWith(Facts first) {
    if (first == null
        || first.kind() == Kind.UNKNOWN
        || first.reason() == Reason.SET_TRANSACTION
        || first.reason() == Reason.MULTI_STATEMENT_WITH_TRANSACTION) {
      return target == Target.ONLY_REPLICA ? target : Target.PRIMARY;
    }
    boolean becomesReadOnly =
        first.reason() == Reason.SET_TRANSACTION_READ_ONLY
            && target == Target.PRIMARY
            && state.splitsReads()
            && state.defaults.allowReplica(begin)
            && !begin.asksFor(Hint.PRIMARY, state.route())
            && !first.asksFor(Hint.PRIMARY, state.route());
    return becomesReadOnly ? Target.REPLICA : target;
  }

  @Override
  public void tick(long nowNanos) {
    TimeoutConfig bounds = session.worker.config().timeouts();
    if (session.reader().isStopped()) {
      return;
    }
    if (Deadline.isPassed(bounds.transaction(), nowNanos - sinceNanos)) {
      session.terminate(new PgError.TransactionTimeout(bounds.transaction()));
    } else if (Deadline.isPassed(bounds.idleInTransaction(), nowNanos - session.lastHeardNanos())) {
      session.terminate(new PgError.IdleInTransactionTimeout(bounds.idleInTransaction()));
    }
  }

  @Override
  public void drain() {
    state.draining = true;
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
