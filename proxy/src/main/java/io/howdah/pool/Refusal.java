package io.howdah.pool;

import io.howdah.error.PgError;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether a node opens no connection for the pools of one {@link Budget}, as the last attempts of
 * all event loops have it. Such a node is left alone for a while, longer each time: from {@link
 * #FIRST_NANOS} up to {@link #MOST_NANOS}. Then one request may try it; all others still keep away.
 *
 * <p>Thread: any. Times are on the clock of {@link Loops#nanoTime}.
 */
public final class Refusal {
  static final long FIRST_NANOS = Duration.ofSeconds(1).toNanos();
  static final long MOST_NANOS = Duration.ofSeconds(30).toNanos();

  /**
   * @param why what the last attempt met with
   * @param untilNanos when the next may be made
   * @param pauseNanos how long the pause was that ends then
   * @param onTrial whether a request tries the node by permission of {@link #allows}
   */
  private record Standing(PgError why, long untilNanos, long pauseNanos, boolean onTrial) {}

  /** Null while connections can be opened, for all that is known. */
  private final AtomicReference<Standing> standing = new AtomicReference<>();

  /** An attempt failed; whether the one before had not. */
  public boolean refused(PgError why, long now) {
    while (true) {
      Standing before = standing.get();
      Standing after = before == null ? first(why, now) : again(before, why, now);
      if (standing.compareAndSet(before, after)) {
        return before == null;
      }
    }
  }

  private static Standing first(PgError why, long now) {
    return new Standing(why, now + FIRST_NANOS, FIRST_NANOS, false);
  }

  private static Standing again(Standing before, PgError why, long now) {
    // Attempts that fail together count as one, and so do those of requests that had no choice.
    long pause = before.onTrial ? Math.min(MOST_NANOS, 2 * before.pauseNanos) : before.pauseNanos;
    return new Standing(why, now + pause, pause, false);
  }

  /** A connection was opened; whether the last attempt had failed. */
  public boolean ended() {
    return standing.get() != null && standing.getAndSet(null) != null;
  }

  /** What is behind it may have changed: the next request may try. */
  public void reconsider(long now) {
    standing.updateAndGet(
        each -> each == null ? null : new Standing(each.why, now, FIRST_NANOS, false));
  }

  /** What the last attempt met with; null when it succeeded, or there was none. */
  public PgError why() {
    Standing now = standing.get();
    return now == null ? null : now.why;
  }

  /** Whether requests that another node can serve had better keep away. */
  public boolean isLeftAlone(long now) {
    Standing each = standing.get();
    return each != null && now - each.untilNanos < 0;
  }

  /**
   * Whether a request may be sent there. Where the last attempt failed and its pause is over, the
   * one that asks first may, and the others only after a further pause.
   */
  public boolean allows(long now) {
    Standing before = standing.get();
    return before == null
        || now - before.untilNanos >= 0
            && standing.compareAndSet(
                before, new Standing(before.why, now + before.pauseNanos, before.pauseNanos, true));
  }

  /** Whether the last attempt failed. A cheap question ahead of {@link #allows}. */
  public boolean isStanding() {
    return standing.get() != null;
  }
}
