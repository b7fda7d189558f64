package io.howdah.frontend;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodePool;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.error.PgError;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;

/**
 * A connection that does what it must before the request of a {@link WaitingTurn} can begin there.
 *
 * <p>Thread: the session's event loop.
 */
final class Preparing {
  static final String UNFIT = "its temp_buffers can't be changed any more";

  private final WaitingTurn turn;
  private final ClientSession session;
  private final SessionState state;

  /** The one that does; null when none does, or the request does not wait for it any more. */
  private ServerConnection connection;

  Preparing(WaitingTurn turn, ClientSession session, SessionState state) {
    this.turn = turn;
    this.session = session;
    this.state = state;
  }

  /**
   * Whether a connection can't be brought to these settings: the server refuses to change {@code
   * temp_buffers} once temporary tables were used, whoever did that.
   */
  static boolean isUnfit(ServerConnection on, SessionSettings wanted) {
    return on.suspects().mayHaveUsedTemporaries()
        && !wanted.agree(on.applied(), SessionSettings.TEMP_BUFFERS);
  }

  /**
   * Brings a connection to the session's settings, or closes one that can't be. Whether the request
   * can begin on some connection now.
   */
  boolean settings(NodePool pool, ServerConnection on) {
    if (isUnfit(on, state.settings())) {
      on.destroy(UNFIT);
      return turn.tryNow();
    }
    connection = on;
    turn.waitFor(Wait.OwnWork.SETTINGS_AHEAD);
    on.ownWork()
        .changeSettings(state.settings(), on.applied(), new Preparation(this, on, pool, false));
    return false;
  }

  /** Begins the client's transaction. */
  void transaction(NodePool pool, ServerConnection on) {
    connection = on;
    turn.waitFor(Wait.OwnWork.BEGIN_AHEAD);
    on.ownWork().run(session.turns().begun().text(), new Preparation(this, on, pool, true));
  }

  /** The connection that is prepared, or null. */
  ServerConnection connection() {
    return connection;
  }

  /** Whether one is, and what it must do is under way. */
  boolean isBusy() {
    return connection != null && connection.isBusy();
  }

  /** The request waits for it no more: it goes back to its pool when that is done. */
  void giveUp() {
    connection = null;
  }

  /** A connection has done what it must before the request can begin there. */
  void prepared(Preparation done) {
    session.containment.run(done.connection(), () -> goOn(done));
  }

  private void goOn(Preparation done) {
    ServerConnection ready = done.connection();
    if (connection != ready) {
      // The session did not wait for it.
      session.worker.farewell().part(done.from(), ready, false, false);
      return;
    }
    connection = null;
    if (done.begins()) {
      session.turns().begun().sent();
      turn.begin(ready);
      session.turns().attached().transactionSince(session.turns().begun().sinceNanos());
      session.resume();
    } else if (turn.beginOn(ready)) {
      session.resume();
    }
  }

  /** A connection is closed, as its pool knows, before it has done so. */
  void unprepared(Preparation undone, PgError error) {
    if (connection == undone.connection()) {
      connection = null;
      // It may fail at once, while the message that waits is being looked at.
      session
          .channel()
          .eventLoop()
          .execute(() -> session.contain(() -> unprepared(undone.connection(), error)));
    }
  }

  private void unprepared(ServerConnection lost, PgError error) {
    if (connection != null || turn.waitsElsewhere()) {
      return;
    }
    turn.lost(lost, error);
  }
}
