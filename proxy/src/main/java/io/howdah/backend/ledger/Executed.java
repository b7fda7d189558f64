package io.howdah.backend.ledger;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;

/**
 * What was executed and prepared since the last Sync, by whom. PostgreSQL takes a Query or a
 * FunctionCall behind an Execute into the implicit transaction of the batch, and ends that with
 * neither; and where a statement was analysed in it, its isolation level can't be set any more.
 * Where only Howdah has done such a thing, the client knows nothing of it: its request must be sent
 * behind a Sync.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class Executed {
  private boolean own;
  private boolean clients;
  private boolean ownParse;
  private boolean clientsParse;

  Executed() {}

  /** A message of the extended protocol is sent that is not void. */
  void sends(Entry entry, Fate fate) {
    boolean ofHowdah = fate == Fate.SWALLOW;
    switch (entry) {
      case EXECUTE -> {
        own |= ofHowdah;
        clients |= !ofHowdah;
      }
      case PARSE, BIND -> {
        ownParse |= ofHowdah;
        clientsParse |= !ofHowdah;
      }
      default -> {}
    }
  }

  /** A Sync is sent that the server answers. */
  void syncs() {
    own = false;
    clients = false;
    ownParse = false;
    clientsParse = false;
  }

  /** Whether nothing of the client's was executed. */
  public boolean isNothingOfClients() {
    return !clients;
  }

  /** Whether only Howdah has done what a request that follows would find in its transaction. */
  public boolean isOnlyOwn() {
    return !clients && (own || ownParse && !clientsParse);
  }
}
