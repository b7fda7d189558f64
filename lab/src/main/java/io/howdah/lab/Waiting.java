package io.howdah.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for something that another process does, with a bound. */
final class Waiting {
  static final Duration BOUND = Duration.ofSeconds(60);
  private static final long STEP_MILLIS = 20;

  private Waiting() {}

  /**
   * Looks at {@code condition} again and again until it holds.
   *
   * @param what what is waited for, to say so in the error
   * @throws LabException if it does not hold within {@link #BOUND}
   */
  static void until(String what, BooleanSupplier condition) {
    if (!within(BOUND, condition)) {
      throw new LabException("waited " + BOUND.toSeconds() + " s in vain for " + what);
    }
  }

  /** Like {@link #until}, but answers whether it came to hold. */
  static boolean within(Duration bound, BooleanSupplier condition) {
    long end = System.nanoTime() + bound.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      try {
        Thread.sleep(STEP_MILLIS);
      } catch (InterruptedException e) {
        throw LabException.interrupted(e);
      }
    }
    return true;
  }
}
