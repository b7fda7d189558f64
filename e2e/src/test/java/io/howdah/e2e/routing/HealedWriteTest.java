package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.CausalReads;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads by their text that write: a replica refuses them, and nobody notices. */
class HealedWriteTest {
  private static final String REFUSED = "a replica refused it 25006";
  private Howdah howdah;

  @BeforeEach
  void start() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS healed CASCADE",
            "CREATE TABLE healed (by text)",
            "DROP TABLE IF EXISTS healed_unlogged",
            "CREATE UNLOGGED TABLE healed_unlogged AS SELECT 7 AS id",
            "DROP SEQUENCE IF EXISTS healed_numbers CASCADE",
            "CREATE SEQUENCE healed_numbers",
            "CREATE OR REPLACE FUNCTION healed_write() RETURNS text LANGUAGE plpgsql AS $$BEGIN"
                + " RAISE NOTICE 'about to write';"
                + " INSERT INTO healed VALUES ('a view'); RETURN 'written'; END$$",
            "CREATE OR REPLACE VIEW healed_view AS SELECT healed_write() AS done",
            "CREATE OR REPLACE VIEW healed_next AS SELECT nextval('healed_numbers') AS n",
            "CREATE OR REPLACE FUNCTION healed_concat(a text, b text) RETURNS text LANGUAGE plpgsql"
                + " AS $$BEGIN INSERT INTO healed VALUES (a || b); RETURN a || b; END$$",
            "DROP OPERATOR IF EXISTS &&& (text, text)",
            "CREATE OPERATOR &&& (FUNCTION = healed_concat, LEFTARG = text, RIGHTARG = text)",
            "DROP AGGREGATE IF EXISTS healed_sum (text)",
            "CREATE AGGREGATE healed_sum (text) (SFUNC = healed_concat, STYPE = text, INITCOND ="
                + " '')",
            "DROP TYPE IF EXISTS healed_pair CASCADE",
            "CREATE TYPE healed_pair AS (a text, b text)",
            "CREATE FUNCTION healed_join(pair healed_pair) RETURNS text LANGUAGE plpgsql"
                + " AS $$BEGIN INSERT INTO healed VALUES (pair.a); RETURN pair.a; END$$",
            "CREATE CAST (healed_pair AS text) WITH FUNCTION healed_join (healed_pair)",
            "CREATE OR REPLACE FUNCTION healed_check(a text) RETURNS bool LANGUAGE plpgsql"
                + " AS $$BEGIN INSERT INTO healed VALUES (a); RETURN true; END$$",
            "DROP DOMAIN IF EXISTS healed_domain CASCADE",
            "CREATE DOMAIN healed_domain AS text CHECK (healed_check(VALUE))",
            "DROP TABLE IF EXISTS healed_secret",
            "CREATE TABLE healed_secret AS SELECT 'a row'::text AS a",
            "ALTER TABLE healed_secret ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY healed_policy ON healed_secret USING (healed_check(a))",
            "DROP VIEW IF EXISTS healed_rule",
            "CREATE VIEW healed_rule AS SELECT NULL::text AS done",
            "CREATE OR REPLACE RULE \"_RETURN\" AS ON SELECT TO healed_rule DO INSTEAD"
                + " SELECT healed_write() AS done",
            "DROP TABLE IF EXISTS healed_pairs",
            "CREATE TABLE healed_pairs AS SELECT row('a', 'b')::healed_pair AS pair",
            "CREATE OR REPLACE FUNCTION healed_nested() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN"
                + " RETURN nextval('healed_numbers'); END$$",
            "CREATE OR REPLACE FUNCTION healed_stable() RETURNS bigint LANGUAGE sql STABLE"
                + " AS 'SELECT healed_nested()'",
            "CREATE OR REPLACE FUNCTION healed_known() RETURNS bool LANGUAGE sql STABLE"
                + " AS 'SELECT pg_is_in_recovery()'",
            "GRANT ALL ON healed, healed_unlogged, healed_view, healed_next, healed_numbers,"
                + " healed_secret, healed_rule, healed_pairs TO app");
    // What wire() asks first counts as a write, behind which a read might go to the primary.
    howdah = Howdah.of(PoolMode.TRANSACTION).causalReads(CausalReads.OFF).start();
  }

  /**
   * A client on an event loop that has read the catalog: what is learnt of a text counts for the
   * functions that are known then.
   */
  private Wire wire() throws IOException {
    Wire wire = howdah.wire();
    Await.until(() -> value(wire), replica -> assertThat(replica).isEqualTo("t"));
    return wire;
  }

  private static String value(Wire wire) {
    try {
      return wire.value("SELECT healed_known()");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void stop() {
    howdah.close();
  }

  /** The same answer as from the primary, notices and all, and a second run without any detour. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT done FROM healed_view",
        "SELECT n > 0 FROM healed_next",
        "SELECT 'a'::text &&& 'b'::text",
        "TABLE healed_view",
        "SELECT done FROM healed_rule",
        "SELECT row('a', 'b')::healed_pair::text",
        "SELECT (p.pair).healed_join FROM healed_pairs p",
        "SELECT 'a'::healed_domain",
        "SELECT a FROM healed_secret",
        "/* howdah: replica */ SELECT healed_write()",
        "EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, BUFFERS off) SELECT done FROM"
            + " healed_view",
      })
  void aSimpleQuery(String sql) throws IOException {
    try (Wire direct = Wire.login(Servers.shared().primary(), Map.of());
        Wire wire = wire()) {
      List<String> expected = texts(direct.query(sql));
      assertThat(texts(wire.query(sql))).isEqualTo(expected);
      assertThat(howdah.events().replays()).containsExactly(REFUSED);
      assertThat(texts(wire.query(sql))).isEqualTo(expected);
      assertThat(howdah.events().replays()).as("remembered").hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "named"})
  void theExtendedProtocol(String name) throws IOException {
    byte[][] batch = {
      Send.parse(name, "SELECT done, $1::int FROM healed_view"),
      Send.bind("", name, "5"),
      Send.describePortal(""),
      Send.execute("", 0),
      Send.sync()
    };
    try (Wire direct = Wire.login(Servers.shared().primary(), Map.of());
        Wire wire = wire()) {
      direct.send(batch);
      wire.send(batch);
      assertThat(texts(wire.ready())).isEqualTo(texts(direct.ready()));
      assertThat(howdah.events().replays()).containsExactly(REFUSED);
      byte[][] next = {Send.bind("", name, "6"), Send.execute("", 0), Send.sync()};
      direct.send(next);
      wire.send(next);
      assertThat(texts(wire.ready())).isEqualTo(texts(direct.ready()));
      assertThat(howdah.events().replays()).as("remembered").hasSize(1);
    }
    assertThat(rows()).isEqualTo("4");
  }

  /**
   * An aggregate is IMMUTABLE in the catalog, and a STABLE function may call another that writes.
   */
  @ParameterizedTest
  @ValueSource(strings = {"SELECT healed_sum('a')", "SELECT healed_stable() > 0"})
  void whatTheCatalogCallsHarmless(String sql) throws IOException {
    try (Wire direct = Wire.login(Servers.shared().primary(), Map.of());
        Wire wire = wire()) {
      List<String> expected = texts(direct.query(sql));
      // Until the catalog is read, the functions are unknown, and the primary is asked.
      Await.until(
          () -> {
            assertThat(texts(query(wire, sql))).isEqualTo(expected);
            return howdah.events().replays();
          },
          replays -> assertThat(replays).containsExactly(REFUSED));
    }
  }

  private static List<Message> query(Wire wire, String sql) {
    try {
      return wire.query(sql);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String rows() {
    try (Db db = Servers.shared().superuser(Servers.shared().primary())) {
      return db.value("SELECT count(*) FROM healed");
    }
  }

  private static List<String> texts(List<Message> messages) {
    return messages.stream()
        .map(each -> each.type() == 'N' ? "notice " + each.field('M') : each.toString())
        .toList();
  }

  @Test
  void throughJdbc() throws SQLException {
    try (Connection connection = howdah.jdbc();
        PreparedStatement statement =
            connection.prepareStatement("SELECT done FROM healed_view WHERE ? = 1")) {
      for (int i = 0; i < 20; i++) {
        statement.setInt(1, 1);
        try (ResultSet rows = statement.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isEqualTo("written");
        }
      }
    }
    assertThat(rows()).isEqualTo("20");
    // Once under no name, and perhaps once for another text or another event loop.
    assertThat(howdah.events().replays()).isNotEmpty().hasSizeLessThan(4);
  }

  /** Ahead of the write the server session is made to forget another client's sequence values. */
  @Test
  void behindADiscardOfHowdahsOwn() throws IOException {
    for (int i = 0; i < 12; i++) {
      // Each is another session on a server connection that one before it has used.
      try (Wire wire = wire()) {
        String sql = "/* howdah: replica */ SELECT healed_write(), " + i;
        assertThat(wire.value(sql)).isEqualTo("written");
      }
    }
    assertThat(howdah.events().replays()).hasSize(12);
  }

  /** A replica can't read what is not in the WAL. */
  @Test
  void anUnloggedTable() throws IOException {
    try (Wire wire = wire()) {
      assertThat(wire.value("SELECT id FROM healed_unlogged")).isEqualTo("7");
      assertThat(howdah.events().replays()).containsExactly("a replica refused it 0A000");
      assertThat(wire.value("SELECT id FROM healed_unlogged")).isEqualTo("7");
      assertThat(howdah.events().replays()).hasSize(1);
    }
  }

  @Test
  void notInATransaction() throws IOException {
    try (Wire wire = wire()) {
      wire.query("BEGIN READ ONLY");
      List<Message> replies = wire.query("SELECT done FROM healed_view");
      assertThat(replies).anyMatch(each -> each.type() == 'E' && each.sqlstate().equals("25006"));
      assertThat(replies.getLast().body()).containsExactly('E');
      wire.query("ROLLBACK");
    }
    assertThat(howdah.events().replays()).isEmpty();
  }

  @Test
  void notBehindARow() throws IOException {
    try (Wire wire = wire()) {
      List<Message> replies = wire.query("SELECT 'told'; SELECT done FROM healed_view");
      assertThat(replies).extracting(Message::type).contains('D', 'E');
      assertThat(howdah.events().replays()).isEmpty();
      // But the text was learnt.
      assertThat(wire.query("SELECT 'told'; SELECT done FROM healed_view"))
          .extracting(Message::type)
          .contains('D')
          .doesNotContain('E');
    }
  }

  /** What a client has sent behind it, without waiting, runs behind it. */
  @Test
  void aPipeline() throws IOException {
    byte[][] batches = {
      Send.parse("", "SELECT done FROM healed_view"),
      Send.bind("", ""),
      Send.execute("", 0),
      Send.sync(),
      Send.parse("", "SELECT count(*) FROM healed"),
      Send.bind("", ""),
      Send.execute("", 0),
      Send.sync()
    };
    byte[][] queries = {
      Send.query("SELECT done AS again FROM healed_view"), Send.query("SELECT count(*) FROM healed")
    };
    try (Wire direct = Wire.login(Servers.shared().primary(), Map.of());
        Wire wire = wire()) {
      for (byte[][] pipeline : List.of(batches, queries)) {
        direct.query("DELETE FROM healed");
        direct.send(pipeline);
        List<String> expected = List.of(texts(direct.ready()) + "", texts(direct.ready()) + "");
        direct.query("DELETE FROM healed");
        wire.send(pipeline);
        assertThat(List.of(texts(wire.ready()) + "", texts(wire.ready()) + "")).isEqualTo(expected);
      }
    }
    assertThat(howdah.events().replays()).containsExactly(REFUSED, REFUSED);
  }

  @Test
  void notWhenItIsSwitchedOff() throws IOException {
    try (Howdah plain = Howdah.of(PoolMode.TRANSACTION).maxReplayedBytes(0).start();
        Wire wire = plain.wire()) {
      assertThat(wire.query("SELECT done FROM healed_view"))
          .anyMatch(each -> each.type() == 'E' && each.sqlstate().equals("25006"));
    }
  }
}
