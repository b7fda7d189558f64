package io.howdah.backend.pools;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether transactions of one user in one database are serializable where neither they nor their
 * session say anything. Servers don't report that; it is learnt when a replica refuses a read for
 * it, and asked anew by trying after a while.
 *
 * <p>Thread: one event loop.
 */
public final class SerializableDefault {
  /** As long what was learnt is believed: an administrator may have changed it. */
  static final Duration BELIEVED = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private boolean known;
  private long learntNanos;

  /**
   * @param nanoTime the clock of the event loop
   */
  public SerializableDefault(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** A replica refused to read, as its transaction was serializable. */
  public void learn() {
    known = true;
    learntNanos = nanoTime.getAsLong();
  }

  /** Whether they are known to be. */
  public boolean isKnown() {
    if (known && nanoTime.getAsLong() - learntNanos > BELIEVED.toNanos()) {
      known = false;
    }
    return known;
  }
}
