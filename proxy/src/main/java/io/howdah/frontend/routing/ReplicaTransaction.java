package io.howdah.frontend.routing;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;

/**
 * Whether the client's next message belongs to a transaction on a replica. The server tells by its
 * transaction status; of messages that were sent and not answered, their texts have to tell.
 *
 * <p>Thread: one session's event loop.
 */
public final class ReplicaTransaction {
  private enum Stage {
    /** None was begun by what was sent since the last status without one. */
    NONE,
    /** One was begun. */
    BEGUN,
    /** Something was sent that may end it, or has ended it, or may fail before it begins one. */
    UNCERTAIN
  }

  private Stage stage = Stage.NONE;

  /**
   * A statement is being sent to a replica, or several in one string.
   *
   * @param inBatch whether what was sent before it may make it void
   */
  public void sent(Facts facts, boolean inBatch) {
    Kind kind = facts.kind();
    if (kind == Kind.BEGIN_READ_ONLY || kind == Kind.BEGIN) {
      stage = inBatch || facts.statements() > 1 ? Stage.UNCERTAIN : Stage.BEGUN;
    } else if (facts.reason().mayEndTransaction()) {
      stage = Stage.UNCERTAIN;
    }
  }

  /** All is answered, and the server says that there is one. */
  public void answered() {
    stage = Stage.BEGUN;
  }

  /** There is none. */
  public void ended() {
    stage = Stage.NONE;
  }

  /**
   * Whether a message that is sent now belongs to one. Behind its end, unanswered, that is not
   * certain: the message then must be one for a replica, or wait.
   */
  public boolean goesOn(ReplyLedger ledger) {
    return switch (stage) {
      case BEGUN -> true;
      case NONE -> ledger.status() != 'I';
      case UNCERTAIN -> ledger.isEmpty() && ledger.status() != 'I';
    };
  }

  /** Whether a statement of this kind may end one. */
  public static boolean mayEnd(Kind kind) {
    return switch (kind) {
      case TRANSACTION_CONTROL, WRITE, UNKNOWN -> true;
      case EMPTY, READ, BEGIN, BEGIN_READ_ONLY, SESSION -> false;
    };
  }
}
