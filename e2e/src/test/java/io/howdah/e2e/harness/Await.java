package io.howdah.e2e.harness;

import java.time.Duration;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowingConsumer;

/** Waits with a generous bound for what other threads and processes do. */
public final class Await {
  /** Long enough for a slow machine; no test passes or fails by being faster or slower than it. */
  public static final Duration BOUND = Duration.ofSeconds(60);

  private static final long STEP_MILLIS = 20;

  private Await() {}

  /** Looks again and again until {@code assertion} holds for what {@code subject} answers. */
  public static <T> void until(Supplier<T> subject, ThrowingConsumer<T> assertion) {
    long end = System.nanoTime() + BOUND.toNanos();
    while (true) {
      try {
        assertion.accept(subject.get());
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - end > 0) {
          throw new AssertionError("after " + BOUND.toSeconds() + " s still: " + e.getMessage(), e);
        }
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(STEP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
