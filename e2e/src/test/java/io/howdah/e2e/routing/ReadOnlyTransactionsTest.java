package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.AuthMethod;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** READ ONLY in all its spellings, and who contradicts it. */
class ReadOnlyTransactionsTest {
  private static final String WHERE = "SELECT pg_is_in_recovery()";
  private static final String SECRET = "a secret of its own";
  private static final String READER = "reads_by_default";
  private static final String STRICT = "serializable_by_default";

  private static Howdah howdah;

  @BeforeAll
  static void start() {
    Servers servers = Servers.shared();
    servers.createRole(READER, SECRET, AuthMethod.SCRAM_SHA_256);
    servers.createRole(STRICT, SECRET, AuthMethod.SCRAM_SHA_256);
    servers.prepare(
        "ALTER ROLE " + READER + " SET default_transaction_read_only = on",
        "ALTER ROLE " + STRICT + " SET default_transaction_isolation = serializable",
        "DROP TABLE IF EXISTS spelled CASCADE",
        "CREATE TABLE spelled (id int)",
        "CREATE OR REPLACE FUNCTION spelled_write() RETURNS bool LANGUAGE plpgsql AS"
            + " $$BEGIN INSERT INTO spelled VALUES (1); RETURN pg_is_in_recovery(); END$$",
        "CREATE OR REPLACE VIEW spelled_view AS SELECT spelled_write() AS f",
        "GRANT ALL ON spelled, spelled_view TO PUBLIC");
    howdah =
        Howdah.of(PoolMode.TRANSACTION)
            .user(READER, SECRET)
            .user(STRICT, SECRET)
            .causalWait(Duration.ofMinutes(1))
            .start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  private static Wire login(String role) throws IOException {
    Wire wire = Wire.open(howdah.address());
    wire.login(Map.of("user", role, "database", Servers.DATABASE), SECRET);
    return wire;
  }

  /** The same twice: the second transaction has nothing of the first. */
  private static void assertWhere(Wire wire, String begin, String where) throws IOException {
    for (int i = 0; i < 2; i++) {
      assertThat(wire.query(begin)).as(begin).noneMatch(each -> each.type() == 'E');
      assertThat(wire.value(WHERE)).as(begin).isEqualTo(where);
      wire.query("SAVEPOINT a");
      assertThat(wire.value(WHERE)).as(begin).isEqualTo(where);
      wire.query("ROLLBACK TO a");
      assertThat(wire.value(WHERE)).as(begin).isEqualTo(where);
      wire.query("COMMIT AND CHAIN");
      assertThat(wire.value(WHERE)).as("chained to " + begin).isEqualTo(where);
      wire.query("ROLLBACK");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t | BEGIN READ ONLY",
        "t | begin work read only, isolation level read committed",
        "t | START TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY, DEFERRABLE",
        "t | BEGIN TRANSACTION READ ONLY NOT DEFERRABLE",
        "t | BEGIN; SET TRANSACTION READ ONLY",
        "t | BEGIN; SET LOCAL transaction_read_only = on; SELECT 1",
        "t | BEGIN READ ONLY; SELECT 1",
        "f | BEGIN READ WRITE",
        "f | BEGIN",
        "f | BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE",
        "f | BEGIN; SELECT 1",
      })
  void aTransactionSaysSo(String where, String begin) throws IOException {
    try (Wire wire = howdah.wire()) {
      assertWhere(wire, begin, where);
      assertThat(wire.value(WHERE)).as("afterwards").isEqualTo("t");
      assertThat(wire.query("INSERT INTO spelled VALUES (2)"))
          .extracting(Message::type)
          .containsExactly('C', 'Z');
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET default_transaction_read_only = on",
        "SET SESSION default_transaction_read_only TO 'yes'",
        "SELECT set_config('default_transaction_read_only', 'true', false)",
        "BEGIN; SET default_transaction_read_only = 1; COMMIT",
      })
  void theSessionSaysSo(String set) throws IOException {
    try (Wire wire = howdah.wire()) {
      assertWhere(wire, "BEGIN", "f");
      wire.query(set);
      assertThat(wire.value("SHOW default_transaction_read_only")).isEqualTo("on");
      assertWhere(wire, "BEGIN", "t");
      assertWhere(wire, "BEGIN ISOLATION LEVEL REPEATABLE READ", "t");
      assertWhere(wire, "START TRANSACTION READ WRITE", "f");
      assertWhere(wire, "/* howdah: primary */ BEGIN", "f");
      assertWhere(wire, "BEGIN READ ONLY", "t");
      wire.query("SET default_transaction_read_only = off");
      assertWhere(wire, "BEGIN", "f");
    }
  }

  @Test
  void onlyIfItsTransactionWasCommitted() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      wire.query("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
      wire.query("ROLLBACK");
      assertWhere(wire, "BEGIN", "f");
      wire.query("BEGIN");
      wire.query("SET LOCAL default_transaction_read_only = on");
      wire.query("COMMIT");
      assertWhere(wire, "BEGIN", "f");
      wire.query("SELECT set_config('transaction_read_only', 'on', false)");
      assertWhere(wire, "BEGIN", "f");
    }
  }

  @Test
  void theStartupPacketSaysSo() throws IOException {
    try (Wire wire =
        Wire.login(howdah.address(), Map.of("options", "-c default_transaction_read_only=on"))) {
      assertWhere(wire, "BEGIN", "t");
      wire.query("SET default_transaction_read_only = off");
      assertWhere(wire, "BEGIN", "f");
      wire.query("RESET default_transaction_read_only");
      assertWhere(wire, "BEGIN", "t");
    }
  }

  @Test
  void theRoleSaysSo() throws IOException {
    try (Wire wire = login(READER)) {
      assertWhere(wire, "BEGIN", "t");
      assertWhere(wire, "BEGIN READ WRITE", "f");
      wire.query("BEGIN READ ONLY");
      wire.query("SET default_transaction_read_only = off");
      wire.query("COMMIT");
      assertWhere(wire, "BEGIN", "f");
      wire.query("RESET ALL");
      assertWhere(wire, "BEGIN", "t");
    }
  }

  /** A replica has no serializable transactions; another level may be said. */
  @Test
  void aSerializableSessionReadsFromThePrimary() throws IOException {
    try (Wire wire = howdah.wire()) {
      assertThat(wire.value(WHERE)).isEqualTo("t");
      wire.query("SET default_transaction_isolation = 'serializable'");
      assertThat(wire.value(WHERE)).isEqualTo("f");
      assertWhere(wire, "BEGIN READ ONLY", "f");
      assertWhere(wire, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", "t");
      wire.query("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      assertThat(wire.value(WHERE)).isEqualTo("t");
      assertWhere(wire, "BEGIN READ ONLY", "t");
    }
  }

  @Test
  void theConsoleKnowsWhatARoleDoesByDefault() throws IOException, SQLException {
    try (Wire reader = login(READER);
        Wire other = howdah.wire();
        Db console = howdah.console()) {
      assertWhere(reader, "BEGIN", "t");
      assertWhere(other, "BEGIN", "f");
      assertThat(target(console, READER)).isEqualTo("replica");
      assertThat(target(console, Servers.USER)).isEqualTo("primary");
    }
  }

  private static String target(Db console, String user) throws SQLException {
    try (Statement statement = console.connection().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SHOW ROUTE FOR 'BEGIN' AS " + user + " IN " + Servers.DATABASE)) {
      while (rows.next()) {
        if (rows.getString("name").equals("target")) {
          return rows.getString("value");
        }
      }
    }
    throw new AssertionError("no target");
  }

  /** No server reports that: it is learnt, and nobody notices. */
  @Test
  void aRoleMayBeSerializable() throws IOException {
    try (Wire wire = login(STRICT)) {
      int before = howdah.events().replays().size();
      assertThat(wire.value(WHERE)).isEqualTo("f");
      assertThat(wire.value("SELECT 1 WHERE NOT pg_is_in_recovery()")).isEqualTo("1");
      assertWhere(wire, "BEGIN READ ONLY", "f");
      assertWhere(wire, "BEGIN READ ONLY, ISOLATION LEVEL READ COMMITTED", "t");
      assertThat(howdah.events().replays().subList(before, howdah.events().replays().size()))
          .containsExactly("a replica has no serializable transactions 0A000");
      wire.query("SET default_transaction_isolation = 'read committed'");
      assertThat(wire.value(WHERE)).isEqualTo("t");
    }
  }

  /** What follows in the same burst is no part of the transaction any more. */
  @Test
  void pipelinedWithAWriteBehindIt() throws IOException {
    try (Wire wire = howdah.wire()) {
      for (String end : List.of("COMMIT", "ROLLBACK", "COMMIT; SELECT 1")) {
        wire.send(
            Send.query("BEGIN READ ONLY"),
            Send.query(WHERE),
            Send.query(end),
            Send.query("INSERT INTO spelled VALUES (3) RETURNING pg_is_in_recovery()"),
            Send.query(WHERE));
        wire.ready();
        assertThat(rows(wire.ready())).containsExactly("t");
        wire.ready();
        assertThat(rows(wire.ready())).containsExactly("f");
        // It came while the primary was still busy with the session.
        assertThat(rows(wire.ready())).containsExactly("f");
      }
      wire.query("BEGIN READ ONLY");
      wire.send(
          Send.parse("", "COMMIT"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync(),
          Send.query("INSERT INTO spelled VALUES (4) RETURNING pg_is_in_recovery()"));
      wire.ready();
      assertThat(rows(wire.ready())).containsExactly("f");
    }
  }

  private static List<String> rows(List<Message> replies) {
    assertThat(replies).noneMatch(each -> each.type() == 'E');
    return replies.stream()
        .filter(each -> each.type() == 'D')
        .map(each -> each.row().getFirst())
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t | BEGIN; SELECT pg_is_in_recovery(); COMMIT",
        "t | START TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT pg_is_in_recovery(); END",
        "t | BEGIN READ ONLY; SET LOCAL work_mem = '1MB'; SELECT pg_is_in_recovery(); ROLLBACK",
        "f | BEGIN; SELECT pg_is_in_recovery(); INSERT INTO spelled VALUES (5); COMMIT",
        "f | BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT pg_is_in_recovery(); COMMIT",
        "f | BEGIN; SAVEPOINT a; SELECT pg_is_in_recovery(); COMMIT",
      })
  void aWholeTransactionInOneString(String where, String sql) throws IOException {
    try (Wire wire = howdah.wire()) {
      assertThat(rows(wire.query(sql))).containsExactly(where);
      assertThat(wire.query("COMMIT")).extracting(Message::type).containsExactly('N', 'C', 'Z');
    }
  }

  private static byte[][] batch(String... statements) {
    byte[][] messages = new byte[statements.length * 4 + 1][];
    for (int i = 0; i < statements.length; i++) {
      messages[i * 4] = Send.parse("", statements[i]);
      messages[i * 4 + 1] = Send.bind("", "");
      messages[i * 4 + 2] = Send.describePortal("");
      messages[i * 4 + 3] = Send.execute("", 0);
    }
    messages[statements.length * 4] = Send.sync();
    return messages;
  }

  @Test
  void aWholeTransactionInOneBatch() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(batch("BEGIN", WHERE, "COMMIT"));
      assertThat(rows(wire.ready())).containsExactly("t");
      wire.send(batch("BEGIN READ ONLY", WHERE, "COMMIT", WHERE));
      assertThat(rows(wire.ready())).containsExactly("t", "t");
      wire.send(batch("BEGIN", WHERE, "INSERT INTO spelled VALUES (6)", "COMMIT"));
      assertThat(rows(wire.ready())).containsExactly("f");
      wire.send(batch("BEGIN READ ONLY", WHERE, "COMMIT", "INSERT INTO spelled VALUES (7)"));
      assertThat(rows(wire.ready())).containsExactly("f");
      // Not to its end.
      wire.send(batch("BEGIN", WHERE));
      assertThat(rows(wire.ready())).containsExactly("f");
      wire.send(batch("INSERT INTO spelled VALUES (8)", "COMMIT"));
      assertThat(rows(wire.ready())).isEmpty();
    }
  }

  /** It only seems to read: all of it is run again where it may write, and nobody notices. */
  @Test
  void aWholeTransactionThatWritesInSpiteOfItsText() throws IOException {
    try (Wire wire = howdah.wire();
        Wire direct = Wire.login(Servers.shared().primary(), Map.of())) {
      String first = "BEGIN; SELECT f FROM spelled_view; COMMIT";
      int before = howdah.events().replays().size();
      for (int i = 0; i < 2; i++) {
        assertThat(wire.query(first)).hasToString(direct.query(first).toString());
      }
      byte[][] batch = batch("BEGIN", "SELECT f, 1 FROM spelled_view", "COMMIT");
      for (int i = 0; i < 2; i++) {
        wire.send(batch);
        direct.send(batch);
        assertThat(wire.ready()).hasToString(direct.ready().toString());
      }
      List<String> replays = howdah.events().replays();
      assertThat(replays.subList(before, replays.size()))
          .hasSizeBetween(2, 4)
          .containsOnly("a replica refused it 25006");
      assertThat(wire.query("COMMIT")).extracting(Message::type).containsExactly('N', 'C', 'Z');
    }
  }
}
