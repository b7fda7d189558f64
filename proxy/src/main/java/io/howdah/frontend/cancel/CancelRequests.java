package io.howdah.frontend.cancel;

import io.howdah.backend.connection.Chore;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.error.PgError;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.RequestAccount;
import java.util.ArrayList;
import java.util.List;

/**
 * The cancel requests of one session: which request each may hit, and until when the server
 * connection must serve no other.
 *
 * <p>A server gives no answer to a cancel request but to close its connection, and acts on whatever
 * runs at that time. So a connection is kept, and no further request sent on it, from when a cancel
 * request sets out until the server has acted; then an empty query of Howdah's own stands in for a
 * signal that is slow to arrive. Where it is not known whether the server has acted, the connection
 * is never handed on. One cancel request of a session is on its way at a time; what comes meanwhile
 * is one more, at most, for the same request or for the one that is held back.
 *
 * <p>Thread: the session's event loop.
 */
public final class CancelRequests implements Cancellations.Request {
  private final Client session;
  private final Cancellations cancels;
  private final RequestAccount account;

  /** The connection that the session has. */
  private ServerConnection server;

  /** What the request in line or on its way is for; null when there is none. */
  private ServerConnection target;

  private long request;
  private boolean onItsWay;

  /** The client asked once more, and for which request. */
  private boolean again;

  private long againRequest;

  private boolean doubtful;

  /** Who wants to know when all that was asked for is over. */
  private final List<Runnable> waiting = new ArrayList<>(0);

  public CancelRequests(Client session, Cancellations cancels, RequestAccount account) {
    this.session = session;
    this.cancels = cancels;
    this.account = account;
  }

  /** The session has a connection; with null, it has none any more. */
  public void serverIs(ServerConnection connection) {
    server = connection;
    again = false;
    doubtful = false;
    tellIfOver();
  }

  /** Whether the connection may still be hit: it must wait, and not be handed on. */
  public boolean areUnderWay() {
    return onItsWay && target == server;
  }

  /** Whether nobody can tell if a cancel request may still hit the connection. */
  public boolean leaveDoubt() {
    return doubtful || areUnderWay();
  }

  /**
   * The client asks.
   *
   * @param over run once nothing that the session does later can be hit
   */
  public void ask(Runnable over) {
    waiting.add(over);
    ask();
    tellIfOver();
  }

  private void ask() {
    if (target == server && !onItsWay) {
      request = account.requestsEnded();
    } else if (target != null || server.isBusy()) {
      boolean runs = !server.isBusy() && !server.ledger().isEmpty();
      again = runs || session.reader().isStopped();
      againRequest = account.requestsEnded();
    } else if (!server.ledger().isEmpty()) {
      target = server;
      request = account.requestsEnded();
      cancels.send(server.channel().eventLoop(), server.identity(), this);
    }
  }

  /** Messages of the client were sent: among them may be the request that was held back. */
  public void requestSent() {
    if (again && target == null && !server.isBusy()) {
      again = false;
      if (againRequest == account.requestsEnded()) {
        ask();
      }
      tellIfOver();
    }
  }

  /** Whether the request that is held back, and not yet sent, is to be cancelled; says so once. */
  public boolean takeHeldBack() {
    boolean was = again && againRequest == account.requestsEnded() && session.reader().isStopped();
    again = false;
    tellIfOver();
    return was;
  }

  @Override
  public boolean begins() {
    onItsWay =
        server == target
            && !server.isBusy()
            && account.requestsEnded() == request
            && !server.ledger().isEmpty();
    if (!onItsWay) {
      target = null;
      if (server != null) {
        requestSent();
      }
      tellIfOver();
    }
    return onItsWay;
  }

  @Override
  public void arrived(boolean certain) {
    ServerConnection hit = target;
    onItsWay = false;
    target = null;
    if (server == hit) {
      doubtful |= !certain;
      if (!server.ledger().isEmpty()) {
        requestSent();
      } else {
        again &= againRequest == account.requestsEnded() && session.reader().isStopped();
        if (!server.ledger().isBatchOpen()) {
          server.ownWork().run("", new EmptyQuery());
        }
      }
    }
    tellIfOver();
  }

  private void tellIfOver() {
    boolean underWay = target != null && target == server;
    if (!waiting.isEmpty() && !underWay && !again) {
      List<Runnable> told = List.copyOf(waiting);
      waiting.clear();
      told.forEach(Runnable::run);
    }
  }

  private static final class EmptyQuery implements Chore {
    @Override
    public void done() {
      // settled() follows.
    }

    @Override
    public void failed(PgError error) {
      // The connection is closed; lost() tells the client.
    }
  }
}
