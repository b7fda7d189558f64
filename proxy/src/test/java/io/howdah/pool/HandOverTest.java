package io.howdah.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Two loops share one pool. */
class HandOverTest {
  private final World world = new World(2);
  private PoolLimits limits = PoolLimits.ofSize(1);

  private Client ask(int loop) {
    return new Client(world, world.pool(loop, limits)).ask();
  }

  @Test
  void anIdleConnectionGoesAtOnceToALoopThatHasNone() {
    Client a = ask(0);
    world.settle();
    a.giveBack();
    Client b = ask(1);
    world.settle();
    assertThat(b.has).hasToString("c1");
    assertThat(world.log).containsExactly("open c1", "move c1 to 1");
  }

  @Test
  void aReleasedConnectionGoesToTheOtherLoopsOlderWaiter() {
    Client a = ask(0);
    world.settle();
    Client there = ask(1);
    world.pass(Duration.ofMillis(2));
    Client here = ask(0);
    world.settle();
    a.giveBack();
    world.settle();
    assertThat(there.has).isNotNull();
    assertThat(here.waits()).isTrue();
  }

  @Test
  void withinTheSlackTheLoopsOwnWaiterGetsIt() {
    Client a = ask(0);
    world.settle();
    Client there = ask(1);
    world.pass(Duration.ofNanos(900_000));
    Client here = ask(0);
    world.settle();
    a.giveBack();
    world.settle();
    assertThat(here.has).isNotNull();
    assertThat(there.waits()).isTrue();
  }

  @Test
  void aLoopWithConnectionsOfItsOwnGetsAnothersIdleOneAfterTheSlack() {
    limits = PoolLimits.ofSize(2);
    Client a = ask(0);
    Client b = ask(1);
    world.settle();
    a.giveBack();
    Client second = ask(1);
    world.settle();
    assertThat(second.waits()).isTrue();
    world.pass(Duration.ofMillis(1));
    world.settle();
    assertThat(second.has).hasToString("c1");
    assertThat(b.has).hasToString("c2");
  }

  @Test
  void aConnectionThatComesFreeBesideAYoungClaimIsNotForgotten() {
    limits = PoolLimits.ofSize(2);
    Client a = ask(0);
    ask(1);
    world.settle();
    Client second = ask(1);
    a.giveBack();
    world.settle();
    assertThat(second.waits()).isTrue();
    world.pass(Duration.ofMillis(1));
    world.settle();
    assertThat(second.has).hasToString("c1");
  }

  @Test
  void twoBusyLoopsKeepTheirConnections() {
    limits = PoolLimits.ofSize(4);
    java.util.List<Client> clients = new java.util.ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(ask(i % 2));
    }
    world.settle();
    int grants = 0;
    for (int i = 0; i < 500; i++) {
      world.pass(Duration.ofNanos(50_000));
      Client c = clients.get(i % 10);
      if (c.has != null) {
        c.giveBack();
        c.ask();
        grants++;
      }
      world.settle();
    }
    assertThat(grants).isGreaterThan(150);
    assertThat(world.log.stream().filter(l -> l.startsWith("move"))).hasSizeLessThan(grants / 20);
  }

  @Test
  void aConnectionLostOnItsWayIsReplaced() {
    Client a = ask(0);
    world.settle();
    a.giveBack();
    world.loseMoves = true;
    Client b = ask(1);
    world.settle();
    assertThat(b.has).hasToString("c2");
    assertThat(world.open).hasSize(1);
  }

  @Test
  void aPermitThatComesFreeOnOneLoopServesTheOther() {
    Client a = ask(0);
    world.settle();
    Client b = ask(1);
    world.settle();
    world.kill(a.has);
    world.settle();
    assertThat(b.has).hasToString("c2");
  }

  @Test
  void whoVanishesWhileAConnectionIsOnItsWayLeavesItIdleThere() {
    Client a = ask(0);
    world.settle();
    Client b = ask(1);
    a.giveBack();
    b.vanish();
    world.settle();
    assertThat(b.pool.snapshot(world.nanoTime()).idle()).isEqualTo(1);
    Client c = ask(0);
    world.settle();
    assertThat(c.has).hasToString("c1");
  }
}
