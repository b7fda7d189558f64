package io.howdah.pool;

import io.howdah.error.PgError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * What the pools of one {@link PoolKey} share over all event loops: permits for open connections,
 * limits, and whether they serve at all.
 *
 * <p>A permit is taken before a connection is opened and given back when it is closed. It counts
 * against the pool's size, the limits of the database, of the user and of the user's pools for the
 * database together, in all or in none.
 *
 * <p>Thread: any. A change reaches each loop's pool as a task on its loop.
 */
public final class Budget {
  /** Whether the pools serve. */
  public enum Mode {
    /** They do. */
    ACTIVE,
    /** They keep waiters waiting and close each connection as it comes free. */
    PAUSED,
    /** They serve who waits and close each connection for which nobody waits. */
    DRAINING,
    /** They refuse everybody and close each connection as it comes free. */
    CLOSED
  }

  private final PoolKey key;
  private final Loops loops;
  private final Object lock;
  private final Quotas quotas;
  private final Claims claims;
  private final Nudges nudges;
  private final long slackNanos;
  private final Refusal refusal = new Refusal();
  private final List<Runnable> whenEmpty = new ArrayList<>();
  private volatile PoolLimits limits;
  private volatile Standing standing = Standing.SERVING;
  private volatile String heldFor;
  private volatile String retireReason = "";
  private volatile int epoch;
  private volatile int open;
  private volatile boolean used;

  /** Pools that have it, over all loops. Guarded by its entry in {@link Budgets}. */
  int members;

  Budget(
      PoolKey key,
      PoolLimits limits,
      Loops loops,
      Duration slack,
      Object lock,
      List<Quota> quotas) {
    this.key = key;
    this.limits = limits;
    this.loops = loops;
    this.lock = lock;
    this.quotas = new Quotas(quotas, lock);
    this.slackNanos = slack.toNanos();
    this.claims = new Claims(loops.count(), slackNanos);
    this.nudges = new Nudges(loops, claims);
  }

  /** Whether the node opens no connection for the pools. */
  public Refusal refusal() {
    return refusal;
  }

  /** Whose budget it is. */
  public PoolKey key() {
    return key;
  }

  /** The limits that count now. */
  public PoolLimits limits() {
    return limits;
  }

  /** Connections open, being opened or not yet wholly closed, over all loops. */
  public int open() {
    return open;
  }

  /** Whether the pools serve. */
  public Mode mode() {
    Mode mode = standing.mode();
    return heldFor != null && mode == Mode.ACTIVE ? Mode.PAUSED : mode;
  }

  /** Whether those who wait get connections now. */
  boolean serves() {
    Mode mode = mode();
    return mode == Mode.ACTIVE || mode == Mode.DRAINING;
  }

  /** The statement for which the pools stay out of their database, or null. */
  String heldFor() {
    return heldFor;
  }

  /** Why they are closed, or null. */
  PgError closedWith() {
    return standing.error();
  }

  /** Grows with every {@link #retireAll}. */
  int epoch() {
    return epoch;
  }

  String retireReason() {
    return retireReason;
  }

  /** New limits, after a reload. Connections above them are closed as they come free. */
  public void resize(PoolLimits now) {
    limits = now;
    nudgeAll();
  }

  /** Whether they are paused, by PAUSE or KILL. */
  boolean isPaused() {
    return standing.paused();
  }

  /** Whether they are paused because their database was killed. */
  boolean isKilled() {
    return standing.killed();
  }

  /**
   * Lets waiters wait and closes each connection as it comes free, until {@link #resume}.
   *
   * @param killed whether the database was killed
   */
  public void pause(boolean killed) {
    stand(was -> new Standing(true, killed, was.draining(), was.error()));
  }

  /**
   * Lets waiters wait and closes each connection as it comes free, as {@link #pause} does and
   * besides it.
   *
   * @param statement the words of the statement that needs the database for itself; null to serve
   *     again
   */
  public void hold(String statement) {
    if (!Objects.equals(heldFor, statement)) {
      heldFor = statement;
      nudgeAll();
    }
  }

  /** Ends {@link #pause} and {@link #drain}. */
  public void resume() {
    stand(was -> new Standing(false, false, false, was.error()));
  }

  /** Serves who waits, but keeps no connection without need: the process is going to stop. */
  public void drain() {
    stand(was -> new Standing(was.paused(), was.killed(), true, was.error()));
  }

  /** Refuses all that wait or come with this error and closes connections as they come free. */
  public void close(PgError error) {
    stand(was -> new Standing(was.paused(), was.killed(), was.draining(), error));
  }

  /** Ends {@link #close}. */
  public void reopen() {
    stand(was -> new Standing(was.paused(), was.killed(), was.draining(), null));
  }

  private void stand(UnaryOperator<Standing> change) {
    synchronized (lock) {
      Standing now = change.apply(standing);
      if (now.equals(standing)) {
        return;
      }
      standing = now;
    }
    nudgeAll();
  }

  /** Closes each connection opened until now: idle ones now, others as they come free. */
  public void retireAll(String reason) {
    synchronized (lock) {
      retireReason = reason;
      epoch = epoch + 1;
    }
    nudgeAll();
  }

  /** Runs the task once no connection is open, now if so; on whatever thread finds it out. */
  public void whenEmpty(Runnable task) {
    synchronized (lock) {
      if (open > 0) {
        whenEmpty.add(task);
        return;
      }
    }
    task.run();
  }

  // From here on: for the pools.

  Loops loops() {
    return loops;
  }

  Claims claims() {
    return claims;
  }

  long slackNanos() {
    return slackNanos;
  }

  void join(int loop, Pool<?> pool) {
    if (!nudges.join(loop, pool)) {
      throw new IllegalStateException("loop " + loop + " has a pool " + key + " already");
    }
  }

  /** The loop's pool is given up; another may {@link #join} in its place. */
  void part(int loop, Pool<?> pool) {
    nudges.part(loop, pool);
  }

  /** Thread: under the lock. */
  void partFromQuotas() {
    quotas.part(this);
  }

  void use() {
    if (!used) {
      used = true;
    }
  }

  boolean used() {
    return used;
  }

  /**
   * Takes a permit if fewer than {@code upTo} are out and no quota is full. If one is, this pool
   * stands in line there (unless {@code since} is {@link Claims#NONE}) and is nudged when its turn
   * comes, and pools with idle connections are asked to close one.
   */
  boolean take(int upTo, long since) {
    if (open >= upTo) {
      return false;
    }
    List<Budget> next = new ArrayList<>(2);
    List<Budget> holders = List.of();
    synchronized (lock) {
      if (open >= upTo) {
        return false;
      }
      Quota full = quotas.full(this);
      if (full == null) {
        quotas.take(this);
        open = open + 1;
        return true;
      }
      // Nothing is held while waiting for something else: a promise of the other quota goes on.
      quotas.forgoBut(full, this, next);
      if (since != Claims.NONE && full.want(this, since)) {
        holders = List.copyOf(full.pools());
      }
    }
    next.forEach(Budget::nudgeAll);
    holders.forEach(b -> b.nudgeIdle(-1));
    return false;
  }

  /** Gives a permit back and wakes who waits for one, but not the loop that calls. */
  void giveBack(int loop) {
    List<Budget> nudge = new ArrayList<>(2);
    List<Runnable> empty = List.of();
    synchronized (lock) {
      open = open - 1;
      quotas.giveBack(nudge);
      if (open == 0) {
        empty = List.copyOf(whenEmpty);
        whenEmpty.clear();
      }
    }
    nudges.claimants(loop);
    nudge.forEach(Budget::nudgeAll);
    empty.forEach(Runnable::run);
  }

  /** Passes a promise on that no waiter of any loop needs any more. */
  void forgoUnneeded() {
    List<Budget> next = new ArrayList<>(2);
    synchronized (lock) {
      if (!claims.any() || open >= limits.most()) {
        quotas.forgoPromised(this, next);
      }
    }
    next.forEach(Budget::nudgeAll);
  }

  /**
   * The quota whose limit keeps a waiter of another pool waiting, if a connection given back here
   * should be closed for it; else null.
   *
   * @param own since when the loop's oldest waiter waits, or {@link Claims#NONE}
   */
  Quota yieldsTo(long own) {
    return quotas.yieldsTo(this, own);
  }

  /** Whether somebody may be looking for an idle connection of this pool. */
  boolean sought() {
    return claims.any() || quotas.areWanted();
  }

  /** A connection on its way to this loop will not arrive: its claim stands again. */
  void lostOnTheWay(int target) {
    claims.settle(target);
    nudge(target);
  }

  /** Has every loop with an idle connection look at it again, but not the loop that calls. */
  void nudgeIdle(int loop) {
    nudges.idle(loop);
  }

  /** Has every loop look at its pool again. */
  void nudgeAll() {
    nudges.all();
  }

  /** Has one loop look at its pool again; several nudges may become one. */
  void nudge(int loop) {
    nudges.one(loop);
  }
}
