package io.howdah.e2e.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Leaves out of a list what it fails without, so that a person can read the rest. */
public final class Fewer<T> {
  private final Predicate<List<T>> fails;
  private final long endNanos;

  /**
   * @param fails whether a list, never an empty one, still fails
   * @param endNanos when to stop trying, of {@link System#nanoTime()}
   */
  public Fewer(Predicate<List<T>> fails, long endNanos) {
    this.fails = fails;
    this.endNanos = endNanos;
  }

  /** The shortest that it finds: without any single one of its elements it does not fail. */
  public List<T> of(List<T> failing) {
    List<T> best = failing;
    for (int size = best.size() / 2; size > 0; size /= 2) {
      best = withoutPieces(best, size);
    }
    return withoutPieces(best, 1);
  }

  private List<T> withoutPieces(List<T> from, int size) {
    List<T> best = from;
    int at = best.size() - size;
    while (at >= 0 && System.nanoTime() - endNanos < 0) {
      List<T> fewer = new ArrayList<>(best);
      fewer.subList(at, at + size).clear();
      if (!fewer.isEmpty() && fails.test(fewer)) {
        best = fewer;
      }
      at = Math.min(at - 1, best.size() - size);
    }
    return best;
  }
}
