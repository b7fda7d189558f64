package io.howdah.frontend;

import io.howdah.backend.connection.Chore;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.error.PgError;
import io.howdah.frontend.cancel.CancelRequests;
import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.lease.Lease;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.parameter.HowdahSettings;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;

/**
 * What a session that has a server connection waits for: what must end before a message can be
 * sent, who can still end that, and how the client is told when it takes too long.
 *
 * <p>Thread: the session's event loop.
 */
public final class AttachedWaits {
  /** With more requests than this on their way the client is not read any further. */
  public static final int MAX_OWED = 4096;

  private final ClientSession session;
  private final SessionState state;
  private final Lease lease;
  private final CancelRequests cancels;
  private final Effects effects;
  private final SessionChannels channels;
  private final HowdahSettings howdah;
  private final TurnEnd turnEnd;

  AttachedWaits(
      ClientSession session,
      SessionState state,
      Lease lease,
      CancelRequests cancels,
      Effects effects,
      SessionChannels channels,
      HowdahSettings howdah,
      TurnEnd turnEnd) {
    this.session = session;
    this.state = state;
    this.lease = lease;
    this.cancels = cancels;
    this.effects = effects;
    this.channels = channels;
    this.howdah = howdah;
    this.turnEnd = turnEnd;
  }

  /** What must come to its end before the message at hand can be sent, or null. */
  Wait before(ServerConnection server) {
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

  private void bringSettings(ServerConnection server) {
    server
        .ownWork()
        .changeSettings(
            effects.settings.wanted(),
            effects.settings.applied(),
            new Chore() {
              @Override
              public void done() {
                if (lease.server() == server) {
                  effects.settings.caughtUp();
                  state.told.catchUp(server);
                  session.resumeSoon();
                }
              }

              @Override
              public void failed(PgError error) {
                // The connection is closed; lost() tells the client.
              }
            });
  }

  /** Whether somebody can still end what is waited for. */
  boolean areAwaited(Waker waker) {
    ServerConnection server = lease.server();
    return switch (waker) {
      case OWN_WORK -> server.isBusy();
      case REPLIES -> !server.ledger().isEmpty() || server.isBusy() || cancels.areUnderWay();
      case CANCEL -> cancels.areUnderWay() || server.isBusy();
      case SERVER -> !server.isWritable();
      case CLIENT -> true;
      case LISTENER -> channels.areAwaited();
      case REPLAY_WATCH -> howdah.exported().isAwaited();
      case POOL, TOPOLOGY, CATALOG, LOOP, CONSOLE, CONNECTOR -> false;
    };
  }

  /**
   * What is waited for has not come in time.
   *
   * @return whether the client was told; else the session is ended with the error
   */
  boolean tellOverdue(Wait wait, PgError error) {
    return switch (wait) {
      case Wait.Listen _ -> channels.refuse(error);
      case Wait.CommitPlace _ -> {
        refusePlace(error);
        yield true;
      }
      default -> false;
    };
  }

  /** At once if that can be; else in its turn, once the server has answered. */
  private void refusePlace(PgError error) {
    if (lease.server().ledger().isClean() && !lease.isKept()) {
      howdah.exported().forget();
      lease.release();
      session.turns().refused().refuse(error);
    } else {
      howdah.exported().overdue(error);
      session.resume();
    }
  }
}
