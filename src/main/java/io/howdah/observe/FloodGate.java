package io.howdah.observe;

import java.util.function.LongSupplier;

/**
 * Lets a number of events pass in each window of time and counts the rest. Thread-safe; the lock is
 * held for a few instructions.
 */
final class FloodGate {
  /** What to do with one event: whether to report it, and how many were dropped before it. */
  record Verdict(boolean pass, long dropped) {}

  private static final Verdict DROP = new Verdict(false, 0);
  private static final Verdict PASS = new Verdict(true, 0);

  private final int limit;
  private final long windowNanos;
  private final LongSupplier nanos;

  private long windowStart;
  private int passed;
  private long dropped;

  FloodGate(int limit, long windowNanos, LongSupplier nanos) {
    this.limit = limit;
    this.windowNanos = windowNanos;
    this.nanos = nanos;
    this.windowStart = nanos.getAsLong();
  }

  /** Asks for one event. */
  synchronized Verdict ask() {
    long before = turn();
    if (passed < limit) {
      passed++;
      return before == 0 ? PASS : new Verdict(true, before);
    }
    dropped++;
    return DROP;
  }

  /** What was dropped in a window that is over and was not yet told. */
  synchronized long takeDropped() {
    return turn();
  }

  private long turn() {
    long now = nanos.getAsLong();
    if (now - windowStart < windowNanos) {
      return 0;
    }
    windowStart = now;
    passed = 0;
    long before = dropped;
    dropped = 0;
    return before;
  }
}
