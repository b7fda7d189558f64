package io.howdah.frontend;

import io.howdah.error.PgError;
import io.howdah.frontend.session.Deadline;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waits;
import java.time.Duration;

/**
 * The one clock of all that sessions wait for. A wait that has taken too long is told the client as
 * the {@link Wait} has it. One that nobody can end any more is a fault of Howdah's: it is logged,
 * and the session is ended rather than left hanging.
 *
 * <p>Thread: the session's event loop.
 */
final class WaitClock {
  private WaitClock() {}

  /** Some time has passed: for the phase that a session is in, and for what it waits for. */
  static void tick(ClientSession session, long nowNanos) {
    Duration bound = session.worker.config().timeouts().unheard();
    if (session.input().isLeftFor(bound, nowNanos)) {
      session.terminate(new PgError.UnheardTimeout(bound));
    } else {
      session.phase().tick(nowNanos);
    }
    if (session.phase() != ClosedPhase.CLOSED) {
      look(session, nowNanos);
    }
  }

  /** Looks at what a session waits for now, if for anything. */
  private static void look(ClientSession session, long nowNanos) {
    Waits waits = session.waits();
    Wait wait = waits.current();
    if (wait == null) {
      if (waits.isLost(!session.reader().isStopped(), nowNanos)) {
        lose(session, "stopped without a reason");
      }
      return;
    }
    Duration bound = wait.deadline().of(session.worker.config().timeouts());
    if (Deadline.isPassed(bound, nowNanos - waits.sinceNanos())) {
      PgError error = wait.overdue(bound);
      if (!session.phase().tellOverdue(wait, error)) {
        session.terminate(error);
      }
    } else if (waits.isLost(isAwaited(session, wait), nowNanos)) {
      lose(session, "waits for \"" + wait.text() + "\", which nobody can end");
    }
  }

  private static boolean isAwaited(ClientSession session, Wait wait) {
    return session.phase().isAwaited(wait.waker())
        || wait == Wait.Room.AT_CLIENT && session.input().isClientFull();
  }

  private static void lose(ClientSession session, String how) {
    session
        .worker
        .telemetry()
        .fault("a client session", new IllegalStateException(session.phase().state() + ": " + how));
    session.terminate(new PgError.InternalError("internal error: the session " + how));
  }
}
