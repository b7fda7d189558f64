package io.howdah.frontend.routing;

import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Target;
import io.howdah.route.fact.WholeTransaction;
import io.howdah.route.lexer.Hint;
import io.howdah.wire.CString;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/**
 * The transactions in one batch of the extended protocol, as {@link BatchLookahead} walks through
 * it, and where they let it go.
 *
 * <p>Thread: the session's event loop.
 */
final class BatchTransactions {
  private final SessionState state;
  private final WholeTransaction transaction = new WholeTransaction();

  /** The batch has transaction control in it. */
  private boolean control;

  /** A portal is run that is not the one bound last: what happens when can't be told. */
  private boolean disorder;

  /** What the batch bound last, and where the portal's name stands; null when nothing. */
  private Facts bound;

  private int portalFrom;
  private int portalTo;

  BatchTransactions(SessionState state) {
    this.state = state;
  }

  /** A batch begins. */
  void begin() {
    transaction.begin();
    bound = null;
    control = false;
    disorder = false;
  }

  /**
   * Whether a query string is part of a transaction's frame: where it goes depends on what is
   * within.
   */
  static boolean isControl(Facts facts) {
    return switch (facts.kind()) {
      case BEGIN, BEGIN_READ_ONLY, TRANSACTION_CONTROL -> true;
      default -> false;
    };
  }

  /** A Bind of a statement with these facts. */
  void binds(Facts facts, ByteBuf in, int body, int bodyEnd) {
    bound = facts;
    control |= isControl(facts);
    portalFrom = body;
    portalTo = CString.end(in, body, bodyEnd);
  }

  /** An Execute: the order of those is the order of what happens. */
  void executes(ByteBuf in, int body, int bodyEnd) {
    int length = CString.end(in, body, bodyEnd) - body;
    if (bound == null
        || portalTo - portalFrom != length
        || !ByteBufUtil.equals(in, portalFrom, in, body, length)) {
      disorder = true;
    } else if (bound.kind() == Kind.BEGIN && targetOf(bound) == Target.REPLICA) {
      transaction.beginsReadOnly();
    } else if (isControl(bound) && isBarred(bound)) {
      transaction.lose();
    } else {
      transaction.next(bound.reason(), bound.lasts());
    }
  }

  /**
   * Whether something else than its being transaction control keeps a query string from replicas.
   */
  private boolean isBarred(Facts facts) {
    if (facts.asksFor(Hint.PRIMARY, state.route())) {
      return true;
    }
    return switch (facts.kind()) {
      case BEGIN_READ_ONLY -> targetOf(facts) != Target.REPLICA;
      case BEGIN -> !state.defaults.allowReplica(facts);
      default -> false;
    };
  }

  private Target targetOf(Facts facts) {
    return state.defaults.target(facts, state.route());
  }

  /** Whether there are any. */
  boolean areThere() {
    return control;
  }

  /** Where the batch goes, now that it is over. */
  Target target() {
    return !disorder && transaction.isOver() ? Target.REPLICA : targetSoFar();
  }

  /** Where it goes if its end is not known. */
  Target targetSoFar() {
    return !disorder && transaction.isReadOnly() ? Target.REPLICA : Target.PRIMARY;
  }
}
