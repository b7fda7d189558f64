package io.howdah.topology;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The commits of one cluster that clients of this proxy were told of: numbered in the order of
 * their acknowledgement, and where in the WAL some of them are known to be. A commit costs one
 * increment; where it is turns out only when somebody must know.
 *
 * <p>Thread: any.
 */
public final class Commits {
  /** Enough for a session that read a while ago not to be held to the newest position. */
  private static final int KEPT = 32;

  /** A question that is not answered by then does not keep others from asking. */
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private final AtomicLong count = new AtomicLong();
  private volatile boolean unflushed;

  /** When the primary was asked by somebody who has no answer yet; 0 when nobody waits for one. */
  private volatile long askedAtNanos;

  /** In the order of what they cover; replaced whole. */
  private volatile CommitPoint[] points = {};

  /**
   * A request that may have written was acknowledged, or is about to be.
   *
   * @param mayBeUnflushed whether the server may have acknowledged it before it flushed it
   * @return its number, from 1
   */
  public long acknowledged(boolean mayBeUnflushed) {
    if (mayBeUnflushed) {
      unflushed = true;
    }
    return count.incrementAndGet();
  }

  /** The number of the last one; 0 before the first. */
  public long count() {
    return count.get();
  }

  /** Whether any was acknowledged that may not have been flushed before. */
  public boolean mayBeUnflushed() {
    return unflushed;
  }

  /** The earliest point known that is behind a commit; null when none is. */
  public CommitPoint behind(long number) {
    for (CommitPoint point : points) {
      if (point.covers() >= number) {
        return point;
      }
    }
    return null;
  }

  /** The primary is being asked. */
  public void asked(long nowNanos) {
    askedAtNanos = nowNanos | 1;
  }

  /** Whether somebody should ask where the last one is, because nobody knows it or is asking. */
  public boolean areOverdue(long nowNanos) {
    long all = count.get();
    long asked = askedAtNanos;
    return all > 0 && behind(all) == null && (asked == 0 || nowNanos - asked > PATIENCE_NANOS);
  }

  /** The primary has answered. */
  public synchronized void located(CommitPoint point) {
    askedAtNanos = 0;
    CommitPoint[] known = points;
    if (known.length > 0 && known[known.length - 1].covers() >= point.covers()) {
      return;
    }
    int drop = known.length < KEPT ? 0 : 1;
    CommitPoint[] more = Arrays.copyOfRange(known, drop, known.length + 1);
    more[more.length - 1] = point;
    points = more;
  }
}
