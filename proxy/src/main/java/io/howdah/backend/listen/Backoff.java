package io.howdah.backend.listen;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * When something is tried again that failed: soon at first, then twice as late each time, up to a
 * bound.
 *
 * <p>Thread: its loop.
 */
final class Backoff {
  private static final long FIRST_MILLIS = 50;
  private static final long LONGEST_MILLIS = 2000;

  private final EventLoop loop;
  private final Runnable again;
  private boolean underWay;
  private int failures;

  /**
   * @param again tries again
   */
  Backoff(EventLoop loop, Runnable again) {
    this.loop = loop;
    this.again = again;
  }

  /** It failed once more. */
  void begin() {
    long millis = FIRST_MILLIS << Math.min(failures++, 16);
    underWay = true;
    loop.schedule(this::over, Math.min(millis, LONGEST_MILLIS), TimeUnit.MILLISECONDS);
  }

  private void over() {
    underWay = false;
    again.run();
  }

  /** Whether it is too early to try again. */
  boolean isUnderWay() {
    return underWay;
  }

  /** How often in a row it has failed. */
  int failures() {
    return failures;
  }

  /** It did not fail. */
  void succeeded() {
    failures = 0;
  }
}
