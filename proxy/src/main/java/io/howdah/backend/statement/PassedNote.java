package io.howdah.backend.statement;

import io.howdah.backend.ledger.ReplyLedger;

/**
 * Tells the account of a server connection how a message ended, and then the client's note.
 *
 * <p>Thread: the event loop of the connection.
 */
abstract class PassedNote implements ReplyLedger.Note {
  private final ReplyLedger.Note next;

  /**
   * @param next the client's, or null
   */
  PassedNote(ReplyLedger.Note next) {
    this.next = next;
  }

  abstract void mine(boolean done);

  @Override
  public void done() {
    mine(true);
    if (next != null) {
      next.done();
    }
  }

  @Override
  public void failed() {
    mine(false);
    if (next != null) {
      next.failed();
    }
  }

  @Override
  public void voided() {
    mine(false);
    if (next != null) {
      next.voided();
    }
  }
}
