package io.howdah.frontend.listen;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.frontend.session.SessionState;

/**
 * What a session that listens notifies itself of. PostgreSQL says that ahead of the ReadyForQuery
 * of the transaction; but here it comes over the shared connection. So that ReadyForQuery waits
 * until the shared connection has said all that was committed before.
 *
 * <p>Thread: the session's event loop.
 */
final class SelfNotifications {
  private final SessionState state;
  private final Listening listening;
  private final PostponedReplies later;

  /** The open transaction ran NOTIFY. */
  private boolean notified;

  SelfNotifications(SessionState state, Listening listening) {
    this.state = state;
    this.listening = listening;
    this.later = new PostponedReplies(state.session, listening.told()::say);
  }

  /** A NOTIFY, or a call of pg_notify, was run. */
  void sent() {
    notified = true;
  }

  /** A transaction has ended; its ReadyForQuery is at hand. */
  void ended(ServerConnection server) {
    if (!notified) {
      return;
    }
    notified = false;
    if (listening.isLive()) {
      server.passSoFar();
      PostponedReplies.Part part = later.hold();
      state.pools.afterNotifications(listening, () -> later.release(part));
    }
  }
}
