package io.howdah.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.error.PgError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Real threads as loops and no tick at all: a wake-up that is lost stays lost, and the test then
 * waits in vain. Every client must have its number of turns, whatever the order of events.
 */
class PoolStressTest {
  private static final int LOOPS = 3;
  private static final int CLIENTS = 8;
  private static final int TURNS = 2_500;
  private static final int SIZE = 4;

  private final List<ScheduledExecutorService> threads = new ArrayList<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final List<Pool<Conn>> pools = new ArrayList<>();

  private static final class Conn implements Pooled {
    final PoolSlot slot;
    Thread owner = Thread.currentThread();
    boolean taken;

    Conn(PoolSlot slot) {
      this.slot = slot;
    }

    @Override
    public PoolSlot slot() {
      return slot;
    }
  }

  private final Loops loops =
      new Loops() {
        @Override
        public int count() {
          return LOOPS;
        }

        @Override
        public void post(int loop, Runnable task) {
          threads.get(loop).execute(task);
        }

        @Override
        public void postAfter(int loop, Runnable task, long delayNanos) {
          ScheduledFuture<?> unused =
              threads.get(loop).schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }
      };

  private final class Server implements PoolActions<Conn> {
    private final int loop;

    Server(int loop) {
      this.loop = loop;
    }

    @Override
    public void open(PoolSlot slot) {
      most.accumulateAndGet(open.incrementAndGet(), Math::max);
      loops.post(loop, () -> pools.get(loop).opened(new Conn(slot), System.nanoTime()));
    }

    @Override
    public void close(Conn c, String reason) {
      open.decrementAndGet();
      pools.get(loop).discard(c, System.nanoTime());
    }

    @Override
    public void move(Conn c, int target) {
      loops.post(
          target,
          () -> {
            c.owner = Thread.currentThread();
            pools.get(target).adopted(c, System.nanoTime());
          });
    }

    @Override
    public void fault(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  /** Takes a connection, keeps it over one turn of its loop, gives it back or breaks it. */
  private final class Worker implements Waiter<Conn> {
    private final int loop;
    private final CountDownLatch done;
    private int turns;

    Worker(int loop, CountDownLatch done) {
      this.loop = loop;
      this.done = done;
    }

    void ask() {
      Conn c = pools.get(loop).acquire(System.nanoTime());
      if (c == null) {
        pools.get(loop).await(this, System.nanoTime());
      } else {
        granted(c);
      }
    }

    @Override
    public void granted(Conn c) {
      if (c.taken || c.owner != Thread.currentThread()) {
        throw new IllegalStateException("a connection that is not ours");
      }
      c.taken = true;
      loops.post(loop, () -> finish(c));
    }

    private void finish(Conn c) {
      c.taken = false;
      if (++turns % 97 == 0) {
        open.decrementAndGet();
        pools.get(loop).discard(c, System.nanoTime());
      } else {
        pools.get(loop).release(c, System.nanoTime());
      }
      if (turns < TURNS) {
        ask();
      } else {
        done.countDown();
      }
    }

    @Override
    public void refused(PgError error) {
      throw new IllegalStateException(error.message());
    }
  }

  @AfterEach
  void stop() {
    threads.forEach(ScheduledExecutorService::shutdownNow);
  }

  @Test
  void everyClientOfEveryLoopGetsItsTurns() throws Exception {
    for (int i = 0; i < LOOPS; i++) {
      threads.add(Executors.newSingleThreadScheduledExecutor());
    }
    Budgets budgets = new Budgets(loops, Duration.ofNanos(100_000));
    Budget budget = budgets.budget(World.KEY, PoolLimits.ofSize(SIZE));
    for (int i = 0; i < LOOPS; i++) {
      pools.add(new Pool<>(budget, i, new Server(i)));
    }
    CountDownLatch done = new CountDownLatch(LOOPS * CLIENTS);
    for (int i = 0; i < LOOPS * CLIENTS; i++) {
      Worker worker = new Worker(i % LOOPS, done);
      loops.post(i % LOOPS, worker::ask);
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).as("all turns done").isTrue();
    assertThat(most.get()).isLessThanOrEqualTo(SIZE);
    CompletableFuture<Void> empty = new CompletableFuture<>();
    budget.pause(false);
    budget.whenEmpty(() -> empty.complete(null));
    empty.get(60, TimeUnit.SECONDS);
    assertThat(open.get()).isZero();
    assertThat(budget.open()).isZero();
  }
}
