package io.howdah.frontend.naming;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.DeclaredStatement;
import io.howdah.backend.statement.ServerNames;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.AnyStatement;
import io.howdah.route.fact.SessionEffect.Deallocate;
import io.howdah.route.fact.SessionEffect.ExecuteStatement;
import io.howdah.route.fact.SessionEffect.PrepareStatement;
import io.howdah.route.fact.SessionEffect.Unseen;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings the clients' names of prepared statements that a server connection holds into line with
 * what the session believes of those that a request touches, ahead of that request and unseen. Only
 * once {@link StatementNames#mustSettle} lets it.
 *
 * <p>Thread: the session's event loop.
 */
public final class NameAlignment {
  /** A statement that executes one that executes one …: deeper than this nobody looks. */
  private static final int MAX_DEPTH = 4;

  private final SessionState state;
  private final StatementNames names;
  private final OwnMessages own;
  private final Attachment attachment;

  NameAlignment(SessionState state, StatementNames names, OwnMessages own) {
    this.state = state;
    this.attachment = state.attachment;
    this.names = names;
    this.own = own;
  }

  /** The names at the connection at hand. */
  private ServerNames there() {
    return attachment.server().statements().names();
  }

  /**
   * Brings the server into line for a simple query, which must not find itself in a transaction of
   * what is executed for that.
   */
  public void forQuery(Facts facts, ByteBuf in, int from, int length) {
    ReplyLedger ledger = attachment.server().ledger();
    if (names.failed.isEndedBy(in, from, length) && lacks(facts, 0)) {
      names.failed.prepare(() -> align(facts, true, true));
      return;
    }
    boolean open = ledger.isBatchOpen();
    if (align(facts, true, open && !ledger.hasSurelyFailed())
        && (!open || ledger.executed().isOnlyOwn() && !ledger.isSkipping())) {
      there().endBatch();
    }
  }

  /** Whether a statement is not there that a text executes. */
  private boolean lacks(Facts facts, int depth) {
    for (SessionEffect effect : facts.effects()) {
      if (effect instanceof ExecuteStatement e) {
        Binding binding = state.names.get(StatementNames.bytes(e.name()));
        if (binding != null
            && (!there().holds(StatementNames.chars(e.name()), binding)
                || depth < MAX_DEPTH && lacks(binding.facts(), depth + 1))) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * Brings the server into line for a message of the extended protocol.
   *
   * @param runs whether the statement runs; else it is only analysed
   */
  public void forMessage(Facts facts, boolean runs) {
    align(facts, runs, !attachment.server().ledger().hasSurelyFailed());
  }

  /** Brings one name into line for a message of the protocol that uses it. */
  public void forName(ByteBuf in, int from, int to, Binding binding) {
    String name = in.toString(from, to - from, StandardCharsets.ISO_8859_1);
    if (!names.isUnsure()) {
      state.session.reader().passSoFar();
      own.wrote(
          binding == null
              ? there().keepFree(name)
              : align(name, binding, !attachment.server().ledger().hasSurelyFailed()));
    }
  }

  /**
   * Has the server refuse the client's own Parse of a name that is taken: an error in its text
   * would come first.
   */
  public void forTaken(ByteBuf in, int from, int to) {
    String name = in.toString(from, to - from, StandardCharsets.ISO_8859_1);
    state.session.reader().passSoFar();
    own.wrote(there().occupy(name));
    there().expectRefusedParse(name);
  }

  private boolean align(Facts facts, boolean runs, boolean mayRun) {
    if (names.isUnsure()) {
      return false;
    }
    state.session.reader().passSoFar();
    List<String> seen = new ArrayList<>(2);
    boolean sent = align(facts, runs, mayRun, seen, 0);
    sent |= there().makeRoom(1, seen);
    own.wrote(sent);
    return sent;
  }

  private boolean align(Facts facts, boolean runs, boolean mayRun, List<String> seen, int depth) {
    if (depth > MAX_DEPTH) {
      return false;
    }
    boolean sent = false;
    for (SessionEffect effect : facts.effects()) {
      switch (effect) {
        case PrepareStatement p when runs && isFirst(p.name(), seen) ->
            sent |= occupyOrFree(p.name());
        case ExecuteStatement e when isFirst(e.name(), seen) ->
            sent |= alignExecuted(e.name(), mayRun, seen, depth);
        case Deallocate d when runs && d.name() != null && isFirst(d.name(), seen) ->
            sent |= occupyOrFree(d.name());
        case AnyStatement _, Unseen _ -> sent |= alignAll(mayRun);
        default -> {}
      }
    }
    return sent;
  }

  private static boolean isFirst(String name, List<String> seen) {
    String chars = StatementNames.chars(name);
    return !seen.contains(chars) && seen.add(chars);
  }

  /** Something is there under the name if the session has it, and nothing else. */
  private boolean occupyOrFree(String name) {
    String chars = StatementNames.chars(name);
    return state.names.get(StatementNames.bytes(name)) == null
        ? there().keepFree(chars)
        : there().occupy(chars);
  }

  private boolean alignExecuted(String name, boolean mayRun, List<String> seen, int depth) {
    Binding binding = state.names.get(StatementNames.bytes(name));
    if (binding == null) {
      return there().keepFree(StatementNames.chars(name));
    }
    boolean inner =
        names.concerns(binding.facts()) && align(binding.facts(), true, mayRun, seen, depth + 1);
    return align(StatementNames.chars(name), binding, mayRun) || inner;
  }

  /**
   * In a failed transaction the server would refuse: then its own answer to the client's request
   * must do, and only what isn't the client's is taken away.
   */
  private boolean align(String name, Binding binding, boolean mayRun) {
    if (!mayRun && attachment.server().ledger().status() == 'E') {
      return !there().holds(name, binding) && there().keepFree(name);
    }
    return there().bind(name, binding);
  }

  /** For what may use any name: nothing of another session's is there, all that is ours is. */
  private boolean alignAll(boolean mayRun) {
    boolean[] sent = {false};
    for (String name : there().names()) {
      Binding binding = state.names.get(name.getBytes(StandardCharsets.ISO_8859_1));
      if (binding == null || !there().holds(name, binding)) {
        sent[0] |= there().keepFree(name);
      }
    }
    state.names.forEach(
        (name, binding) -> {
          if (binding instanceof DeclaredStatement) {
            sent[0] |= align(new String(name, StandardCharsets.ISO_8859_1), binding, mayRun);
          }
        });
    return sent[0];
  }
}
