package io.howdah.backend.ledger;

import io.howdah.backend.ledger.ReplyLedger.Entry;

/**
 * A transaction that a server keeps open although its ReadyForQuery says {@code I}.
 *
 * <p>PostgreSQL (17 and newer) takes a Query or a FunctionCall behind an Execute, without a Sync
 * between them, into the implicit transaction of the batch. The Sync behind it then ends nothing
 * unless something else of the batch has run in between: locks are kept, and whatever begins a
 * transaction next is answered with an internal error (XX000), which rolls back what there was. The
 * session must keep such a connection, to hear that itself.
 *
 * <p>Thread: the event loop of the connection.
 */
final class UnendedTransaction {
  /** Something was executed since the last Sync. */
  private boolean executed;

  /** A request was taken into the batch's transaction since, and nothing ran behind it. */
  private boolean joined;

  private boolean open;

  /** Whether there is one. */
  boolean isOpen() {
    return open;
  }

  /** A message was answered to its end, and not by ReadyForQuery. */
  void done(Entry entry) {
    executed |= entry == Entry.EXECUTE;
    joined &= entry == Entry.CLOSE;
  }

  /** A request was answered to its end, with this transaction status. */
  void ready(Entry entry, byte status) {
    if (entry == Entry.SYNC) {
      open |= joined && status == 'I';
      joined = false;
      executed = false;
    } else {
      joined = executed && status == 'T';
    }
  }

  /** The server said an error: that ends whatever transaction there was, or lets it be seen. */
  void failed() {
    joined = false;
    open = false;
  }
}
