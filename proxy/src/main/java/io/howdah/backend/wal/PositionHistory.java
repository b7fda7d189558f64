package io.howdah.backend.wal;

import io.howdah.topology.Lsn;

/**
 * Where a replica was at the last times it was asked. Its position only grows, so what it says to a
 * question that was sent after a read's answer had come is behind all that the read saw.
 *
 * <p>Thread: one event loop.
 */
final class PositionHistory {
  /** Some seconds, where it is asked ten times a second. */
  private static final int KEPT = 32;

  private final long[] askedAtNanos = new long[KEPT];
  private final Lsn[] positions = new Lsn[KEPT];
  private int size;

  /** Where the next one goes: the oldest is there once it is full. */
  private int next;

  /** It answered a question that was sent at this moment; later ones come later. */
  void add(long nanos, Lsn position) {
    askedAtNanos[next] = nanos;
    positions[next] = position;
    next = (next + 1) % KEPT;
    size = Math.min(size + 1, KEPT);
  }

  /** The earliest position known that was asked for after a moment; null when none is. */
  Lsn behind(long nanos) {
    if (size == 0 || askedAtNanos[(next + KEPT - 1) % KEPT] - nanos <= 0) {
      return null;
    }
    int at = (next + KEPT - size) % KEPT;
    while (askedAtNanos[at] - nanos <= 0) {
      at = (at + 1) % KEPT;
    }
    return positions[at];
  }

  /** What comes from now on may be another process's. */
  void clear() {
    size = 0;
  }
}
