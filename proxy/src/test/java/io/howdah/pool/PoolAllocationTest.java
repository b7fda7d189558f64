package io.howdah.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What happens for every transaction allocates nothing. */
class PoolAllocationTest {
  private static final int WARM_UP = 20_000;
  private static final int ROUNDS = 20_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final World world = new World(2);
  private final Pool<World.Conn> pool = world.pool(0, PoolLimits.ofSize(1));

  private static long allocated() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }

  @Test
  void takingAndGivingBackAnIdleConnection() {
    Client client = new Client(world, pool).ask();
    world.settle();
    client.giveBack();
    takeAndGiveBack(WARM_UP);
    long before = allocated();
    takeAndGiveBack(ROUNDS);
    assertThat(allocated() - before).isLessThan(ROUNDS);
  }

  private void takeAndGiveBack(int rounds) {
    for (int i = 0; i < rounds; i++) {
      pool.release(pool.acquire(i), i);
    }
  }

  @Test
  void givingBackToOneThatWaits() {
    Client a = new Client(world, pool).ask();
    Client b = new Client(world, pool);
    world.settle();
    handToAndFro(a, b, WARM_UP);
    assertThat(handToAndFro(a, b, ROUNDS)).isLessThan(ROUNDS);
  }

  private static long handToAndFro(Client a, Client b, int rounds) {
    long sum = 0;
    for (int i = 0; i < rounds; i++) {
      Client has = i % 2 == 0 ? a : b;
      Client wants = i % 2 == 0 ? b : a;
      wants.ask();
      long before = allocated();
      has.giveBack();
      sum += allocated() - before;
    }
    return sum;
  }
}
