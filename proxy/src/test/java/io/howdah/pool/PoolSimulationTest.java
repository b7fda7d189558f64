package io.howdah.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.error.PgError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random clients, breakages and orders of execution over several simulated loops. After each step
 * the limits hold; at the end everybody has had an answer and every permit is back.
 */
class PoolSimulationTest {
  private static final int STEPS = 4_000;
  private static final int CLIENTS = 24;

  static List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    for (long i = 0; i < 120; i++) {
      seeds.add(i);
    }
    return seeds;
  }

  /** What the servers were asked to do, over all seeds. */
  private static final Map<String, Integer> HAPPENED = new TreeMap<>();

  private Random random;
  private World world;
  private PoolLimits limits;
  private final List<Client> clients = new ArrayList<>();
  private final List<PoolKey> keys = new ArrayList<>();
  private final Map<PoolKey, Integer> databaseLimit = new HashMap<>();

  @ParameterizedTest
  @MethodSource("seeds")
  void holdsItsLimitsAndForgetsNobody(long seed) {
    build(seed);
    for (int i = 0; i < STEPS; i++) {
      step();
      check();
    }
    world.openFailure = null;
    world.loseMoves = false;
    world.budgets.all().forEach(Budget::resume);
    finish();
    count();
    for (Client c : clients) {
      assertThat(c.answers).as("answers to a client of seed %s", seed).isEqualTo(1);
    }
    world.budgets.all().forEach(b -> b.close(new PgError.ShuttingDown()));
    world.settle();
    assertThat(world.open).isEmpty();
    assertThat(world.budgets.all()).allSatisfy(b -> assertThat(b.open()).isZero());
  }

  private void build(long seed) {
    random = new Random(seed);
    int loops = 1 + random.nextInt(4);
    world = new World(loops);
    limits =
        new PoolLimits(
            1 + random.nextInt(6),
            random.nextInt(2),
            random.nextInt(3),
            Duration.ofMillis(200),
            Duration.ofMillis(random.nextBoolean() ? 0 : 400),
            Duration.ofMillis(random.nextBoolean() ? 0 : 40),
            Duration.ZERO);
    int users = 1 + random.nextInt(3);
    int max = random.nextBoolean() ? 0 : 1 + random.nextInt(6);
    world.budgets.limitDatabase("n", "d", max);
    for (int u = 0; u < users; u++) {
      PoolKey key = new PoolKey("n", "d", "u" + u);
      keys.add(key);
      databaseLimit.put(key, max == 0 ? Integer.MAX_VALUE : max);
      for (int l = 0; l < loops; l++) {
        world.pool(l, key, limits);
      }
    }
    world.onGrant = this::checkTurn;
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(world, pick()).ask());
    }
  }

  private Pool<World.Conn> pick() {
    return world.pool(random.nextInt(world.count()), keys.get(random.nextInt(keys.size())), limits);
  }

  private void step() {
    int dice = random.nextInt(1000);
    if (dice < 500) {
      world.step(random.nextInt(world.count()));
    } else if (dice < 850) {
      act(random.nextInt(clients.size()));
    } else if (dice < 950) {
      world.pass(Duration.ofNanos(random.nextInt(2_000_000)));
    } else if (dice < 975) {
      world.pass(Duration.ofMillis(random.nextInt(60)));
      world.tickAll();
    } else {
      disturb();
    }
  }

  private void act(int i) {
    Client c = clients.get(i);
    if (c.has != null) {
      if (c.has.closed) {
        c.has = null;
      } else {
        c.giveBack();
      }
    } else if (c.waits()) {
      if (random.nextInt(10) == 0) {
        c.vanish();
        clients.set(i, new Client(world, pick()).ask());
      }
    } else {
      assertThat(c.answers).isEqualTo(1);
      c.ask();
    }
  }

  private void disturb() {
    Budget budget = world.budgets.budget(keys.get(random.nextInt(keys.size())), limits);
    switch (random.nextInt(8)) {
      case 0 -> budget.pause(false);
      case 1, 2 -> budget.resume();
      case 3 -> budget.retireAll("reconnect");
      case 4 -> world.loseMoves = random.nextInt(4) == 0;
      case 5 ->
          world.openFailure =
              random.nextInt(3) == 0 ? new PgError.ServerUnreachable("n", "refused") : null;
      case 6 -> budget.drain();
      default -> {
        if (!world.open.isEmpty()) {
          World.Conn c = world.open.get(random.nextInt(world.open.size()));
          if (c.slot.state == PoolSlot.State.LEASED || c.slot.state == PoolSlot.State.IDLE) {
            world.kill(c);
          }
        }
      }
    }
  }

  /** Nobody of the same pool has been waiting for longer. */
  private void checkTurn(Client granted) {
    long since = granted.waiting == null ? world.nanoTime() : granted.waiting.since();
    for (Client c : clients) {
      if (c != granted && c.pool == granted.pool && c.waits() && c.waiting != null) {
        assertThat(c.waiting.since() - since).as("no overtaking").isGreaterThanOrEqualTo(0);
      }
    }
  }

  @AfterAll
  static void everythingHappened() {
    assertThat(HAPPENED.keySet())
        .contains(
            "open",
            "move",
            "close pool is paused",
            "close reconnect",
            "close server lifetime",
            "close idle timeout",
            "close shutting down",
            "close reserve is not needed any more",
            "close another pool needs its place under the limit of database \"d\"");
  }

  private void count() {
    for (String line : world.log) {
      String what = line.replaceFirst(" c[0-9]+(: | to [0-9]+)?", " ").strip();
      HAPPENED.merge(what, 1, Integer::sum);
    }
  }

  private void check() {
    int sum = 0;
    for (PoolKey key : keys) {
      long open = world.openOf(key);
      sum += (int) open;
      assertThat(open).isLessThanOrEqualTo(limits.most());
      assertThat(open).isLessThanOrEqualTo(world.budgets.budget(key, limits).open());
    }
    assertThat(sum).isLessThanOrEqualTo(databaseLimit.get(keys.getFirst()));
  }

  /** Everybody who has a connection works for a while and gives it back; nobody asks anew. */
  private void finish() {
    for (int round = 0; round < 400 && clients.stream().anyMatch(Client::waits); round++) {
      for (Client c : clients) {
        if (c.has != null && c.has.closed) {
          c.has = null;
        } else if (c.has != null) {
          c.giveBack();
        }
      }
      world.live(Duration.ofMillis(100));
    }
    for (Client c : clients) {
      if (c.has != null && !c.has.closed) {
        c.giveBack();
      }
    }
  }
}
