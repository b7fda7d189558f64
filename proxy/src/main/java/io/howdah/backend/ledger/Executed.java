package io.howdah.backend.ledger;

/**
 * What was executed since the last Sync, by whom. PostgreSQL takes a Query or a FunctionCall behind
 * an Execute into the implicit transaction of the batch, and ends that with neither. Where only
 * Howdah has executed something, the client knows of no such transaction: its request must be sent
 * behind a Sync.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class Executed {
  private boolean own;
  private boolean clients;

  Executed() {}

  /** An Execute is sent that is not void: of Howdah's own, or of the client's. */
  void sends(boolean ofHowdah) {
    own |= ofHowdah;
    clients |= !ofHowdah;
  }

  /** A Sync is sent that the server answers. */
  void syncs() {
    own = false;
    clients = false;
  }

  /** Whether it was nothing of the client's. */
  public boolean isNothingOfClients() {
    return !clients;
  }

  /** Whether it was something, and all of that Howdah's own. */
  public boolean isOnlyOwn() {
    return own && !clients;
  }
}
