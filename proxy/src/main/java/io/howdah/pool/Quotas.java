package io.howdah.pool;

import java.time.Duration;
import java.util.List;

/**
 * The limits against which a {@link Budget}'s permits count besides the pool's own: its database's,
 * its user's, and that of its user's pools for the database, in all or in none.
 *
 * <p>Thread: under the lock of all budgets, but where a method says otherwise.
 */
final class Quotas {
  /** How much longer than a waiter of its own another pool's waiter must wait to get its place. */
  private static final long YIELD_AFTER_NANOS = Duration.ofMillis(100).toNanos();

  private final List<Quota> all;
  private final Object lock;

  Quotas(List<Quota> all, Object lock) {
    this.all = List.copyOf(all);
    this.lock = lock;
  }

  /** The first that is full for this budget, or null. */
  Quota full(Budget budget) {
    return all.stream().filter(q -> q.full(budget)).findFirst().orElse(null);
  }

  void take(Budget budget) {
    all.forEach(q -> q.take(budget));
  }

  /**
   * A permit is given back.
   *
   * @param next gets those who may have it now
   */
  void giveBack(List<Budget> next) {
    for (Quota q : all) {
      add(q.giveBack(), next);
    }
  }

  /** The budget is given up. */
  void part(Budget budget) {
    all.forEach(q -> q.part(budget));
  }

  /** Passes on a promise of every other than {@code full}. */
  void forgoBut(Quota full, Budget budget, List<Budget> next) {
    all.stream().filter(q -> q != full).forEach(q -> add(q.forgo(budget), next));
  }

  /** Passes on whatever was promised to a budget. */
  void forgoPromised(Budget budget, List<Budget> next) {
    all.stream().filter(q -> q.hasPromised(budget)).forEach(q -> add(q.forgo(budget), next));
  }

  private static void add(Budget budget, List<Budget> to) {
    if (budget != null) {
      to.add(budget);
    }
  }

  /**
   * The one whose limit keeps a waiter of another pool waiting, if a connection given back should
   * be closed for it; else null. Thread: any.
   *
   * @param own since when the loop's oldest waiter waits, or {@link Claims#NONE}
   */
  Quota yieldsTo(Budget budget, long own) {
    for (int i = 0; i < all.size(); i++) {
      if (yields(all.get(i), budget, own)) {
        return all.get(i);
      }
    }
    return null;
  }

  private boolean yields(Quota quota, Budget budget, long own) {
    long since = quota.wantedSince();
    if (since == Claims.NONE || (own != Claims.NONE && own - since <= YIELD_AFTER_NANOS)) {
      return false;
    }
    synchronized (lock) {
      return quota.asksToClose(budget);
    }
  }

  /** Whether somebody waits for one of them. Thread: any. */
  boolean areWanted() {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).wantedSince() != Claims.NONE) {
        return true;
      }
    }
    return false;
  }
}
