package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.AuthType;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.PoolMode;
import io.howdah.config.RoutingConfig;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.WaitReason;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.frontend.startup.Replication;
import io.howdah.frontend.startup.StartupOptions;
import io.howdah.pool.Budget;
import io.howdah.topology.NodeId;
import io.howdah.topology.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What waits chooses anew when the cluster, a pause or the configuration changes. */
class ChosenAnewTest {
  private static final String WRITE = "INSERT INTO t VALUES (1)";

  private final TestDesk desk =
      new TestDesk(
          AuthType.TRUST,
          RoutingConfig.DEFAULT.with(
              r -> {
                r.maxLagBytes = 0;
                r.maxLag = Duration.ZERO;
                r.catalogRefresh = Duration.ZERO;
              }),
          TestDesk.REPLICA,
          TestDesk.OTHER_REPLICA);
  private final EmbeddedChannel client = desk.connect();
  private final EmbeddedChannel server = new EmbeddedChannel();
  private final ClientSession session = client.pipeline().get(ClientSession.class);

  @AfterEach
  void close() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
    assertThat(desk.faults).isEmpty();
  }

  @Test
  void whoWaitedInAPauseGoesToTheNewPrimary() {
    desk.fleet.pause("demo", false);
    ask(WRITE);
    assertThat(waitsAt()).isEqualTo(TestDesk.NODE);
    assertThat(session.waits().current().reason()).isEqualTo(WaitReason.PAUSED);
    desk.topology(Map.of(TestDesk.REPLICA, Role.PRIMARY));
    assertThat(waitsAt()).isEqualTo(TestDesk.REPLICA);
    assertThat(session.waits().current().reason()).isEqualTo(WaitReason.PAUSED);
    desk.fleet.resume("demo");
    desk.worker.chooseAnew();
    desk.idleConnection(server, TestDesk.REPLICA);
    assertThat(heard()).contains(WRITE);
  }

  @Test
  void soDoesWhoWaitsForTheEndOfItsLogin() {
    desk.fleet.pause("demo", true);
    session.identify(
        new ClientIdentity(
            "app",
            "demo",
            DatabaseConfig.of("demo", "main"),
            PoolMode.TRANSACTION,
            StartupOptions.of(Map.of("user", "app", "database", "demo")),
            0,
            Replication.NONE,
            "test"));
    WelcomePhase login =
        new WelcomePhase(
            session, SessionSettings.of(Map.of("search_path", "shop")), Map.of(), Map.of());
    session.become(login);
    login.begin();
    assertThat(waitsAt()).isEqualTo(TestDesk.NODE);
    assertThat(session.waits().current().reason()).isEqualTo(WaitReason.KILLED);
    desk.topology(Map.of(TestDesk.REPLICA, Role.PRIMARY));
    assertThat(waitsAt()).isEqualTo(TestDesk.REPLICA);
    desk.fleet.resume("demo");
    desk.idleConnection(server, TestDesk.REPLICA);
    assertThat(heard()).contains("search_path");
  }

  @Test
  void aReadLeavesAReplicaThatIsGone() {
    desk.topology(Map.of(TestDesk.NODE, Role.PRIMARY, TestDesk.REPLICA, Role.REPLICA));
    ask("SELECT 1");
    assertThat(waitsAt()).isEqualTo(TestDesk.REPLICA);
    desk.topology(Map.of(TestDesk.NODE, Role.PRIMARY, TestDesk.OTHER_REPLICA, Role.REPLICA));
    assertThat(waitsAt()).isEqualTo(TestDesk.OTHER_REPLICA);
  }

  @Test
  void aReadLeavesThePrimaryForAReplicaThatIsBack() {
    desk.topology(Map.of(TestDesk.NODE, Role.PRIMARY));
    ask("SELECT 1");
    assertThat(waitsAt()).isEqualTo(TestDesk.NODE);
    desk.topology(Map.of(TestDesk.NODE, Role.PRIMARY, TestDesk.REPLICA, Role.REPLICA));
    assertThat(waitsAt()).isEqualTo(TestDesk.REPLICA);
  }

  /** It would lose its turn. */
  @Test
  void whoWaitsWhereItShouldKeepsItsPlace() {
    ask(WRITE);
    Wait before = session.waits().current();
    long since = session.waits().sinceNanos();
    desk.topology(Map.of(TestDesk.NODE, Role.PRIMARY, TestDesk.REPLICA, Role.REPLICA));
    desk.timeouts(t -> t.query = Duration.ofSeconds(9));
    desk.worker.chooseAnew();
    assertThat(session.waits().current()).isSameAs(before);
    assertThat(session.waits().sinceNanos()).isEqualTo(since);
    assertThat(desk.pool(TestDesk.NODE).pool().outstanding()).isEqualTo(1);
  }

  /** Each has its own end: that a node is back, and that its database goes on. */
  @Test
  void aNodeThatIsBackIsPausedOnlyWhileItsDatabaseIs() {
    Budget budget = desk.pool(TestDesk.NODE).pool().budget();
    desk.fleet.pause("demo", false);
    assertThat(budget.mode()).isEqualTo(Budget.Mode.PAUSED);
    desk.topology(Map.of(TestDesk.REPLICA, Role.PRIMARY));
    assertThat(budget.mode()).isEqualTo(Budget.Mode.CLOSED);
    desk.fleet.resume("demo");
    assertThat(budget.mode()).as("still gone").isEqualTo(Budget.Mode.CLOSED);
    desk.topology(Map.of(TestDesk.REPLICA, Role.PRIMARY, TestDesk.NODE, Role.REPLICA));
    assertThat(budget.mode()).isEqualTo(Budget.Mode.ACTIVE);
    desk.fleet.pause(null, false);
    desk.topology(Map.of(TestDesk.REPLICA, Role.PRIMARY));
    desk.topology(Map.of(TestDesk.REPLICA, Role.PRIMARY, TestDesk.NODE, Role.REPLICA));
    assertThat(budget.mode()).as("back in a pause").isEqualTo(Budget.Mode.PAUSED);
    desk.fleet.resume(null);
    assertThat(budget.mode()).isEqualTo(Budget.Mode.ACTIVE);
  }

  private NodeId waitsAt() {
    assertThat(session.waits().current()).isInstanceOf(Wait.Lease.class);
    return ((Wait.Lease) session.waits().current()).from().node();
  }

  private void ask(String sql) {
    SessionState state = desk.idle(client, PoolMode.TRANSACTION);
    session.loggedIn(state);
    session.waitsBeside(null);
    byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
    client.writeInbound(
        Unpooled.buffer().writeByte('Q').writeInt(4 + text.length).writeBytes(text));
    client.runPendingTasks();
  }

  private String heard() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf each = server.readOutbound(); each != null; each = server.readOutbound()) {
      all.append(each.toString(StandardCharsets.ISO_8859_1));
      each.release();
    }
    return all.toString();
  }
}
