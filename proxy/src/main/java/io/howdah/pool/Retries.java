package io.howdah.pool;

import io.howdah.error.PgError;

/**
 * When a pool may try to open a connection again after a failure. A failure that may pass is
 * retried after 100 ms, then twice as long each time up to 5 s, one attempt at a time; one that
 * will not pass by itself (login refused, no such database) holds attempts back for one second.
 */
final class Retries {
  static final long FIRST_NANOS = 100_000_000L;
  static final long MOST_NANOS = 5_000_000_000L;
  static final long PERMANENT_NANOS = 1_000_000_000L;

  private PgError last;
  private long delay;
  private long notBefore;

  /** The last failure, null when the last attempt succeeded. */
  PgError last() {
    return last;
  }

  /** Whether another attempt may begin while {@code opening} are under way. */
  boolean allow(int opening, long now) {
    return last == null || (opening == 0 && now - notBefore >= 0);
  }

  void succeeded() {
    last = null;
    delay = 0;
  }

  void failed(PgError error, boolean permanent, long now) {
    if (permanent) {
      delay = 0;
      notBefore = now + PERMANENT_NANOS;
    } else if (last == null || now - notBefore >= 0) {
      // Several attempts that fail together count as one.
      delay = delay == 0 ? FIRST_NANOS : Math.min(MOST_NANOS, 2 * delay);
      notBefore = now + delay;
    }
    last = error;
  }
}
