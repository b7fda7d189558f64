package io.howdah.frontend.lease;

import io.howdah.backend.connection.Chore;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.pools.NodePool;
import io.howdah.error.PgError;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.session.Loop;
import io.howdah.frontend.session.RequestAccount;

/**
 * What becomes of a server connection whose client has gone. Clean, it goes back to its pool; in a
 * transaction that owes nothing, it is rolled back; where its state belongs to the client, it is
 * reset; anything else is cancelled and closed: its state can't be known.
 *
 * <p>Thread: the connection's event loop.
 */
public final class Farewell {
  private final Loop worker;
  private final Cancellations cancels;

  public Farewell(Loop worker, Cancellations cancels) {
    this.worker = worker;
    this.cancels = cancels;
  }

  /**
   * Parts with a connection that no session has any more.
   *
   * @param stateful whether the server session holds state that is the client's
   * @param doubtful whether something, such as a cancel request, may still hit it
   */
  public void part(NodePool pool, ServerConnection connection, boolean stateful, boolean doubtful) {
    ReplyLedger ledger = connection.ledger();
    if (connection.isBusy()
        || doubtful
        || ledger.isUnsure()
        || ledger.isBatchOpen()
        || !ledger.isEmpty()) {
      cancelAndDestroy(connection, "client disconnected while the server was busy");
      return;
    }
    if (ledger.status() != 'I') {
      connection
          .ownWork()
          .run("ROLLBACK", next(connection, () -> part(pool, connection, stateful, false)));
    } else if (stateful) {
      connection
          .ownWork()
          .run(
              worker.config().pool().resetQuery(),
              next(connection, () -> release(pool, connection)));
    } else {
      release(pool, connection);
    }
  }

  private void cancelAndDestroy(ServerConnection connection, String reason) {
    if (!connection.ledger().isEmpty()) {
      cancels.send(
          connection.channel().eventLoop(),
          connection.identity(),
          Cancellations.Request.oneWay(() -> {}));
    }
    connection.destroy(reason);
  }

  /** Gives back a connection on which a session ran LISTEN, once it listens to nothing more. */
  void unlisten(NodePool pool, ServerConnection connection) {
    connection.ownWork().run("UNLISTEN *", next(connection, () -> release(pool, connection)));
  }

  /**
   * Lets a connection finish what its client asked for before it said goodbye, unheard, and resets
   * it: what that did to the server session nobody keeps account of. Where the client left in the
   * middle of something the server waits for more, so the connection ends with it: a batch without
   * its Sync is passed the goodbye, which the server reads behind all that was asked; a COPY is
   * cut.
   *
   * @param account of the client's requests that are under way: what bounds them still does
   * @param indelible whether it holds state that no reset undoes
   * @param schemaChanged called when what the client asked for changed the schema
   */
  void finish(
      NodePool pool,
      ServerConnection connection,
      RequestAccount account,
      boolean indelible,
      Runnable schemaChanged) {
    ReplyLedger ledger = connection.ledger();
    if (ledger.isCopyIn()) {
      connection.destroy("client disconnected within a COPY");
      return;
    }
    account.unheard();
    connection.attach(
        new UnheardReplies(
            connection,
            account,
            error -> cancelAndDestroy(connection, error.message()),
            schemaChanged,
            () -> {
              if (indelible) {
                destroy(connection);
              } else {
                part(pool, connection, true, false);
              }
            }));
    if (ledger.isBatchOpen()) {
      connection.messages().terminate();
    }
  }

  /** Parts with a connection whose state nothing undoes. */
  void destroy(ServerConnection connection) {
    connection.destroy("its client left state that can't be reset");
  }

  private void release(NodePool pool, ServerConnection connection) {
    if (connection.isReusable()) {
      Lease.giveBack(worker, pool, connection);
    } else {
      connection.destroy("not clean after its reset");
    }
  }

  private static Chore next(ServerConnection connection, Runnable then) {
    return new Chore() {
      @Override
      public void done() {
        if (!connection.isClosing()) {
          then.run();
        }
      }

      @Override
      public void failed(PgError error) {
        // The connection is closed, and its pool knows.
      }
    };
  }
}
