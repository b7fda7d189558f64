package io.howdah.frontend;

import java.util.concurrent.TimeUnit;

/**
 * What one session waits for now: why its reader is stopped, why its client is asked to send no
 * more, and what else it waits for that stops neither. The session's clock looks here.
 *
 * <p>Thread: the session's event loop.
 */
final class Waits {
  /** A wait that nobody can end is given so long, in case its end is on its way. */
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private Wait stopped;
  private long stoppedAtNanos;

  /** The wait before the reader looked at the message once more. */
  private Wait before;

  private long beforeAtNanos;
  private long lostBeforeNanos;

  private Wait held;
  private long heldAtNanos;
  private Wait beside;
  private long besideAtNanos;

  /** Since when nobody seems to be able to end the wait; 0 while somebody is. */
  private long lostAtNanos;

  /** The reader is stopped. */
  void stopped(Wait why, long sinceNanos) {
    stopped = why;
    stoppedAtNanos = sinceNanos;
    lostAtNanos = 0;
  }

  /** The reader looks at the message once more. */
  void resumed() {
    before = stopped;
    beforeAtNanos = stoppedAtNanos;
    lostBeforeNanos = lostAtNanos;
    stopped = null;
  }

  /** It has come no further: a wait for the same goes on since when it began. */
  void stoppedAgain() {
    if (stopped != null && stopped.equals(before)) {
      stoppedAtNanos = beforeAtNanos;
      lostAtNanos = lostBeforeNanos;
    }
  }

  /** The client is asked to send no more; null: no longer. */
  void held(Wait why, long sinceNanos) {
    held = why;
    heldAtNanos = sinceNanos;
  }

  /** Something else is waited for; null: no longer. */
  void beside(Wait why, long sinceNanos) {
    beside = why;
    besideAtNanos = sinceNanos;
  }

  /** Why the reader is stopped, or null. */
  Wait stopped() {
    return stopped;
  }

  /** What counts of all that is waited for; null when nothing is. */
  Wait current() {
    return stopped != null ? stopped : held != null ? held : beside;
  }

  /** Since when {@link #current} is waited for. */
  long sinceNanos() {
    return stopped != null ? stoppedAtNanos : held != null ? heldAtNanos : besideAtNanos;
  }

  /**
   * Takes in whether somebody can end the current wait.
   *
   * @return whether nobody could for too long
   */
  boolean isLost(boolean awaited, long nowNanos) {
    if (awaited) {
      lostAtNanos = 0;
      return false;
    }
    if (lostAtNanos == 0) {
      lostAtNanos = nowNanos;
    }
    return nowNanos - lostAtNanos > LOST_NANOS;
  }
}
