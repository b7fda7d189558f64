package io.howdah.backend.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers every server connection of the process, for the console.
 *
 * <p>Thread: any.
 */
public final class ConnectionNumbers {
  private static final AtomicLong NEXT = new AtomicLong(1);

  private ConnectionNumbers() {}

  /** One that no connection has had. */
  public static long next() {
    return NEXT.getAndIncrement();
  }
}
