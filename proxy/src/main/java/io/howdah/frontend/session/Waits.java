package io.howdah.frontend.session;

import java.util.concurrent.TimeUnit;

/**
 * What one session waits for now: why its reader is stopped, why its client is asked to send no
 * more, and what else it waits for that stops neither. The session's clock looks here.
 *
 * <p>Thread: the session's event loop.
 */
public final class Waits {
  /** A wait that nobody can end is given so long, in case its end is on its way. */
  private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Why the reader is stopped, or was last: to store the same again is work for the collector. */
  private Wait stopped;

  private boolean isStopped;
  private long stoppedAtNanos;

  /** The wait before the reader looked at the message once more. */
  private Wait before;

  private boolean wasStopped;
  private long beforeAtNanos;
  private long lostBeforeNanos;

  private Wait held;
  private long heldAtNanos;
  private Wait beside;
  private long besideAtNanos;

  /** Since when nobody seems to be able to end the wait; 0 while somebody is. */
  private long lostAtNanos;

  /** The reader is stopped. */
  public void stopped(Wait why, long sinceNanos) {
    if (stopped != why) {
      stopped = why;
    }
    isStopped = true;
    stoppedAtNanos = sinceNanos;
    lostAtNanos = 0;
  }

  /** The reader looks at the message once more. */
  public void resumed() {
    if (before != stopped) {
      before = stopped;
    }
    wasStopped = isStopped;
    beforeAtNanos = stoppedAtNanos;
    lostBeforeNanos = lostAtNanos;
    isStopped = false;
  }

  /** It has come no further: a wait for the same goes on since when it began. */
  public void stoppedAgain() {
    if (isStopped && wasStopped && stopped.equals(before)) {
      stoppedAtNanos = beforeAtNanos;
      lostAtNanos = lostBeforeNanos;
    }
  }

  /** The client is asked to send no more; null: no longer. */
  public void held(Wait why, long sinceNanos) {
    held = why;
    heldAtNanos = sinceNanos;
  }

  /** Something else is waited for; null: no longer. */
  public void beside(Wait why, long sinceNanos) {
    if (awaitsClient() && isStopped) {
      // Until now nothing else could go on.
      stoppedAtNanos = sinceNanos;
    }
    beside = why;
    besideAtNanos = sinceNanos;
  }

  /** Whether something is waited for that does not stop the reader. */
  public boolean isBeside() {
    return beside != null;
  }

  /** Why the reader is stopped, or null. */
  public Wait stopped() {
    return isStopped ? stopped : null;
  }

  /** Whether the client has to read before anything goes on. */
  private boolean awaitsClient() {
    return beside == Wait.Room.AT_CLIENT;
  }

  /** What counts of all that is waited for; null when nothing is. */
  public Wait current() {
    if (awaitsClient()) {
      return beside;
    }
    return isStopped ? stopped : held != null ? held : beside;
  }

  /** Since when {@link #current} is waited for. */
  public long sinceNanos() {
    if (awaitsClient()) {
      return besideAtNanos;
    }
    return isStopped ? stoppedAtNanos : held != null ? heldAtNanos : besideAtNanos;
  }

  /**
   * Takes in whether somebody can end the current wait.
   *
   * @return whether nobody could for too long
   */
  public boolean isLost(boolean awaited, long nowNanos) {
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
