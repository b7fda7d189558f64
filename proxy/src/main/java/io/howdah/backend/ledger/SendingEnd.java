package io.howdah.backend.ledger;

/**
 * What is known at the sending end of a {@link ReplyLedger}: whether a batch of the extended
 * protocol is open there, whether what is sent is void, and what nobody can tell any more.
 *
 * <p>Thread: the event loop of the connection.
 */
final class SendingEnd {
  /**
   * An error struck in the extended protocol and no Sync was sent since: all that is sent is void.
   */
  private boolean skipping;

  /**
   * A copy failed, and Syncs were sent right behind its statement, of which nobody can tell whether
   * it had overlooked them: so many may yet be answered.
   */
  private int extraReady;

  /** Messages were sent of which nobody can tell whether the server will answer them. */
  private boolean unsure;

  /** A batch of the extended protocol is open: no Sync was sent since its last message. */
  private boolean open;

  /** A request was sent within an open batch that was not answered yet: it may yet be voided. */
  private boolean endDoubtful;

  private final Executed executed = new Executed();

  Executed executed() {
    return executed;
  }

  boolean isSkipping() {
    return skipping;
  }

  boolean isOpen() {
    return open;
  }

  boolean isUnsure() {
    return unsure;
  }

  boolean isEndDoubtful() {
    return endDoubtful;
  }

  /** Whether the next message finds nothing open, void or in doubt. */
  boolean isClean() {
    return !open && !unsure && !skipping;
  }

  /** What the server does can't be told for certain from now on, if it could be so far. */
  void doubt(boolean doubtful) {
    unsure |= doubtful;
  }

  /** A question that only one answer fits was answered. */
  void becomeSure() {
    unsure = false;
    extraReady = 0;
  }

  /** A message is to be sent; with what is owed, the doubt about the end of a batch ends. */
  void sends(boolean isSync, boolean owes) {
    endDoubtful &= !isSync && owes;
  }

  /** A Sync is sent that the server answers. */
  void syncs() {
    open = false;
    skipping = false;
    executed.syncs();
  }

  /** A simple query or a function call is sent, and is not void. */
  void requests(boolean owes) {
    endDoubtful |= open && owes;
    open = false;
  }

  /** A message of the extended protocol is sent. */
  void extendsBatch() {
    open = true;
  }

  /** A copy from the client begins; {@code within} tells whether in an open batch. */
  void copyBegins(boolean within) {
    open = within;
  }

  /** An error came; {@code noSyncSent} tells whether all that is sent now is void. */
  void fails(boolean noSyncSent) {
    skipping = noSyncSent;
    // A request that was voided too has not ended it.
    open |= noSyncSent;
  }

  /** A copy failed behind which so many Syncs were sent that may have been overlooked. */
  void copyFails(int doubtfulSyncs) {
    extraReady += doubtfulSyncs;
    unsure |= doubtfulSyncs > 0;
  }

  /**
   * A ReadyForQuery came that nothing which is owed ends: whether it is the answer to a Sync that
   * was read after its copy had failed.
   */
  boolean takesExtraReady(boolean owes) {
    if (extraReady == 0) {
      return false;
    }
    extraReady--;
    skipping = false;
    open = open && owes;
    return true;
  }
}
