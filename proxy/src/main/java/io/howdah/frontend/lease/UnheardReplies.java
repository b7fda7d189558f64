package io.howdah.frontend.lease;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.connection.SessionLink;
import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.error.PgError;
import io.howdah.frontend.session.RequestAccount;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/**
 * Stands in for a client that said goodbye while its last request was running: nobody hears the
 * replies.
 */
final class UnheardReplies implements SessionLink {
  private final ServerConnection server;
  private final RequestAccount account;
  private final Consumer<PgError> overdue;
  private final Runnable schemaChanged;
  private final Runnable after;
  private boolean changesSchema;

  /**
   * @param account of the requests that are under way, which nobody else keeps any more
   * @param overdue called with the connection detached when one of them, or all, take too long
   * @param schemaChanged called before that when a command changed the schema
   * @param after called once nothing is owed any more, with the connection detached
   */
  UnheardReplies(
      ServerConnection server,
      RequestAccount account,
      Consumer<PgError> overdue,
      Runnable schemaChanged,
      Runnable after) {
    this.server = server;
    this.account = account;
    this.overdue = overdue;
    this.schemaChanged = schemaChanged;
    this.after = after;
  }

  @Override
  public void replies(ByteBuf run) {
    run.release();
  }

  @Override
  public void repliesEnd() {
    if (server.ledger().isCopyIn()) {
      // It waits for data that will never come.
      server.detach();
      server.destroy("client disconnected within a COPY");
    }
  }

  @Override
  public void settled() {
    server.detach();
    if (changesSchema) {
      schemaChanged.run();
    }
    after.run();
  }

  @Override
  public void stateCommand(CommandTag tag, ReplyLedger.Note note) {
    // The connection is reset when it is done.
    switch (tag) {
      case SCHEMA, ROUTINE, CODE -> changesSchema = true;
      default -> {}
    }
  }

  @Override
  public void failed() {
    // Nobody is told.
  }

  @Override
  public void ready(byte transactionStatus) {
    account.requestEnded(transactionStatus);
  }

  @Override
  public void tick(long nowNanos) {
    PgError error =
        account.overdueUnheard(nowNanos, server.ledger().status(), !server.ledger().isEmpty());
    if (error != null) {
      server.detach();
      overdue.accept(error);
    }
  }

  @Override
  public void parameterChanged(String name, String value) {
    // The connection is reset when it is done.
  }

  @Override
  public void serverWritable(boolean writable) {
    // Nothing more is written.
  }

  @Override
  public void lost(PgError error, boolean told) {
    // Nobody is left to tell.
  }
}
