package io.howdah.pool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/**
 * A limit over several pools: all of one database, or all of one user, on one node.
 *
 * <p>Pools that find it full stand in line here. Each connection that closes below it is promised
 * to the first in line, and a pool of the same quota that does not stand there can't snatch it.
 *
 * <p>Thread: under the lock of {@link Budgets}, but for {@link #wantedSince()} and {@link
 * #limit()}.
 */
final class Quota {
  private final String name;
  private final List<Budget> pools = new ArrayList<>();
  private final SequencedMap<Budget, Long> wanting = new LinkedHashMap<>();
  private final Set<Budget> promised = new LinkedHashSet<>();
  private volatile int limit;
  private int open;
  private int yielding;
  private volatile long wantedSince = Claims.NONE;

  Quota(String name) {
    this.name = name;
  }

  String name() {
    return name;
  }

  /** The limit, 0 for none. */
  int limit() {
    return limit;
  }

  void limit(int max) {
    limit = max;
  }

  int open() {
    return open;
  }

  void join(Budget budget) {
    pools.add(budget);
  }

  void part(Budget budget) {
    pools.remove(budget);
    forget(budget);
  }

  /** Whether no pool is left that it bounds. */
  boolean isUnused() {
    return pools.isEmpty();
  }

  List<Budget> pools() {
    return pools;
  }

  /** Whether this pool may not have another connection now. */
  boolean full(Budget budget) {
    int others = promised.size() - (promised.contains(budget) ? 1 : 0);
    return limit > 0 && open + others >= limit;
  }

  void take(Budget budget) {
    open++;
    forget(budget);
  }

  /** Stands in line. Returns false when the pool stood there already. */
  boolean want(Budget budget, long since) {
    boolean came = wanting.putIfAbsent(budget, since) == null;
    look();
    return came;
  }

  /** A connection closed. Returns the pool to which its place is promised now, or null. */
  Budget giveBack() {
    open--;
    yielding = Math.max(0, yielding - 1);
    return promise();
  }

  /** The pool needs nothing any more, or can't have it. Returns who is next, or null. */
  Budget forgo(Budget budget) {
    boolean freed = promised.contains(budget);
    forget(budget);
    return freed ? promise() : null;
  }

  boolean hasPromised(Budget budget) {
    return promised.contains(budget);
  }

  private void forget(Budget budget) {
    promised.remove(budget);
    wanting.remove(budget);
    look();
  }

  /** Promises what is free to the first in line. */
  Budget promise() {
    if (wanting.isEmpty() || (limit > 0 && open + promised.size() >= limit)) {
      return null;
    }
    Map.Entry<Budget, Long> first = wanting.pollFirstEntry();
    promised.add(first.getKey());
    look();
    return first.getKey();
  }

  /** Since when the first in line has stood there, or {@link Claims#NONE}. Thread: any. */
  long wantedSince() {
    return wantedSince;
  }

  /** Whether one more connection of another pool should close; counts it if so. */
  boolean asksToClose(Budget from) {
    int others = wanting.size() - (wanting.containsKey(from) ? 1 : 0);
    if (yielding >= others) {
      return false;
    }
    yielding++;
    return true;
  }

  private void look() {
    wantedSince = wanting.isEmpty() ? Claims.NONE : wanting.firstEntry().getValue();
  }
}
