package io.howdah.pool;

import io.howdah.error.PgError;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Simulated event loops in one thread: a clock that only the test moves, tasks that run when the
 * test says so, and servers that open, close and move connections as posted tasks.
 */
final class World implements Loops {
  /** A simulated server connection. */
  static final class Conn implements Pooled {
    final String name;
    final PoolKey key;
    final PoolSlot slot;
    int loop;
    boolean closed;

    Conn(String name, PoolKey key, int loop, PoolSlot slot) {
      this.slot = slot;
      this.name = name;
      this.key = key;
      this.loop = loop;
    }

    @Override
    public PoolSlot slot() {
      return slot;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private record Later(long at, long order, int loop, Runnable task) {}

  static final PoolKey KEY = new PoolKey("db1:5432", "demo", "app");

  final List<ArrayDeque<Runnable>> tasks = new ArrayList<>();
  private final List<EndOfEvent> ends = new ArrayList<>();
  final List<Throwable> faults = new ArrayList<>();
  final List<Conn> open = new ArrayList<>();
  final List<String> log = new ArrayList<>();
  final Budgets budgets;
  final Map<List<Object>, Pool<Conn>> pools = new HashMap<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
  private long now = 1_000_000_000_000L;
  private long order;
  private int names;

  /** What an attempt to open a connection brings; null for success. */
  PgError openFailure;

  boolean failureIsPermanent;

  /** Whether connections die while they are moved. */
  boolean loseMoves;

  World(int loops) {
    for (int i = 0; i < loops; i++) {
      int loop = i;
      tasks.add(new ArrayDeque<>());
      ends.add(new EndOfEvent(task -> post(loop, task)));
    }
    budgets = new Budgets(this, Duration.ofMillis(1));
  }

  Pool<Conn> pool(int loop, PoolKey key, PoolLimits limits) {
    return pools.computeIfAbsent(
        List.of(loop, key),
        k -> new Pool<>(budgets.enter(key, limits), loop, new Server(loop, key)));
  }

  /** Gives a pool up if it is unused; whether it was. */
  boolean forget(int loop, PoolKey key) {
    Pool<Conn> pool = pools.get(List.of(loop, key));
    if (pool == null || !pool.isUnused()) {
      return false;
    }
    pool.leave();
    budgets.leave(pool.budget());
    pools.remove(List.of(loop, key));
    return true;
  }

  Pool<Conn> pool(int loop, PoolLimits limits) {
    return pool(loop, KEY, limits);
  }

  @Override
  public int count() {
    return tasks.size();
  }

  @Override
  public void post(int loop, Runnable task) {
    tasks.get(loop).add(task);
  }

  @Override
  public void atEndOfEvent(int loop, Runnable task) {
    ends.get(loop).add(task);
  }

  @Override
  public void endOfEvent(int loop) {
    ends.get(loop).run();
  }

  @Override
  public void postAfter(int loop, Runnable task, long delayNanos) {
    later.add(new Later(now + delayNanos, order++, loop, task));
  }

  @Override
  public long nanoTime() {
    return now;
  }

  /** The event at hand is over, on whatever loop it was. */
  void endOfEvents() {
    ends.forEach(EndOfEvent::run);
  }

  /** Hears of every grant; a test may look whether it was fair. */
  java.util.function.Consumer<Client> onGrant = c -> {};

  void granted(Client client) {
    onGrant.accept(client);
  }

  /** Runs one task of this loop; false when it has none. */
  boolean step(int loop) {
    Runnable task = tasks.get(loop).poll();
    if (task != null) {
      task.run();
    }
    return task != null;
  }

  /** Runs tasks until none is left; the clock stands still. */
  void settle() {
    boolean ran = true;
    for (int rounds = 0; ran; rounds++) {
      if (rounds > 10_000) {
        throw new AssertionError("the loops never come to rest");
      }
      ran = false;
      for (int i = 0; i < tasks.size(); i++) {
        ran |= step(i);
      }
    }
  }

  /** Moves the clock; what falls due is posted, not run. */
  void pass(Duration time) {
    now += time.toNanos();
    while (!later.isEmpty() && later.peek().at() <= now) {
      Later l = later.poll();
      post(l.loop(), l.task());
    }
  }

  /** Lets time go by in steps of 100 ms at most, with ticks, as a loop would. */
  void live(Duration time) {
    settle();
    for (long left = time.toMillis(); left > 0; left -= 100) {
      pass(Duration.ofMillis(Math.min(100, left)));
      settle();
      tickAll();
      settle();
    }
  }

  void tickAll() {
    pools.values().forEach(p -> p.tick(now));
  }

  long openOf(PoolKey key) {
    return open.stream().filter(c -> c.key.equals(key)).count();
  }

  /** A connection breaks. */
  void kill(Conn c) {
    if (!c.closed) {
      c.closed = true;
      open.remove(c);
      post(c.loop, () -> pools.get(List.of(c.loop, c.key)).discard(c, now));
    }
  }

  /** The other side of one pool. */
  private final class Server implements PoolActions<Conn> {
    private final int loop;
    private final PoolKey key;

    Server(int loop, PoolKey key) {
      this.loop = loop;
      this.key = key;
    }

    private Pool<Conn> pool(int loop) {
      return pools.get(List.of(loop, key));
    }

    @Override
    public void open(PoolSlot slot) {
      PgError failure = openFailure;
      boolean permanent = failureIsPermanent;
      if (failure != null) {
        post(loop, () -> pool(loop).openFailed(failure, permanent, now));
        return;
      }
      Conn c = new Conn("c" + ++names, key, loop, slot);
      log.add("open " + c);
      open.add(c);
      post(loop, () -> pool(loop).opened(c, now));
    }

    @Override
    public void close(Conn c, String reason) {
      log.add("close " + c + ": " + reason);
      kill(c);
    }

    @Override
    public void move(Conn c, int target) {
      log.add("move " + c + " to " + target);
      if (loseMoves) {
        open.remove(c);
        c.closed = true;
        post(loop, () -> pool(loop).moveFailed(c, now));
        return;
      }
      c.loop = target;
      post(target, () -> arrive(c));
    }

    @Override
    public void fault(Throwable cause) {
      faults.add(cause);
    }

    private void arrive(Conn c) {
      pool(c.loop).adopted(c, now);
    }
  }
}
