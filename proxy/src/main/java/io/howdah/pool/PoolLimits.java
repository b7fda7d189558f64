package io.howdah.pool;

import java.time.Duration;

/**
 * The bounds of one pool over the whole process; durations of zero mean no limit.
 *
 * @param size connections it may have open
 * @param minSize connections it keeps open once it was used
 * @param reserveSize further connections, once a client has waited for {@code reserveTimeout}
 * @param reserveTimeout how long a client waits before the reserve is used; zero: at once
 * @param lifetime an older connection is closed when it is next free
 * @param idleTimeout a connection idle for longer is closed
 * @param queryWait how long a client waits for a connection before it is refused
 */
public record PoolLimits(
    int size,
    int minSize,
    int reserveSize,
    Duration reserveTimeout,
    Duration lifetime,
    Duration idleTimeout,
    Duration queryWait) {

  /** So many connections and no other bound. */
  public static PoolLimits ofSize(int size) {
    return new PoolLimits(size, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  }

  /** The most connections there may ever be, the reserve included. */
  int most() {
    return (int) Math.min(Integer.MAX_VALUE, (long) size + reserveSize);
  }

  long lifetimeNanos() {
    return lifetime.toNanos();
  }

  long idleTimeoutNanos() {
    return idleTimeout.toNanos();
  }
}
