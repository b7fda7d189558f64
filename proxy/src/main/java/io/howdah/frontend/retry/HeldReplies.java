package io.howdah.frontend.retry;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Replies that the client has not been given yet. Bounded in bytes.
 *
 * <p>Thread: the session's event loop.
 */
final class HeldReplies {
  private static final int MAX_BYTES = 64 << 10;
  private static final long MAX_HOLD_NANOS = 1_000_000_000L;

  /** Null until there is any: most answers come at once, and none is ever held. */
  private ArrayDeque<ByteBuf> runs;

  private int bytes;
  private long sinceNanos;

  private boolean isEmpty() {
    return runs == null || runs.isEmpty();
  }

  /** Whether there are some that the client has waited for too long. */
  boolean areOverdue(long nowNanos) {
    return !isEmpty() && nowNanos - sinceNanos > MAX_HOLD_NANOS;
  }

  /** Keeps a run. Whether the bound still holds; the run is kept in any case. */
  boolean add(ByteBuf run, long nowNanos) {
    if (runs == null) {
      runs = new ArrayDeque<>(4);
    }
    if (runs.isEmpty()) {
      sinceNanos = nowNanos;
    }
    bytes += run.readableBytes();
    runs.add(run);
    return bytes <= MAX_BYTES;
  }

  /** Gives all of them away, in order. */
  void release(Consumer<ByteBuf> to) {
    if (isEmpty()) {
      return;
    }
    bytes = 0;
    for (ByteBuf run = runs.poll(); run != null; run = runs.poll()) {
      to.accept(run);
    }
  }

  /** Nobody hears them. */
  void drop() {
    release(ByteBuf::release);
  }
}
