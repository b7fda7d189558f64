package io.howdah.observe;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps the number of a label's values bounded: the first {@code max} values stay as they are, all
 * later ones become {@link #OTHER}. First come, not most frequent, so that no counter ever moves
 * from one label to another. Thread-safe.
 */
final class BoundedLabels<T> {
  /** Stands for every value above the bound. */
  static final String OTHER = "other";

  private final int max;
  private final T other;
  private final Set<T> admitted = ConcurrentHashMap.newKeySet();

  BoundedLabels(int max, T other) {
    this.max = max;
    this.other = other;
  }

  T of(T value) {
    if (admitted.contains(value)) {
      return value;
    }
    // Two threads at the bound may admit one more between them, which does no harm.
    if (admitted.size() >= max) {
      return other;
    }
    admitted.add(value);
    return value;
  }
}
