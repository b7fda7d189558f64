package io.howdah.e2e.conversation;

import io.howdah.e2e.harness.Fewer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Leaves out of a dialogue what it fails without, so that a person can read the rest. */
final class Shrinker {
  private final Predicate<Dialogue> fails;
  private final long endNanos;

  /**
   * @param fails whether a dialogue still fails
   * @param boundMillis how long to try
   */
  Shrinker(Predicate<Dialogue> fails, long boundMillis) {
    this.fails = fails;
    this.endNanos = System.nanoTime() + boundMillis * 1_000_000;
  }

  /** The shortest that it finds: without any single one of its lines it does not fail. */
  Dialogue shrink(Dialogue failing) {
    Dialogue best = failing;
    for (int client = 0; client < Dialogue.CLIENTS; client++) {
      int one = client;
      best = tried(best, best.lines().stream().filter(each -> each.client() != one).toList());
    }
    Dialogue whole = best;
    List<Line> fewer =
        new Fewer<Line>(lines -> fails.test(whole.with(lines)), endNanos).of(whole.lines());
    return plain(whole.with(fewer));
  }

  /** Without what matters least: waits, and messages cut in two. */
  private Dialogue plain(Dialogue from) {
    Dialogue best = from;
    for (int i = 0; i < best.lines().size(); i++) {
      List<Line> whole = new ArrayList<>(best.lines());
      whole.set(i, whole.get(i).cutAt(0));
      best = tried(best, whole);
      List<Line> busy = new ArrayList<>(best.lines());
      busy.set(i, busy.get(i).waiting(false));
      best = tried(best, busy);
    }
    return best;
  }

  private Dialogue tried(Dialogue best, List<Line> lines) {
    boolean same = lines.equals(best.lines());
    if (lines.isEmpty() || same || System.nanoTime() - endNanos > 0) {
      return best;
    }
    Dialogue candidate = best.with(lines);
    return fails.test(candidate) ? candidate : best;
  }
}
