package io.howdah.backend.connection;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.backend.statement.NameMessages;
import io.howdah.wire.FrontendMessages;
import io.howdah.wire.FrontendType;

/**
 * What a client sends on a {@link ServerConnection}, as the connection's ledger has it, and what is
 * sent or said in place of it.
 *
 * <p>Thread: the event loop of the connection.
 */
public final class ClientMessages {
  private final ServerConnection connection;
  private final ReplyReader replies;

  ClientMessages(ServerConnection connection, ReplyReader replies) {
    this.connection = connection;
    this.replies = replies;
  }

  /**
   * Answers a message of the client's that the server need not see, in its turn.
   *
   * @param note learns whether that turn came, or an error before it voided the message
   */
  public void makeUp(Entry entry, ReplyLedger.Note note) {
    connection.ledger().expect(entry, Fate.MADE_UP, note);
    replies.sayMadeUp();
  }

  /**
   * Makes the server fail here, and the client hear {@code refusal}'s error in place of the
   * server's.
   */
  public void refuse(ReplyLedger.Refusal refusal) {
    connection.ledger().expect(Entry.BIND, Fate.REFUSED, refusal);
    connection.write(NameMessages.bindOfNothing(connection.alloc()));
  }

  /** The same in place of a simple query. */
  public void refuseQuery(ReplyLedger.Refusal refusal) {
    connection.ledger().expect(Entry.QUERY, Fate.REFUSED, refusal);
    connection.write(FrontendMessages.query(connection.alloc(), ServerMessages.QUERY_OF_NOTHING));
  }

  /** Ends what Howdah answers in place of a simple query: the server says ReadyForQuery. */
  public void syncQuery() {
    connection.expect(Entry.SYNC, null);
    connection.write(FrontendMessages.bodyless(connection.alloc(), FrontendType.SYNC));
  }

  /**
   * Asks whether the server still waits for CopyData: if it does, it says an error and ends the
   * session; if the copy failed before, the client hears nothing of it.
   */
  public void probeCopy() {
    boolean simple = connection.ledger().front() == Entry.QUERY;
    connection.ledger().probeCopy();
    connection.write(NameMessages.close(connection.alloc(), NameMessages.OWN));
    if (simple) {
      connection.statements().batchEnded();
      connection.write(NameMessages.sync(connection.alloc()));
    }
  }

  /** Has the server send what it has answered so far within a batch; it has to be flushed. */
  public void requestAnswers() {
    connection.write(FrontendMessages.bodyless(connection.alloc(), FrontendType.FLUSH));
  }

  /**
   * Has the server end the session once it has done what it was asked; what it owes is still read.
   */
  public void terminate() {
    connection.write(FrontendMessages.bodyless(connection.alloc(), FrontendType.TERMINATE));
    connection.flush();
  }
}
