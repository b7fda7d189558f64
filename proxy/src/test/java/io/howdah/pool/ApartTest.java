package io.howdah.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.error.PgError;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No session's code runs in another's stack, and what one throws concerns no other. */
class ApartTest {
  private final World world = new World(1);
  private final Pool<World.Conn> pool = world.pool(0, PoolLimits.ofSize(1));

  /** Throws whatever it hears. */
  private static final class Thrower implements Waiter<World.Conn> {
    final List<String> heard = new ArrayList<>();

    @Override
    public void granted(World.Conn connection) {
      heard.add("granted " + connection);
      throw new IllegalStateException("a fault of its own");
    }

    @Override
    public void refused(PgError error) {
      heard.add("refused");
      throw new StackOverflowError("a fault of its own");
    }
  }

  private World.Conn opened() {
    Client first = new Client(world, pool).ask();
    world.settle();
    return first.has;
  }

  @Test
  void whoGivesBackRunsNobodyElsesCode() {
    World.Conn c = opened();
    Client waits = new Client(world, pool).ask();
    pool.release(c, world.nanoTime());
    assertThat(waits.answers).as("within the call").isZero();
    world.endOfEvents();
    assertThat(waits.has).isSameAs(c);
  }

  @Test
  void theLoopDoesItByItselfWhereNobodySaysThatTheEventIsOver() {
    World.Conn c = opened();
    Client waits = new Client(world, pool).ask();
    pool.release(c, world.nanoTime());
    world.settle();
    assertThat(waits.has).isSameAs(c);
  }

  @Test
  void whoLosesOneRunsNobodyElsesCode() {
    World.Conn c = opened();
    Client waits = new Client(world, pool).ask();
    world.open.remove(c);
    pool.discard(c, world.nanoTime());
    assertThat(world.log).as("within the call").containsExactly("open c1");
    world.settle();
    assertThat(waits.has).hasToString("c2");
  }

  @Test
  void whoLeavesRunsNobodyElsesCode() {
    World.Conn c = opened();
    Client leaves = new Client(world, pool).ask();
    Client stays = new Client(world, pool).ask();
    pool.release(c, world.nanoTime());
    // Its turn had come already.
    pool.cancel(leaves.waiting, world.nanoTime());
    leaves.cancelled = true;
    assertThat(stays.answers).as("within the call").isZero();
    world.endOfEvents();
    assertThat(stays.has).isSameAs(c);
  }

  @Test
  void oneThatFailsOverAConnectionLosesItAndTheNextHasAnother() {
    World.Conn c = opened();
    Thrower fails = new Thrower();
    pool.await(fails, world.nanoTime());
    Client next = new Client(world, pool).ask();
    pool.release(c, world.nanoTime());
    world.settle();
    assertThat(fails.heard).containsExactly("granted c1");
    assertThat(world.faults).singleElement().isInstanceOf(IllegalStateException.class);
    assertThat(next.has).hasToString("c2");
    assertThat(world.open).containsExactly(next.has);
    assertThat(pool.budget().open()).isEqualTo(1);
  }

  @Test
  void oneThatFailsOverARefusalKeepsNobodyFromHearing() {
    opened();
    Thrower fails = new Thrower();
    pool.await(fails, world.nanoTime());
    Client next = new Client(world, pool).ask();
    pool.budget().close(new PgError.ShuttingDown());
    world.settle();
    assertThat(fails.heard).containsExactly("refused");
    assertThat(world.faults).singleElement().isInstanceOf(StackOverflowError.class);
    assertThat(next.refusal).isInstanceOf(PgError.ShuttingDown.class);
  }
}
