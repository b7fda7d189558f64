package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.admin.Snapshot;
import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.telemetry.PoolCounters.Figure;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The read-only port, with reads split as by default: whatever comes by it is a replica's. */
class ReadOnlyPortTest {
  private static final String ON_REPLICA = "SELECT pg_is_in_recovery()";

  @BeforeAll
  static void table() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS guarded",
            "CREATE TABLE guarded (id serial)",
            "ALTER TABLE guarded OWNER TO app",
            "CREATE OR REPLACE FUNCTION guarded_write() RETURNS int LANGUAGE plpgsql AS"
                + " 'BEGIN INSERT INTO guarded DEFAULT VALUES; RETURN 1; END'",
            // Looks like a read.
            "CREATE OR REPLACE VIEW guarded_view AS SELECT guarded_write() AS written",
            "GRANT SELECT ON guarded_view TO app");
  }

  static Howdah howdah(PoolMode mode) {
    return Howdah.of(mode).furtherPorts().start();
  }

  static Wire readOnly(Howdah howdah) throws IOException {
    return Wire.login(howdah.address(Purpose.READ_ONLY), Map.of());
  }

  /** What a client sees of an answer: the types of the messages, tags and errors. */
  private static List<String> seen(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() != 'N' && each.type() != 'S')
        .map(
            each ->
                switch (each.type()) {
                  case 'E' -> "E " + each.sqlstate() + " " + each.field('M');
                  case 'D' -> "D " + each.row();
                  case 'C', 'Z' -> each.toString();
                  default -> "" + each.type();
                })
        .toList();
  }

  /** No client of this Howdah had a connection to the primary, and none was opened. */
  static void assertPrimaryUntouched(Howdah howdah) {
    List<Snapshot.Pool> primaries =
        howdah.proxy().snapshot().toCompletableFuture().join().pools().stream()
            .filter(each -> each.role().equals("primary"))
            .toList();
    assertThat(primaries)
        .allSatisfy(
            pool -> {
              // Questions where commits are go past the pools, and are counted at the primary's.
              assertThat(pool.totals())
                  .as(pool.toString())
                  .containsEntry(Figure.SERVER_ASSIGNMENT_COUNT, 0L)
                  .containsEntry(Figure.QUERY_COUNT, 0L);
              assertThat(pool.serversActive() + pool.serversIdle() + pool.serversLogin())
                  .as(pool.toString())
                  .isZero();
            });
  }

  /** Line by line as a standby does it, to which the same client connects. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ON_REPLICA,
        "INSERT INTO guarded DEFAULT VALUES",
        "CREATE TABLE guarded_too (id int)",
        "CREATE TEMP TABLE guarded_temp (id int)",
        "SELECT nextval('guarded_id_seq')",
        "SELECT id FROM guarded FOR UPDATE",
        "SELECT guarded_write()",
        "SELECT * FROM guarded_view",
        "SELECT txid_current()",
        "SHOW work_mem",
        "SET work_mem = '5MB'; SHOW work_mem",
        "SET work_mem = '5MB' | SHOW work_mem | RESET work_mem | SHOW work_mem",
        "SELECT set_config('app.tenant', '7', false) | SELECT current_setting('app.tenant')",
        "BEGIN | SHOW transaction_read_only | SELECT 1 | COMMIT | " + ON_REPLICA,
        "BEGIN | INSERT INTO guarded DEFAULT VALUES | SELECT 1 | ROLLBACK | SELECT 2",
        "BEGIN; INSERT INTO guarded DEFAULT VALUES; COMMIT",
        "BEGIN READ WRITE",
        "BEGIN ISOLATION LEVEL SERIALIZABLE | SELECT 1 | ROLLBACK",
        "SET default_transaction_read_only = off | SHOW transaction_read_only",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE | INSERT INTO guarded VALUES (1)",
        "LISTEN a_channel | SELECT 1",
        "UNLISTEN *",
        "NOTIFY a_channel",
        "PREPARE w AS INSERT INTO guarded DEFAULT VALUES | EXECUTE w | DEALLOCATE w",
        "PREPARE r AS " + ON_REPLICA + " | EXECUTE r | DEALLOCATE ALL",
        "PREPARE TRANSACTION 'x' | COMMIT PREPARED 'x'",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1 | FETCH c | CLOSE c | " + ON_REPLICA,
        "SELECT pg_advisory_lock_shared(77) | "
            + ON_REPLICA
            + " | SELECT pg_advisory_unlock_shared(77)",
        "LOCK TABLE guarded | SELECT 1",
        "DO 'BEGIN PERFORM 1; END' | DO 'BEGIN INSERT INTO guarded VALUES (1); END' | SELECT 3",
        "COPY guarded FROM STDIN",
        "SELECT currval('guarded_id_seq')",
        "SELECT lastval()",
        "DISCARD ALL | " + ON_REPLICA,
        "VACUUM guarded",
        "; | SELECT 1",
        "gibberish | SELECT 1"
      })
  void itAnswersAsAStandbyDoes(String script) throws IOException {
    HostPort standby = Servers.shared().replicas().getFirst();
    try (Howdah howdah = howdah(PoolMode.TRANSACTION);
        Wire direct = Wire.login(standby, Map.of());
        Wire wire = readOnly(howdah)) {
      for (String sql : script.split("\\|")) {
        assertThat(seen(wire.query(sql.strip())))
            .as(sql)
            .isEqualTo(seen(direct.query(sql.strip())));
      }
      assertThat(howdah.events().replays()).as("what was run on the primary").isEmpty();
      assertPrimaryUntouched(howdah);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ON_REPLICA,
        "INSERT INTO guarded DEFAULT VALUES",
        "SET work_mem = '5MB'",
        "SHOW work_mem",
        "BEGIN",
        "SELECT guarded_write()",
        "SELECT * FROM guarded_view",
        "CREATE TEMP TABLE guarded_temp (id int)"
      })
  void batchesToo(String sql) throws IOException {
    HostPort standby = Servers.shared().replicas().getFirst();
    try (Howdah howdah = howdah(PoolMode.TRANSACTION);
        Wire direct = Wire.login(standby, Map.of());
        Wire wire = readOnly(howdah)) {
      for (String name : List.of("", "named")) {
        for (boolean flushed : List.of(false, true)) {
          assertThat(batch(wire, name, sql, flushed)).isEqualTo(batch(direct, name, sql, flushed));
        }
      }
      assertThat(howdah.events().replays()).as("what was run on the primary").isEmpty();
      assertPrimaryUntouched(howdah);
    }
  }

  private static List<String> batch(Wire wire, String name, String sql, boolean flushed)
      throws IOException {
    wire.send(
        Send.closeStatement(name),
        Send.parse(name, sql),
        Send.describeStatement(name),
        flushed ? Send.flush() : new byte[0]);
    if (flushed) {
      // The client says the rest when it has heard the parameters.
      wire.until('t');
    }
    wire.send(Send.bind("", name), Send.execute("", 0), Send.sync(), Send.query("ROLLBACK"));
    List<String> all = seen(wire.ready());
    wire.ready();
    return all;
  }

  @ParameterizedTest
  @EnumSource(PoolMode.class)
  void everyPoolMode(PoolMode mode) throws IOException {
    try (Howdah howdah = howdah(mode);
        Wire wire = readOnly(howdah)) {
      assertThat(wire.value("SHOW transaction_read_only")).isEqualTo("on");
      assertThat(wire.query("INSERT INTO guarded DEFAULT VALUES").getFirst().sqlstate())
          .isEqualTo("25006");
      assertThat(wire.value(ON_REPLICA)).isEqualTo("t");
      assertPrimaryUntouched(howdah);
    }
  }

  /** A place in the WAL that another session told; and a write that was refused is no commit. */
  @Test
  void whatItMustSeeIsReadOnAReplica() throws IOException {
    try (Howdah howdah = howdah(PoolMode.TRANSACTION);
        Wire writer = howdah.wire();
        Wire wire = readOnly(howdah)) {
      writer.query("INSERT INTO guarded DEFAULT VALUES");
      String place = writer.value("SHOW howdah.lsn");
      assertThat(wire.value("SHOW howdah.lsn")).isEmpty();
      assertThat(wire.query("INSERT INTO guarded DEFAULT VALUES").getFirst().sqlstate())
          .isEqualTo("25006");
      wire.query("SET howdah.lsn = '" + place + "'");
      assertThat(wire.value("SELECT count(*) > 0, pg_is_in_recovery() FROM guarded"))
          .isEqualTo("t");
    }
  }

  /** What a replica refused here is not learnt to be something else than it is. */
  @Test
  void othersAreNotMisled() throws IOException {
    String sql = "BEGIN; INSERT INTO guarded DEFAULT VALUES; COMMIT";
    try (Howdah howdah = howdah(PoolMode.TRANSACTION);
        Wire wire = readOnly(howdah);
        Wire ordinary = howdah.wire()) {
      wire.query(sql);
      ordinary.query("SET howdah.explain_route = on");
      assertThat(ordinary.query(sql).getFirst().field('D'))
          .isEqualTo("write, multi-statement-with-transaction");
    }
  }

  @Test
  void theRouteSettingPromisesTheSame() throws IOException {
    try (Howdah howdah = howdah(PoolMode.TRANSACTION);
        Wire wire = howdah.wire()) {
      wire.query("INSERT INTO guarded DEFAULT VALUES");
      wire.query("SET howdah.route = 'replica'");
      for (String sql :
          List.of(
              "INSERT INTO guarded DEFAULT VALUES",
              "CREATE TABLE guarded_too (id int)",
              "LISTEN a_channel",
              "SELECT guarded_write()",
              "SELECT * FROM guarded_view",
              "BEGIN; INSERT INTO guarded DEFAULT VALUES; COMMIT")) {
        assertThat(wire.query(sql)).anyMatch(each -> each.type() == 'E' && refuses(each));
        wire.query("ROLLBACK");
      }
      // Its own value is on the primary, where it does not lead.
      assertThat(wire.query("SELECT currval('guarded_id_seq')"))
          .anyMatch(each -> each.type() == 'E' && each.sqlstate().equals("55000"));
      assertThat(wire.value("SHOW transaction_read_only")).isEqualTo("on");
      assertThat(howdah.events().replays()).isEmpty();
      assertThat(wire.value("/* howdah: primary */ " + ON_REPLICA)).isEqualTo("f");
      wire.query("SET howdah.route = 'auto'");
      assertThat(wire.query("INSERT INTO guarded DEFAULT VALUES").getFirst().type()).isEqualTo('C');
    }
  }

  private static boolean refuses(Message error) {
    return error.sqlstate().equals("25006");
  }
}
