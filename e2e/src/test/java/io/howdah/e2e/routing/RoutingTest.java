package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What lands where. Each statement itself tells whether a replica answered. */
class RoutingTest {
  private static final String ON_REPLICA = "pg_is_in_recovery()";
  private static Howdah howdah;

  @BeforeAll
  static void start() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS routed",
            "CREATE TABLE routed AS SELECT 1 AS id",
            "DROP SEQUENCE IF EXISTS numbers",
            "CREATE SEQUENCE numbers",
            "CREATE OR REPLACE FUNCTION writes() RETURNS bool LANGUAGE plpgsql AS"
                + " $$BEGIN INSERT INTO routed SELECT 2 WHERE false;"
                + " RETURN pg_is_in_recovery(); END$$",
            "ALTER TABLE routed OWNER TO app",
            "ALTER SEQUENCE numbers OWNER TO app");
    // However slow the machine is: behind a write, too, a read here is for a replica.
    howdah = Howdah.of(PoolMode.TRANSACTION).causalWait(Duration.ofMinutes(1)).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT " + ON_REPLICA,
        "SELECT " + ON_REPLICA + " FROM routed WHERE id = 1",
        "WITH x AS (SELECT 1) SELECT " + ON_REPLICA + " FROM x",
        "VALUES (" + ON_REPLICA + ")",
        "/* howdah: replica */ SELECT " + ON_REPLICA,
        "SELECT " + ON_REPLICA + " -- FOR UPDATE",
        "SELECT " + ON_REPLICA + " WHERE 'FOR UPDATE' <> 'nextval(1)'",
        "(SELECT " + ON_REPLICA + ")",
      })
  void onAReplica(String sql) throws IOException {
    assertThat(answer(sql)).isEqualTo("t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT " + ON_REPLICA + " FROM routed FOR UPDATE",
        "SELECT " + ON_REPLICA + " FROM routed FOR KEY SHARE",
        "SELECT " + ON_REPLICA + ", nextval('numbers')",
        "SELECT " + ON_REPLICA + ", setval('numbers', 5)",
        "SELECT " + ON_REPLICA + ", txid_current()",
        "SELECT writes()",
        "INSERT INTO routed VALUES (3) RETURNING " + ON_REPLICA,
        "UPDATE routed SET id = id WHERE id = 1 RETURNING " + ON_REPLICA,
        "WITH x AS (DELETE FROM routed WHERE id = 3 RETURNING id) SELECT " + ON_REPLICA,
        "/* howdah: primary */ SELECT " + ON_REPLICA
      })
  void onThePrimary(String sql) throws IOException {
    try (Wire wire = howdah.wire()) {
      List<Message> replies = wire.query(sql);
      replies.stream()
          .filter(each -> each.type() == 'D')
          .forEach(each -> assertThat(each.row().getFirst()).isEqualTo("f"));
      // A statement that PostgreSQL refuses is refused by the primary: not with 25006.
      assertThat(replies.stream().filter(each -> each.type() == 'E').map(Message::sqlstate))
          .doesNotContain("25006");
    }
  }

  private static String answer(String sql) throws IOException {
    try (Wire wire = howdah.wire()) {
      return wire.value(sql);
    }
  }

  @Test
  void transactions() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      assertThat(wire.value("SELECT " + ON_REPLICA)).isEqualTo("f");
      wire.query("COMMIT");
      for (String begin :
          List.of(
              "BEGIN READ ONLY",
              "START TRANSACTION READ ONLY",
              "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")) {
        wire.query(begin);
        assertThat(wire.value("SELECT " + ON_REPLICA)).as(begin).isEqualTo("t");
        wire.query("COMMIT");
      }
      assertThat(wire.value("SELECT " + ON_REPLICA)).isEqualTo("t");
    }
  }

  /** A statement of SQL's is routed by what it runs, wherever it was prepared. */
  @Test
  void executeOfSql() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("PREPARE reads AS SELECT " + ON_REPLICA);
      wire.query("PREPARE writes AS INSERT INTO routed VALUES (3) RETURNING " + ON_REPLICA);
      for (int i = 0; i < 5; i++) {
        assertThat(wire.value("EXECUTE reads")).isEqualTo("t");
        assertThat(wire.value("EXECUTE writes")).isEqualTo("f");
      }
      wire.query("BEGIN");
      assertThat(wire.value("EXECUTE reads")).isEqualTo("f");
      wire.query("COMMIT");
      wire.query("DEALLOCATE reads");
      wire.query("PREPARE reads AS SELECT " + ON_REPLICA + ", nextval('numbers')");
      assertThat(wire.value("EXECUTE reads")).isEqualTo("f");
    }
  }

  @Test
  void theExtendedProtocol() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(
          Send.parse("r", "SELECT " + ON_REPLICA),
          Send.parse("w", "SELECT " + ON_REPLICA + " FROM routed FOR UPDATE"),
          Send.sync());
      wire.ready();
      for (int i = 0; i < 3; i++) {
        assertThat(run(wire, "r")).isEqualTo("t");
        assertThat(run(wire, "w")).isEqualTo("f");
      }
      // A batch goes to one node as a whole.
      wire.send(
          Send.bind("", "r"),
          Send.execute("", 0),
          Send.bind("", "w"),
          Send.execute("", 0),
          Send.sync());
      assertThat(wire.ready().stream().filter(each -> each.type() == 'D'))
          .allSatisfy(each -> assertThat(each.row()).containsExactly("f"));
    }
  }

  private static String run(Wire wire, String statement) throws IOException {
    wire.send(Send.bind("", statement), Send.execute("", 0), Send.sync());
    List<Message> replies = wire.ready();
    return replies.stream()
        .filter(each -> each.type() == 'D')
        .findFirst()
        .orElseThrow(() -> new AssertionError(replies.toString()))
        .row()
        .getFirst();
  }

  /**
   * A session without pauses keeps to a replica for a second, and then moves on to a less busy one.
   */
  @Test
  void allReplicasTakePart() throws IOException {
    Set<String> ports = new HashSet<>();
    try (Wire wire = howdah.wire()) {
      Await.until(
          () -> ports,
          served -> {
            for (int i = 0; i < 100; i++) {
              served.add(
                  wire.value("SELECT current_setting('cluster_name') || current_setting('port')"));
            }
            assertThat(served).hasSize(Servers.shared().replicas().size());
          });
    }
  }

  @Test
  void copyAndExplain() throws IOException {
    try (Wire wire = howdah.wire()) {
      assertThat(
              wire.query("COPY (SELECT " + ON_REPLICA + ") TO STDOUT").stream()
                  .filter(each -> each.type() == 'd')
                  .findFirst()
                  .orElseThrow()
                  .body())
          .isEqualTo("t\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      assertThat(wire.query("EXPLAIN ANALYZE INSERT INTO routed SELECT 1 WHERE false"))
          .extracting(Message::type)
          .doesNotContain('E');
    }
  }

  @Test
  void withoutSplittingAllGoesToThePrimary() throws IOException {
    try (Howdah whole = Howdah.of(PoolMode.TRANSACTION).splitReads(false).start();
        Wire wire = whole.wire()) {
      assertThat(wire.value("SELECT " + ON_REPLICA)).isEqualTo("f");
    }
  }
}
