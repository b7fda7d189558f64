package io.howdah.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.error.PgError;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * Two real threads meet on one connection: on one loop it comes free in the same moment in which on
 * the other loop somebody begins to wait. Then all posted tasks run, with the clock standing still
 * and no tick: who waits must have the connection.
 */
class WakeUpTest {
  private static final int ROUNDS = 20_000;
  private static final int MOST_DELAY = 60;

  private static final class Conn implements Pooled {
    final PoolSlot slot;

    Conn(PoolSlot slot) {
      this.slot = slot;
    }

    @Override
    public PoolSlot slot() {
      return slot;
    }
  }

  private final List<Queue<Runnable>> tasks =
      List.of(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
  private final List<Pool<Conn>> pools = new java.util.ArrayList<>();
  private final Conn[] has = new Conn[2];

  private final Loops loops =
      new Loops() {
        @Override
        public int count() {
          return 2;
        }

        @Override
        public void post(int loop, Runnable task) {
          tasks.get(loop).add(task);
        }

        @Override
        public void postAfter(int loop, Runnable task, long delayNanos) {
          // The clock stands still: what is to run later never does.
        }

        @Override
        public long nanoTime() {
          return 0;
        }
      };

  private void build() {
    Budget budget =
        new Budgets(loops, Duration.ofMillis(1)).budget(World.KEY, PoolLimits.ofSize(1));
    for (int i = 0; i < 2; i++) {
      int loop = i;
      pools.add(
          new Pool<>(
              budget,
              loop,
              new PoolActions<>() {
                @Override
                public void open(PoolSlot slot) {
                  loops.post(loop, () -> pools.get(loop).opened(new Conn(slot), 0));
                }

                @Override
                public void close(Conn c, String reason) {
                  pools.get(loop).discard(c, 0);
                }

                @Override
                public void move(Conn c, int target) {
                  loops.post(target, () -> pools.get(target).adopted(c, 0));
                }

                @Override
                public void fault(Throwable cause) {
                  throw new AssertionError(cause);
                }
              }));
    }
  }

  private void ask(int loop) {
    Conn c = pools.get(loop).acquire(0);
    if (c != null) {
      has[loop] = c;
      return;
    }
    pools
        .get(loop)
        .await(
            new Waiter<>() {
              @Override
              public void granted(Conn granted) {
                has[loop] = granted;
              }

              @Override
              public void refused(PgError error) {
                throw new IllegalStateException(error.message());
              }
            },
            0);
  }

  private void settle() {
    boolean ran = true;
    while (ran) {
      ran = false;
      for (Queue<Runnable> queue : tasks) {
        Runnable task = queue.poll();
        if (task != null) {
          task.run();
          ran = true;
        }
      }
    }
  }

  private static void dawdle(Random random) {
    for (int i = random.nextInt(MOST_DELAY); i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  /** In each round the loops change parts. */
  private void meet(BiConsumer<Pool<Conn>, Conn> free) throws Exception {
    build();
    ask(0);
    settle();
    CyclicBarrier together = new CyclicBarrier(2);
    Thread other =
        new Thread(
            () -> {
              Random random = new Random(1);
              try {
                for (int i = 0; i < ROUNDS; i++) {
                  together.await();
                  dawdle(random);
                  ask((i + 1) % 2);
                  together.await();
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    other.setDaemon(true);
    other.start();
    Random random = new Random(2);
    for (int i = 0; i < ROUNDS; i++) {
      int loop = i % 2;
      Conn c = has[loop];
      has[loop] = null;
      together.await();
      dawdle(random);
      free.accept(pools.get(loop), c);
      together.await();
      settle();
      assertThat(has[1 - loop]).as("round %s", i).isNotNull();
    }
    other.join();
  }

  @Test
  void aConnectionGivenBackAsAnotherLoopBeginsToWait() throws Exception {
    meet((pool, c) -> pool.release(c, 0));
  }

  @Test
  void aConnectionClosedAsAnotherLoopBeginsToWait() throws Exception {
    meet((pool, c) -> pool.discard(c, 0));
  }
}
