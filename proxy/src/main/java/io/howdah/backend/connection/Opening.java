package io.howdah.backend.connection;

import java.util.concurrent.atomic.AtomicLong;

/**
 * When a server connection was opened, which is when its login was over.
 *
 * @param id the connection's number, for the console; no other of this process has it
 * @param atMillis since the epoch
 * @param atNanos of {@link System#nanoTime()}
 */
public record Opening(long id, long atMillis, long atNanos) {
  private static final AtomicLong NEXT_ID = new AtomicLong(1);

  /** That of a connection which is opened now. Thread: any. */
  public static Opening now() {
    return new Opening(NEXT_ID.getAndIncrement(), System.currentTimeMillis(), System.nanoTime());
  }
}
