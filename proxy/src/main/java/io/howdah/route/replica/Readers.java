package io.howdah.route.replica;

import io.howdah.topology.NodeId;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Nodes that may serve a read, with their weights, and the draw among them. Immutable; a draw
 * allocates nothing.
 *
 * <p>A node is drawn by its weight, so that nodes without load get reads in proportion to their
 * weights. Then it is compared with another one, likewise drawn: the one with less outstanding for
 * its weight is taken, which is what keeps load even when nodes differ in speed. The first of the
 * two wins a tie; would the heavier win, it would get nearly all reads of a proxy with little to
 * do.
 */
final class Readers {
  static final Readers NONE = new Readers(List.of());

  /**
   * One of them.
   *
   * @param weight above 0
   */
  record Reader(Decision decision, int weight) {}

  private final Decision[] decisions;
  private final int[] weights;
  private final int total;

  Readers(List<Reader> readers) {
    decisions = readers.stream().map(Reader::decision).toArray(Decision[]::new);
    weights = readers.stream().mapToInt(Reader::weight).toArray();
    total = readers.stream().mapToInt(Reader::weight).sum();
  }

  boolean isEmpty() {
    return decisions.length == 0;
  }

  boolean has(NodeId node) {
    for (Decision each : decisions) {
      if (each.node().equals(node)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The less busy of two that are drawn at random; not for none.
   *
   * @param random a number from 0 to below its argument
   */
  Decision choose(IntUnaryOperator random, ToIntFunction<NodeId> outstanding) {
    if (decisions.length == 1) {
      return decisions[0];
    }
    int first = at(random.applyAsInt(total), -1);
    int second = at(random.applyAsInt(total - weights[first]), first);
    return isLessBusy(second, first, outstanding) ? decisions[second] : decisions[first];
  }

  /** The one that a number below the sum of all weights, or all but one's, falls to. */
  private int at(int number, int without) {
    int left = number;
    for (int i = 0; i < weights.length; i++) {
      if (i != without) {
        left -= weights[i];
        if (left < 0) {
          return i;
        }
      }
    }
    throw new IllegalArgumentException("no reader at " + number);
  }

  private boolean isLessBusy(int a, int b, ToIntFunction<NodeId> outstanding) {
    long busyA = outstanding.applyAsInt(decisions[a].node());
    long busyB = outstanding.applyAsInt(decisions[b].node());
    return busyA * weights[b] < busyB * weights[a];
  }

  /** The least busy of those that pass a test, of equals one by its weight; null when none does. */
  Decision least(
      Predicate<NodeId> passes, IntUnaryOperator random, ToIntFunction<NodeId> outstanding) {
    if (isEmpty()) {
      return null;
    }
    int from = decisions.length == 1 ? 0 : at(random.applyAsInt(total), -1);
    int best = -1;
    for (int i = 0; i < decisions.length; i++) {
      int each = (from + i) % decisions.length;
      if (passes.test(decisions[each].node())
          && (best < 0 || isLessBusy(each, best, outstanding))) {
        best = each;
      }
    }
    return best < 0 ? null : decisions[best];
  }
}
