package io.howdah.pool;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The budgets of all pools of the process.
 *
 * <p>Permits are handed out under one plain lock. A permit costs a new server connection, which
 * takes milliseconds, so the lock is not worth avoiding; the hot path never takes it.
 *
 * <p>Thread: any.
 */
public final class Budgets {
  /** The slack of the reference configuration: how much longer another loop's client may wait. */
  public static final Duration SLACK = Duration.ofMillis(1);

  private final Loops loops;
  private final Duration slack;
  private final Object lock = new Object();
  private final Map<PoolKey, Budget> budgets = new ConcurrentHashMap<>();
  private final Map<List<String>, Quota> quotas = new ConcurrentHashMap<>();

  /**
   * @param slack by how much the oldest waiter of another loop must have waited longer before it
   *     gets a connection that was given back here
   */
  public Budgets(Loops loops, Duration slack) {
    this.loops = loops;
    this.slack = slack;
  }

  /** The budget of a pool; {@code limits} count when there was none yet. */
  public Budget budget(PoolKey key, PoolLimits limits) {
    Budget budget = budgets.get(key);
    return budget != null ? budget : budgets.computeIfAbsent(key, k -> create(k, limits));
  }

  /**
   * The same for a pool that is being made. The budget stays at least until {@link #leave} was
   * called as often.
   */
  public Budget enter(PoolKey key, PoolLimits limits) {
    return budgets.compute(
        key,
        (_, known) -> {
          Budget budget = known == null ? create(key, limits) : known;
          budget.members++;
          return budget;
        });
  }

  /** A pool is given up; with the last of all loops its budget is forgotten. */
  public void leave(Budget budget) {
    budgets.computeIfPresent(
        budget.key(),
        (_, known) -> {
          known.members--;
          return known.members > 0 || !dissolve(known) ? known : null;
        });
  }

  private Budget create(PoolKey key, PoolLimits limits) {
    synchronized (lock) {
      List<Quota> all =
          List.of(
              quota("database", key.node(), key.database()),
              quota("user", key.node(), key.user()),
              quota("pool", key.node(), key.user() + "@" + key.database()));
      Budget budget = new Budget(key, limits, loops, slack, lock, all);
      all.forEach(each -> each.join(budget));
      return budget;
    }
  }

  private boolean dissolve(Budget budget) {
    budget.forgoUnneeded();
    synchronized (lock) {
      if (budget.open() > 0) {
        return false;
      }
      budget.partFromQuotas();
      quotas.values().removeIf(Quota::isUnused);
      return true;
    }
  }

  /** Every budget there is. */
  public Collection<Budget> all() {
    return List.copyOf(budgets.values());
  }

  /** Bounds the connections to one database on one node, over all users; 0 for no limit. */
  public void limitDatabase(String node, String database, int max) {
    limit(quota("database", node, database), max);
  }

  /** Bounds the connections of one user on one node, over all databases; 0 for no limit. */
  public void limitUser(String node, String user, int max) {
    limit(quota("user", node, user), max);
  }

  /**
   * Bounds the connections of one user to one database on one node, over all pools: there are
   * several where clients ask for parameters that only a new connection can have. 0 for no limit.
   */
  public void limitPools(String node, String database, String user, int max) {
    limit(quota("pool", node, user + "@" + database), max);
  }

  private void limit(Quota quota, int max) {
    List<Budget> pools;
    synchronized (lock) {
      quota.limit(max);
      pools = List.copyOf(quota.pools());
    }
    pools.forEach(Budget::nudgeAll);
  }

  private Quota quota(String of, String node, String name) {
    return quotas.computeIfAbsent(
        List.of(of, node, name), k -> new Quota(of + " \"" + name + "\""));
  }
}
