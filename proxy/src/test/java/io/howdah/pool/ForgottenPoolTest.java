package io.howdah.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pools that nobody uses are given up, and made anew when somebody comes. */
class ForgottenPoolTest {
  private static final PoolKey KEY = World.KEY;

  private final World world = new World(2);

  private static PoolLimits limits() {
    return new PoolLimits(
        1, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO);
  }

  private Client ask(int loop, PoolKey key) {
    return new Client(world, world.pool(loop, key, limits())).ask();
  }

  @Test
  void onlyWhatHasNoConnectionAndNoWaiter() {
    Client has = ask(0, KEY);
    Client waits = ask(1, KEY);
    world.settle();
    assertThat(world.forget(0, KEY)).isFalse();
    assertThat(world.forget(1, KEY)).isFalse();
    waits.vanish();
    has.giveBack();
    world.settle();
    assertThat(world.forget(0, KEY)).as("an idle connection").isFalse();
    assertThat(world.forget(1, KEY)).as("a connection of another loop").isFalse();
    world.live(Duration.ofSeconds(2));
    assertThat(world.open).isEmpty();
    assertThat(world.forget(0, KEY)).isTrue();
    assertThat(world.budgets.all()).hasSize(1);
    assertThat(world.forget(1, KEY)).isTrue();
    assertThat(world.budgets.all()).isEmpty();
  }

  @Test
  void theOneThatIsMadeAnewSharesTheLimitsOfTheOtherLoops() {
    ask(0, KEY).vanish();
    Client other = ask(1, KEY);
    world.settle();
    other.giveBack();
    world.live(Duration.ofSeconds(2));
    assertThat(world.forget(0, KEY)).isTrue();
    Client a = ask(0, KEY);
    Client b = ask(1, KEY);
    world.settle();
    assertThat(a.pool.budget()).isSameAs(b.pool.budget());
    assertThat(world.open).hasSize(1);
    assertThat(a.waits()).isNotEqualTo(b.waits());
  }

  /** A task for the pool that was given up must wake the one that took its place. */
  @Test
  void aWakeUpOnItsWayIsNotLost() {
    ask(0, KEY).vanish();
    world.live(Duration.ofSeconds(2));
    Pool<World.Conn> gone = world.pool(0, KEY, limits());
    Budget budget = gone.budget();
    ask(1, KEY).vanish();
    world.live(Duration.ofSeconds(2));
    budget.pause(false);
    assertThat(world.forget(0, KEY)).isTrue();
    Client next = ask(0, KEY);
    assertThat(next.pool).isNotSameAs(gone);
    assertThat(next.pool.budget()).isSameAs(budget);
    // The nudge of this is one with that of the pause, which is meant for the old pool.
    budget.resume();
    world.settle();
    assertThat(next.has).isNotNull();
  }

  /** Users come and go on both loops, under a limit for their database; nobody waits for ever. */
  @Test
  void atRandom() {
    int forgotten = 0;
    for (int seed = 0; seed < 200; seed++) {
      World small = new World(2);
      Random random = new Random(seed);
      List<PoolKey> keys = List.of(KEY, new PoolKey(KEY.node(), KEY.database(), "other"));
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        PoolKey key = keys.get(random.nextInt(2));
        int loop = random.nextInt(2);
        switch (random.nextInt(6)) {
          case 0, 1 -> {
            Pool<World.Conn> pool = small.pool(loop, key, limits());
            small.budgets.limitDatabase(key.node(), key.database(), 1);
            clients.add(new Client(small, pool).ask());
          }
          case 2, 3 -> {
            if (!clients.isEmpty()) {
              Client client = clients.remove(random.nextInt(clients.size()));
              if (client.has != null) {
                client.giveBack();
              } else if (client.waits()) {
                client.vanish();
              }
            }
          }
          case 4 -> small.live(Duration.ofMillis(random.nextInt(1500)));
          default -> forgotten += small.forget(loop, key) ? 1 : 0;
        }
        assertThat(small.open.size()).as("seed %d", seed).isLessThanOrEqualTo(1);
      }
      while (!clients.isEmpty()) {
        small.live(Duration.ofSeconds(1));
        Client served = clients.stream().filter(c -> c.has != null).findFirst().orElse(null);
        assertThat(served).as("seed %d", seed).isNotNull();
        clients.remove(served);
        served.giveBack();
      }
      small.live(Duration.ofSeconds(3));
      for (PoolKey key : keys) {
        small.forget(0, key);
        small.forget(1, key);
      }
      assertThat(small.budgets.all()).isEmpty();
    }
    assertThat(forgotten).isPositive();
  }
}
