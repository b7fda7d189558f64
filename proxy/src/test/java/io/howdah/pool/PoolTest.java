package io.howdah.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.error.PgError;
import io.howdah.error.Sqlstate;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One pool, one loop. */
class PoolTest {
  private final World world = new World(1);

  private Client client(PoolLimits limits) {
    return new Client(world, world.pool(0, limits));
  }

  private Client ask(PoolLimits limits) {
    return client(limits).ask();
  }

  private static PoolLimits limits(int size) {
    return PoolLimits.ofSize(size);
  }

  private static PoolLimits waitOf(int size, Duration wait) {
    return new PoolLimits(size, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, wait);
  }

  @Test
  void opensOneConnectionForEachThatWaitsUpToItsSize() {
    Client a = ask(limits(2));
    Client b = ask(limits(2));
    Client c = ask(limits(2));
    assertThat(world.log).as("await calls nobody").isEmpty();
    world.settle();
    assertThat(world.log).containsExactly("open c1", "open c2");
    assertThat(a.has).hasToString("c1");
    assertThat(b.has).hasToString("c2");
    assertThat(c.waits()).isTrue();
    b.giveBack();
    assertThat(c.has).hasToString("c2");
  }

  @Test
  void theMostRecentlyUsedIsTakenFirst() {
    Client a = ask(limits(2));
    Client b = ask(limits(2));
    world.settle();
    a.giveBack();
    b.giveBack();
    assertThat(client(limits(2)).ask().has).hasToString("c2");
    assertThat(client(limits(2)).ask().has).hasToString("c1");
  }

  @Test
  void aConnectionThatIsRetiredIsClosedOnceItIsFree() {
    Client a = ask(limits(2));
    Client b = ask(limits(2));
    world.settle();
    World.Conn idle = b.has;
    b.giveBack();
    world.log.clear();
    b.pool.retire(idle, "old");
    a.pool.retire(a.has, "old");
    world.settle();
    assertThat(world.log).containsExactly("close c2: old");
    a.giveBack();
    world.settle();
    assertThat(world.log).containsExactly("close c2: old", "close c1: old");
  }

  @Test
  void whoWaitsLongestIsServedFirstAndWhoLeftIsNot() {
    Client holder = ask(limits(1));
    world.settle();
    Client first = ask(limits(1));
    Client second = ask(limits(1));
    Client third = ask(limits(1));
    second.vanish();
    holder.giveBack();
    assertThat(first.has).isNotNull();
    first.giveBack();
    assertThat(second.has).isNull();
    assertThat(third.has).isNotNull();
  }

  @Test
  void aWaiterIsRefusedWhenItsTimeIsOver() {
    PoolLimits limits = waitOf(1, Duration.ofSeconds(2));
    Client holder = ask(limits);
    world.settle();
    Client late = ask(limits);
    world.live(Duration.ofMillis(1900));
    assertThat(late.waits()).isTrue();
    world.live(Duration.ofMillis(200));
    assertThat(late.refusal).isInstanceOf(PgError.QueryWaitTimeout.class);
    assertThat(late.refusal.message())
        .isEqualTo("no server connection became free within 2 s (timeouts.query-wait)");
    holder.giveBack();
    assertThat(late.answers).isEqualTo(1);
  }

  @Test
  void aServerThatCannotBeReachedIsTriedAgainEverLessOften() {
    world.openFailure = new PgError.ServerUnreachable("db1:5432", "connection refused");
    PoolLimits limits = waitOf(3, Duration.ofSeconds(20));
    Client a = ask(limits);
    Client b = ask(limits);
    world.settle();
    assertThat(world.budgets.budget(World.KEY, limits).open()).isZero();
    world.live(Duration.ofSeconds(10));
    assertThat(a.waits() && b.waits()).isTrue();
    assertThat(a.pool.snapshot(world.nanoTime()).lastFailure())
        .isEqualTo("could not connect to server db1:5432");
    world.live(Duration.ofMillis(10_100));
    assertThat(a.refusal.detail())
        .isEqualTo(
            "The last attempt to open a server connection failed: could not connect to server"
                + " db1:5432 (connection refused)");
    world.openFailure = null;
    Client c = ask(limits);
    world.live(Duration.ofSeconds(5));
    assertThat(c.has).isNotNull();
  }

  @Test
  void aRefusedLoginIsToldToAllThatWaitAndNotTriedAtOnceAgain() {
    world.openFailure = new PgError.ServerLoginRefused("db1", "28P01", "no");
    world.failureIsPermanent = true;
    Client a = ask(limits(1));
    Client b = ask(limits(1));
    world.settle();
    assertThat(List.of(a.refusal.sqlstate(), b.refusal.sqlstate()))
        .containsOnly(Sqlstate.SQLCLIENT_UNABLE_TO_ESTABLISH_SQLCONNECTION);
    world.openFailure = null;
    Client c = ask(limits(1));
    world.live(Duration.ofMillis(800));
    assertThat(c.waits()).isTrue();
    world.live(Duration.ofMillis(400));
    assertThat(c.has).isNotNull();
  }

  @Test
  void theReserveIsOpenedOnlyForWhoHasWaitedAndClosedAfterwards() {
    PoolLimits limits =
        new PoolLimits(1, 0, 1, Duration.ofSeconds(3), Duration.ZERO, Duration.ZERO, Duration.ZERO);
    Client a = ask(limits);
    Client b = ask(limits);
    world.live(Duration.ofMillis(2900));
    assertThat(b.waits()).isTrue();
    world.live(Duration.ofMillis(200));
    assertThat(b.has).hasToString("c2");
    b.giveBack();
    world.settle();
    a.giveBack();
    assertThat(world.log)
        .containsExactly("open c1", "open c2", "close c2: reserve is not needed any more");
  }

  @Test
  void idleConnectionsAreClosedDownToTheMinimumWhichIsRefilled() {
    PoolLimits limits =
        new PoolLimits(
            3, 1, 0, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(60), Duration.ZERO);
    world.pool(0, limits);
    world.live(Duration.ofSeconds(5));
    assertThat(world.open).as("not before it was used").isEmpty();
    List<Client> all = List.of(ask(limits), ask(limits), ask(limits));
    world.settle();
    all.forEach(Client::giveBack);
    world.live(Duration.ofSeconds(61));
    assertThat(world.open).hasSize(1);
    world.kill(world.open.getFirst());
    world.live(Duration.ofMillis(200));
    assertThat(world.open).hasSize(1);
  }

  @Test
  void connectionsOfOneAgeDoNotDieTogetherButNoneLivesLonger() {
    PoolLimits limits =
        new PoolLimits(
            10, 0, 0, Duration.ZERO, Duration.ofSeconds(100), Duration.ZERO, Duration.ZERO);
    List<Client> all = java.util.stream.Stream.generate(() -> ask(limits)).limit(10).toList();
    world.settle();
    all.forEach(Client::giveBack);
    int most = 0;
    for (int second = 0; second < 101; second++) {
      int before = world.open.size();
      world.live(Duration.ofSeconds(1));
      most = Math.max(most, before - world.open.size());
      if (second == 78) {
        assertThat(world.open).hasSize(10);
      }
    }
    assertThat(world.open).isEmpty();
    assertThat(most).isLessThanOrEqualTo(2);
  }

  @Test
  void aBrokenConnectionGivesItsPlaceToANewOne() {
    Client a = ask(limits(1));
    Client b = ask(limits(1));
    world.settle();
    world.kill(a.has);
    world.settle();
    assertThat(b.has).hasToString("c2");
    assertThat(world.budgets.budget(World.KEY, limits(1)).open()).isEqualTo(1);
  }

  @Test
  void reconnectClosesIdleOnesNowAndOthersWhenTheyComeFree() {
    Client a = ask(limits(2));
    Client b = ask(limits(2));
    world.settle();
    b.giveBack();
    a.pool.budget().retireAll("RECONNECT");
    world.settle();
    assertThat(world.log).endsWith("close c2: RECONNECT");
    a.giveBack();
    assertThat(world.log).endsWith("close c1: RECONNECT");
    assertThat(ask(limits(2)).waits()).isTrue();
    world.settle();
    assertThat(world.open).extracting(c -> c.name).containsExactly("c3");
  }

  @Test
  void aPausedPoolDisconnectsAndServesAgainWhenResumed() {
    Client a = ask(limits(1));
    world.settle();
    Budget budget = a.pool.budget();
    budget.pause(false);
    budget.whenEmpty(() -> world.log.add("empty"));
    Client b = ask(limits(1));
    world.settle();
    a.giveBack();
    world.settle();
    assertThat(world.log).containsExactly("open c1", "close c1: pool is paused", "empty");
    assertThat(b.waits()).isTrue();
    budget.resume();
    world.settle();
    assertThat(b.has).hasToString("c2");
  }

  @Test
  void aClosedPoolRefuses() {
    Client a = ask(limits(1));
    Client b = ask(limits(1));
    world.settle();
    a.pool.budget().close(new PgError.ShuttingDown());
    world.settle();
    assertThat(b.refusal).isEqualTo(new PgError.ShuttingDown());
    Client c = ask(limits(1));
    assertThat(c.waits()).as("not from within await").isTrue();
    world.settle();
    assertThat(c.refusal).isNotNull();
    a.giveBack();
    world.settle();
    assertThat(world.open).isEmpty();
  }

  @Test
  void aSmallerPoolClosesWhatIsTooMuch() {
    List<Client> all = List.of(ask(limits(3)), ask(limits(3)), ask(limits(3)));
    world.settle();
    Client waits = ask(limits(3));
    all.getFirst().pool.budget().resize(limits(1));
    all.get(0).giveBack();
    all.get(1).giveBack();
    world.settle();
    assertThat(world.open).hasSize(1);
    assertThat(waits.waits()).isTrue();
    all.get(2).giveBack();
    assertThat(waits.has).isNotNull();
  }

  @Test
  void aFullDatabaseEvictsAnIdleConnectionOfAnotherUser() {
    world.budgets.limitDatabase("n", "d", 1);
    Pool<World.Conn> one = world.pool(0, new PoolKey("n", "d", "one"), limits(5));
    Pool<World.Conn> two = world.pool(0, new PoolKey("n", "d", "two"), limits(5));
    Client a = new Client(world, one).ask();
    world.settle();
    a.giveBack();
    Client b = new Client(world, two).ask();
    world.settle();
    assertThat(world.log)
        .containsExactly(
            "open c1",
            "close c1: another pool needs its place under the limit of database \"d\"",
            "open c2");
    assertThat(b.has).isNotNull();
  }

  @Test
  void aBusyUserDoesNotKeepAnotherOutForEver() {
    world.budgets.limitDatabase("n", "d", 1);
    Pool<World.Conn> one = world.pool(0, new PoolKey("n", "d", "one"), limits(5));
    Pool<World.Conn> two = world.pool(0, new PoolKey("n", "d", "two"), limits(5));
    Client a = new Client(world, one).ask();
    Client b = new Client(world, one).ask();
    Client other = new Client(world, two).ask();
    for (int i = 0; i < 100 && other.has == null; i++) {
      world.settle();
      world.pass(Duration.ofMillis(10));
      for (Client c : List.of(a, b)) {
        if (c.has != null) {
          c.giveBack();
          c.ask();
        }
      }
    }
    assertThat(other.has).isNotNull();
  }

  @Test
  void connectionsAskedForBeforeAReconnectAreReplacedAndLaterOnesKept() {
    Client a = ask(limits(2));
    Client b = ask(limits(2));
    world.step(0);
    a.pool.budget().retireAll("RECONNECT");
    world.settle();
    assertThat(a.has).isNotNull();
    assertThat(b.has).isNotNull();
    assertThat(world.log.stream().filter(l -> l.startsWith("open"))).hasSize(4);
  }

  @Test
  void aConnectionGivenBackTwiceIsAMistakeOfTheCaller() {
    Client a = ask(limits(1));
    world.settle();
    World.Conn c = a.has;
    a.giveBack();
    assertThatThrownBy(() -> a.pool.release(c, world.nanoTime()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("released while IDLE");
  }
}
