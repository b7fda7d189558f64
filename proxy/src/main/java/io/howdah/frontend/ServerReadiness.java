package io.howdah.frontend;

import io.howdah.backend.Chore;
import io.howdah.backend.ReplyLedger;
import io.howdah.backend.ServerConnection;
import io.howdah.error.PgError;
import io.howdah.wire.FrontendType;

/**
 * Whether a session's server connection can take the client's next message, or something else must
 * come to its end first, which is begun here if it has to be.
 *
 * <p>Thread: the session's event loop.
 */
final class ServerReadiness {
  /** With more requests than this on their way the client is not read any further. */
  static final int MAX_OWED = 4096;

  private final SessionState state;
  private final Lease lease;
  private final CancelRequests cancels;
  private final Effects effects;
  private final TurnEnd turnEnd;

  ServerReadiness(
      SessionState state, Lease lease, CancelRequests cancels, Effects effects, TurnEnd turnEnd) {
    this.state = state;
    this.lease = lease;
    this.cancels = cancels;
    this.effects = effects;
    this.turnEnd = turnEnd;
  }

  /** What must come to its end before the message at hand can be sent, or null. */
  Wait awaited(ServerConnection server, byte type) {
    Wait wait = mustWait(server);
    return wait == null && server.ledger().isBatchEndDoubtful() && asks(type)
        ? Wait.Replies.ORDER
        : wait;
  }

  private Wait mustWait(ServerConnection server) {
    ReplyLedger ledger = server.ledger();
    if (server.isBusy()) {
      return turnEnd.isChecking() ? Wait.OwnWork.STATE_CHECK : Wait.OwnWork.OTHER;
    }
    if (ledger.size() > MAX_OWED) {
      return Wait.Replies.MANY;
    }
    if (!ledger.isEmpty() || ledger.isBatchOpen()) {
      return !ledger.isBatchOpen() && effects.settings.isDiscarding() ? Wait.Replies.ORDER : null;
    }
    if (cancels.areUnderWay()) {
      return Wait.Cancel.UNDER_WAY;
    }
    if (effects.settings.isBehind(ledger.status())) {
      bringSettings(server);
      return Wait.OwnWork.SETTINGS;
    }
    return null;
  }

  /** Whether what a message does depends on whether a batch is open. */
  private static boolean asks(byte type) {
    return switch (type) {
      case FrontendType.SYNC,
          FrontendType.FLUSH,
          FrontendType.COPY_DATA,
          FrontendType.COPY_DONE,
          FrontendType.COPY_FAIL ->
          false;
      default -> true;
    };
  }

  private void bringSettings(ServerConnection server) {
    server.bring(
        effects.settings.wanted(),
        effects.settings.applied(),
        new Chore() {
          @Override
          public void done() {
            if (lease.server() == server) {
              effects.settings.caughtUp();
              state.told.catchUp(server);
              state.session.resumeSoon();
            }
          }

          @Override
          public void failed(PgError error) {
            // The connection is closed; lost() tells the client.
          }
        });
  }
}
