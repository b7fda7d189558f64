package io.howdah.pool;

import java.time.Duration;

/**
 * One event loop, on which nothing that is posted ever runs, and on whose clock no time passes by
 * itself.
 */
public final class StillLoops extends IdleLoops {
  private long nowNanos = Duration.ofDays(1).toNanos();

  /** So much time passes. Nobody is woken. */
  public void pass(Duration time) {
    nowNanos += time.toNanos();
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }
}
