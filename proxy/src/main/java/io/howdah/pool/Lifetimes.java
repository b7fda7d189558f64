package io.howdah.pool;

/** When a connection has been open, or idle, for long enough. */
final class Lifetimes {
  /** By how much of the lifetime closings are spread, so that a pool does not die all at once. */
  private static final double SPREAD = 0.2;

  private static final double GOLDEN = 0.618_033_988_749_895;

  private Lifetimes() {}

  /** A number in 0 … 1 for the n-th connection; any few in a row lie far from each other. */
  static double spread(int n) {
    double x = n * GOLDEN;
    return x - Math.floor(x);
  }

  static boolean over(PoolSlot slot, PoolLimits limits, long now) {
    long lifetime = limits.lifetimeNanos();
    return lifetime > 0
        && now - slot.createdAt >= lifetime - (long) (lifetime * SPREAD * slot.spread);
  }

  static boolean idleTooLong(PoolSlot slot, PoolLimits limits, long now) {
    long timeout = limits.idleTimeoutNanos();
    return timeout > 0 && now - slot.lastUsedAt >= timeout;
  }
}
