package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.admin.Snapshot;
import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.PoolMode;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.config.SplitReads;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which node serves a session, as configuration, port, setting and comment ask for it. */
class RouteChoiceTest {
  private static final String ON_REPLICA = "SELECT pg_is_in_recovery()";
  private static final String PORT = "SELECT inet_server_port()";

  @BeforeAll
  static void table() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS chosen",
            "CREATE TABLE chosen (id int)",
            "ALTER TABLE chosen OWNER TO app");
  }

  private static HowdahSpec howdah() {
    return Howdah.of(PoolMode.TRANSACTION).causalWait(Duration.ofMinutes(1));
  }

  private static String types(List<Message> replies) {
    return replies.stream().map(each -> "" + each.type()).collect(Collectors.joining());
  }

  private static Wire at(Howdah howdah, Purpose port) throws IOException {
    return Wire.login(howdah.address(port), Map.of());
  }

  @Test
  void theReadsOfOneSessionAreSpreadOverAllThatHaveAWeight() throws IOException {
    Set<String> readers = new TreeSet<>(Set.of("" + Servers.shared().primary().port()));
    Servers.shared().replicas().stream().skip(1).forEach(each -> readers.add("" + each.port()));
    HostPort none = Servers.shared().replicas().getFirst();
    HowdahSpec spec = howdah().readsOnPrimary(ReadsOnPrimary.ALWAYS).node(none, 0, null);
    Set<String> served = new TreeSet<>();
    try (Howdah howdah = spec.start();
        Wire wire = howdah.wire()) {
      Await.until(
          () -> PORT,
          sql -> {
            served.add(wire.value(sql));
            assertThat(served).isEqualTo(readers);
          });
      for (int i = 0; i < 50; i++) {
        assertThat(wire.value(PORT)).isIn(readers);
      }
    }
  }

  @Test
  void readsStayInTheZone() throws IOException {
    HostPort replica = Servers.shared().replicas().getFirst();
    HowdahSpec spec =
        howdah().zone("here").readsOnPrimary(ReadsOnPrimary.ALWAYS).node(replica, 1, "here");
    try (Howdah howdah = spec.start();
        Wire wire = howdah.wire()) {
      for (int i = 0; i < 30; i++) {
        assertThat(wire.value(PORT)).isEqualTo("" + replica.port());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(PoolMode.class)
  void theReadOnlyPortLeadsToReplicasOnly(PoolMode mode) throws IOException {
    try (Howdah howdah = Howdah.of(mode).furtherPorts().splitReads(false).start();
        Wire wire = at(howdah, Purpose.READ_ONLY)) {
      assertThat(wire.value(ON_REPLICA)).isEqualTo("t");
      List<Message> refused = wire.query("INSERT INTO chosen VALUES (1)");
      assertThat(refused.getFirst().sqlstate()).isEqualTo("25006");
      wire.send(
          Send.parse("", "SELECT count(*), pg_is_in_recovery(), txid_current() FROM chosen"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync());
      assertThat(wire.ready().stream().filter(each -> each.type() == 'E').map(Message::sqlstate))
          .containsExactly("25006");
      assertThat(howdah.events().replays()).as("what was healed").isEmpty();
      if (mode == PoolMode.TRANSACTION) {
        wire.query("BEGIN");
        assertThat(wire.value(ON_REPLICA)).isEqualTo("t");
        wire.query("COMMIT");
        // What is refused for its comment holds nothing up.
        wire.send(
            Send.query("/* howdah: primary */ " + ON_REPLICA),
            Send.query("INSERT INTO chosen VALUES (1)"));
        assertThat(wire.ready().getFirst().sqlstate()).isEqualTo("0A000");
        assertThat(wire.ready().getFirst().sqlstate()).isEqualTo("25006");
        assertThat(wire.query("SET howdah.route = 'primary'").getFirst().sqlstate())
            .isEqualTo("22023");
        assertThat(wire.value(ON_REPLICA)).isEqualTo("t");
      }
    }
  }

  @Test
  void theReadOnlyPortWaitsForAReplica() throws IOException {
    HowdahSpec spec =
        HowdahSpec.inFrontOf(
                List.of(Servers.shared().primary()), Servers.shared().superuserPassword())
            .furtherPorts()
            .timeouts(t -> t.queryWait = Duration.ofMillis(300));
    try (Howdah howdah = spec.start();
        Wire wire = howdah.wire()) {
      // The login waits for one, too: it tells what a standby tells.
      assertThatThrownBy(() -> at(howdah, Purpose.READ_ONLY))
          .isInstanceOfSatisfying(Wire.Refused.class, e -> assertNoReplica(e.error()));
      wire.query("SET howdah.route = 'replica'");
      assertNoReplica(wire.query(ON_REPLICA).getFirst());
      assertThat(wire.value("/* howdah: primary */ SELECT 1")).isEqualTo("1");
    }
  }

  private static void assertNoReplica(Message error) {
    assertThat(error.sqlstate()).isEqualTo("57P03");
    assertThat(error.field('M')).contains("has no replica for reads now");
    assertThat(error.field('D')).contains("is the primary");
  }

  @Test
  void theReadWritePortLeadsToThePrimary() throws IOException {
    try (Howdah howdah = howdah().furtherPorts().start();
        Wire wire = at(howdah, Purpose.READ_WRITE)) {
      assertThat(wire.value(ON_REPLICA)).isEqualTo("f");
      assertThat(wire.value("/* howdah: replica */ " + ON_REPLICA)).isEqualTo("t");
      wire.query("SET howdah.route = 'replica'");
      assertThat(wire.value(ON_REPLICA)).isEqualTo("t");
      try (Wire any = at(howdah, Purpose.ANY)) {
        assertThat(any.value(ON_REPLICA)).isEqualTo("t");
      }
    }
  }

  @Test
  void whereReadsAreNotSplitAClientCanAskForAReplica() throws IOException {
    try (Howdah howdah = howdah().splitReads(false).start();
        Wire wire = howdah.wire()) {
      assertThat(wire.value(ON_REPLICA)).isEqualTo("f");
      assertThat(wire.value("/* howdah: replica */ " + ON_REPLICA)).isEqualTo("t");
      wire.send(
          Send.parse("s", "-- howdah: replica\n" + ON_REPLICA),
          Send.bind("", "s"),
          Send.execute("", 0),
          Send.sync());
      assertThat(row(wire.ready())).isEqualTo("t");
      wire.send(Send.bind("", "s"), Send.execute("", 0), Send.sync());
      assertThat(row(wire.ready())).isEqualTo("t");
      wire.query("SET howdah.route = 'replica'");
      assertThat(wire.value(ON_REPLICA)).isEqualTo("t");
      assertThat(wire.query("INSERT INTO chosen VALUES (2)").getFirst().sqlstate())
          .isEqualTo("25006");
      wire.query("SET howdah.route = 'auto'");
      assertThat(types(wire.query("INSERT INTO chosen VALUES (2)"))).isEqualTo("CZ");
    }
  }

  private static String row(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() == 'D')
        .findFirst()
        .orElseThrow()
        .row()
        .get(0);
  }

  @Test
  void aUserMayDiffer() throws IOException {
    try (Howdah howdah = howdah().splitReads(Servers.USER, SplitReads.FALSE).start();
        Wire wire = howdah.wire()) {
      assertThat(wire.value(ON_REPLICA)).isEqualTo("f");
    }
  }

  @Test
  void aShadowCountsWhatWouldGoToAReplica() throws IOException {
    try (Howdah howdah = howdah().splitReads(SplitReads.SHADOW).start();
        Wire begins = howdah.wire();
        Wire wire = howdah.wire()) {
      // A batch of transaction control alone.
      begins.send(
          Send.parse("", "BEGIN READ ONLY"), Send.bind("", ""), Send.execute("", 0), Send.sync());
      assertThat(begins.ready().getLast().body()).containsExactly('T');
      for (int i = 0; i < 5; i++) {
        assertThat(wire.value(ON_REPLICA)).isEqualTo("f");
      }
      wire.send(Send.parse("", ON_REPLICA), Send.bind("", ""), Send.execute("", 0), Send.sync());
      assertThat(row(wire.ready())).isEqualTo("f");
      wire.query("INSERT INTO chosen VALUES (3)");
      wire.query("BEGIN");
      wire.query(ON_REPLICA);
      wire.query("COMMIT");
      Map<String, Snapshot.Route> routes =
          howdah.proxy().snapshot().toCompletableFuture().join().routes().stream()
              .collect(Collectors.toMap(Snapshot.Route::reason, route -> route));
      assertThat(routes.get("select-read-only").wouldReplica()).isEqualTo(6);
      assertThat(routes.get("select-read-only").onPrimary()).isEqualTo(7);
      assertThat(routes.get("data-change").wouldReplica()).isZero();
      assertThat(routes.get("data-change").onPrimary()).isEqualTo(1);
      assertThat(routes.values()).allSatisfy(route -> assertThat(route.onReplica()).isZero());
    }
  }

  @Test
  void aClientMayBeToldWhereEachStatementRuns() throws IOException {
    try (Howdah howdah = howdah().start();
        Wire wire = howdah.wire()) {
      wire.query("SET howdah.explain_route = on");
      assertThat(wire.value("SHOW howdah.explain_route")).isEqualTo("on");
      List<Message> read = wire.query(ON_REPLICA);
      assertThat(types(read)).isEqualTo("NTDCZ");
      assertThat(read.getFirst().field('M'))
          .startsWith("runs on replica ")
          .endsWith("it only reads");
      assertThat(read.getFirst().field('D')).isEqualTo("read, select-read-only");
      // In order, though all is sent at once.
      wire.send(
          Send.query("INSERT INTO chosen VALUES (4)"),
          Send.parse("", ON_REPLICA),
          Send.bind("", ""),
          Send.describePortal(""),
          Send.execute("", 0),
          Send.sync(),
          Send.query("SELECT * FROM nowhere FOR UPDATE"));
      List<Message> write = wire.ready();
      assertThat(types(write)).isEqualTo("NCZ");
      assertThat(write.getFirst().field('M')).startsWith("runs on primary ");
      assertThat(types(wire.ready())).isEqualTo("12NTDCZ");
      assertThat(types(wire.ready())).isEqualTo("NEZ");
      wire.query("BEGIN READ ONLY");
      assertThat(wire.query(ON_REPLICA).getFirst().field('M')).endsWith("its transaction is there");
      wire.query("COMMIT");
      wire.query("SET howdah.explain_route = off");
      assertThat(types(wire.query(ON_REPLICA))).isEqualTo("TDCZ");
    }
  }

  @Test
  void theConsoleTellsWhereAStatementWouldGo() throws IOException, SQLException {
    Servers.shared()
        .prepare(
            "CREATE OR REPLACE FUNCTION harmless() RETURNS int STABLE LANGUAGE sql AS 'SELECT 1'");
    try (Howdah howdah = howdah().start();
        Wire wire = howdah.wire();
        Db console = howdah.console()) {
      Await.until(
          () -> "SELECT harmless(), pg_is_in_recovery()",
          sql -> assertThat(wire.query(sql).get(1).row().get(1)).isEqualTo("t"));
      Map<String, String> read =
          explained(console, "select harmless(), upper(x), f(1) from t", " IN app");
      assertThat(read)
          .containsEntry("statement target", "primary")
          .containsEntry("statement reason", "unknown-function")
          .containsEntry("function harmless", "read")
          .containsEntry("function upper", "read")
          .containsEntry("function f", "unknown")
          .containsEntry("node " + Servers.shared().primary(), "chosen");
      assertThat(explained(console, "select harmless(), pg_is_in_recovery()", " AS app IN app"))
          .containsEntry("statement target", "replica")
          .containsEntry("node " + Servers.shared().primary(), "no")
          .containsValue("chosen");
      assertThat(explained(console, "/* howdah: primary */ CREATE TEMP TABLE t (a int)", " IN app"))
          .containsEntry("statement target", "primary")
          .containsEntry("statement hint", "primary")
          .containsEntry("effect temporary table", "pins");
      assertThat(console.column("SHOW ROUTES")).contains("read");
    }
  }

  private static Map<String, String> explained(Db console, String sql, String where)
      throws SQLException {
    Map<String, String> lines = new HashMap<>();
    try (Statement statement = console.connection().createStatement();
        ResultSet rows = statement.executeQuery("SHOW ROUTE FOR '" + sql + "'" + where)) {
      while (rows.next()) {
        lines.put(rows.getString("part") + " " + rows.getString("name"), rows.getString("value"));
      }
    }
    return lines;
  }
}
