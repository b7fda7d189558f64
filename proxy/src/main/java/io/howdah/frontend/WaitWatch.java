package io.howdah.frontend;

import io.howdah.error.PgError;
import java.time.Duration;

/**
 * Looks after what a session waits for: nothing is waited for longer than it may be, and nothing
 * that nobody can bring about any more.
 *
 * <p>Thread: the session's event loop.
 */
final class WaitWatch {
  private final ClientSession session;
  private final Waits waits;

  WaitWatch(ClientSession session, Waits waits) {
    this.session = session;
    this.waits = waits;
  }

  /** Some time has passed. */
  void tick(long nowNanos) {
    Wait wait = waits.current();
    if (wait == null) {
      if (waits.isLost(!session.reader().isStopped(), nowNanos)) {
        lost("stopped without a reason");
      }
      return;
    }
    Duration bound = wait.deadline().of(session.worker.config().timeouts());
    if (!bound.isZero() && nowNanos - waits.sinceNanos() > bound.toNanos()) {
      PgError error = wait.overdue(bound);
      if (!session.phase().tellOverdue(wait, error)) {
        session.terminate(error);
      }
    } else if (waits.isLost(session.phase().isAwaited(wait.waker()), nowNanos)) {
      lost("waits for \"" + wait.text() + "\", which nobody can end");
    }
  }

  /** Howdah has lost sight of what the session waits for: it is ended rather than left hanging. */
  private void lost(String how) {
    session
        .worker
        .telemetry()
        .fault("a client session", new IllegalStateException(session.phase().state() + ": " + how));
    session.terminate(new PgError.InternalError("internal error: the session " + how));
  }
}
