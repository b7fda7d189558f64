package io.howdah.frontend;

import io.howdah.backend.ServerConnection;
import io.howdah.error.PgError;

/**
 * What a session waits for that has a server connection: whether somebody can still end the wait,
 * and what becomes of one that took too long.
 *
 * <p>Thread: the session's event loop.
 */
final class AttachedWaits {
  private final ClientSession session;
  private final HowdahSettings howdah;
  private final SessionChannels channels;
  private final Lease lease;
  private final CancelRequests cancels;

  AttachedWaits(
      ClientSession session,
      HowdahSettings howdah,
      SessionChannels channels,
      Lease lease,
      CancelRequests cancels) {
    this.session = session;
    this.howdah = howdah;
    this.channels = channels;
    this.lease = lease;
    this.cancels = cancels;
  }

  /** {@link Phase#isAwaited}. */
  boolean isAwaited(Waker waker) {
    ServerConnection server = lease.server();
    return switch (waker) {
      case OWN_WORK -> server.isBusy();
      case REPLIES -> !server.ledger().isEmpty() || server.isBusy() || cancels.areUnderWay();
      case CANCEL -> cancels.areUnderWay() || server.isBusy();
      case SERVER -> !server.isWritable();
      case CLIENT -> true;
      case LISTENER -> channels.areAwaited();
      case REPLAY_WATCH -> howdah.exported().isAwaited();
      case POOL, TOPOLOGY, LOOP, CONSOLE, CONNECTOR -> false;
    };
  }

  /** {@link Phase#tellOverdue}. */
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
