package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What one client's session holds is never seen by another. One server connection for all, so that
 * every client gets the very one that another has used before; reads go to the primary.
 */
class IsolationTest {
  private Howdah howdah;
  private Wire one;
  private Wire two;

  @BeforeAll
  static void createTables() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS isolated",
            "CREATE TABLE isolated AS SELECT i FROM generate_series(1, 10) i",
            "ALTER TABLE isolated OWNER TO app",
            "DROP ROLE IF EXISTS helper",
            "CREATE ROLE helper",
            "GRANT helper TO app");
  }

  @BeforeEach
  void start() throws IOException {
    // Two: one that a pinned session may keep, and one for everybody else.
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start();
    one = howdah.wire();
    two = howdah.wire();
  }

  @AfterEach
  void stop() throws IOException {
    one.close();
    two.close();
    howdah.close();
  }

  @ParameterizedTest
  @CsvSource({
    "work_mem, 7MB",
    "search_path, pg_catalog",
    "application_name, one",
    "statement_timeout, 77s",
    "timezone, Asia/Tokyo",
    "my.own, value",
    "role, helper"
  })
  void settings(String name, String value) throws IOException {
    String before = show(two, name);
    one.query("SET " + name + " = '" + value + "'");
    for (int i = 0; i < 5; i++) {
      assertThat(show(two, name)).isEqualTo(before);
      assertThat(show(one, name)).isEqualTo(value);
    }
    one.query("RESET " + name);
    assertThat(show(one, name)).isEqualTo(before);
    assertThat(howdah.events().pins()).isEmpty();
  }

  private static String show(Wire wire, String name) throws IOException {
    return wire.value("SELECT coalesce(current_setting('" + name + "', true), '')");
  }

  /** SET datestyle may leave one of its two parts as it was: in this session, not in another's. */
  @Test
  void aDateStyleSetInParts() throws IOException {
    one.query("SET datestyle TO sql");
    two.query("SET datestyle TO ymd");
    one.query("SET datestyle TO dmy");
    for (int i = 0; i < 3; i++) {
      assertThat(show(one, "datestyle")).isEqualTo("SQL, DMY");
      assertThat(show(two, "datestyle")).isEqualTo("ISO, YMD");
    }
  }

  @Test
  void settingsAreShownAsTheServerWouldShowThem() throws IOException {
    one.query("SET search_path TO \"$user\", public, \"user\", \"Mixed\"");
    String direct = show(one, "search_path");
    two.query("SET search_path TO pg_catalog");
    show(two, "search_path");
    assertThat(show(one, "search_path"))
        .isEqualTo("\"$user\", public, \"user\", \"Mixed\"")
        .isEqualTo(direct);
  }

  @Test
  void settingsOfATransactionThatFails() throws IOException {
    String before = show(one, "work_mem");
    one.query("BEGIN");
    one.query("SET work_mem = '9MB'");
    one.query("ROLLBACK");
    assertThat(show(one, "work_mem")).isEqualTo(before);
    one.query("SET work_mem = '9MB'; SELECT 1/0");
    assertThat(show(one, "work_mem")).isEqualTo(before);
    one.query("BEGIN");
    one.query("SET LOCAL work_mem = '9MB'");
    assertThat(show(one, "work_mem")).isEqualTo("9MB");
    one.query("COMMIT");
    assertThat(show(one, "work_mem")).isEqualTo(before);
    one.query("BEGIN");
    one.query("SAVEPOINT s");
    one.query("SET work_mem = '9MB'");
    one.query("ROLLBACK TO s");
    one.query("COMMIT");
    assertThat(show(one, "work_mem")).isEqualTo(before);
    assertThat(show(two, "work_mem")).isEqualTo(before);
  }

  @Test
  void settingsByOtherMeans() throws IOException {
    String before = show(two, "work_mem");
    one.query("SELECT set_config('work_mem', '9MB', false)");
    assertThat(show(two, "work_mem")).isEqualTo(before);
    assertThat(show(one, "work_mem")).isEqualTo("9MB");
    one.query("RESET ALL");
    assertThat(show(one, "work_mem")).isEqualTo(before);
    one.query("DO $$BEGIN PERFORM set_config('work_mem', '8MB', false); END$$");
    assertThat(show(two, "work_mem")).isEqualTo(before);
    assertThat(show(one, "work_mem")).isEqualTo("8MB");
  }

  /** What EXECUTE sets counts where it stands in its string. */
  @Test
  void settingsByExecute() throws IOException {
    String before = show(two, "work_mem");
    one.query("PREPARE s AS SELECT set_config('work_mem', '9MB', false)");
    one.query("BEGIN; EXECUTE s; ROLLBACK");
    assertThat(show(one, "work_mem")).isEqualTo(before);
    one.query("EXECUTE s; SELECT 1/0");
    assertThat(show(one, "work_mem")).isEqualTo(before);
    one.query("EXECUTE s; SET work_mem = '7MB'");
    assertThat(show(two, "work_mem")).isEqualTo(before);
    assertThat(show(one, "work_mem")).isEqualTo("7MB");
    one.query("BEGIN; EXECUTE s; COMMIT; SELECT 1");
    assertThat(show(two, "work_mem")).isEqualTo(before);
    assertThat(show(one, "work_mem")).isEqualTo("9MB");
  }

  @Test
  void defaultTransactionModes() throws IOException {
    one.query("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
    assertThat(sqlstate(one.query("DELETE FROM isolated WHERE i < 0"))).isEqualTo("25006");
    assertThat(sqlstate(two.query("DELETE FROM isolated WHERE i < 0"))).isNull();
  }

  /** What can't be carried along ties the session to its connection, until it is gone. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TEMP TABLE mine AS SELECT 'mine' AS seen",
        "SELECT 1 INTO TEMP mine",
        "CREATE TEMPORARY VIEW mine AS SELECT 1"
      })
  void temporaryObjects(String create) throws IOException {
    one.query(create);
    for (int i = 0; i < 3; i++) {
      assertThat(sqlstate(two.query("SELECT * FROM mine"))).isEqualTo("42P01");
      assertThat(sqlstate(one.query("SELECT * FROM mine"))).isNull();
    }
    leaveAndExpectNothing("SELECT to_regclass('mine') IS NULL", "t");
  }

  @Test
  void sessionAdvisoryLocks() throws IOException {
    one.query("SELECT pg_advisory_lock(4711)");
    for (int i = 0; i < 3; i++) {
      assertThat(two.value("SELECT pg_try_advisory_xact_lock(4711)")).isEqualTo("f");
    }
    assertThat(one.value("SELECT pg_advisory_unlock(4711)")).isEqualTo("t");
    assertThat(two.value("SELECT pg_try_advisory_xact_lock(4711)")).isEqualTo("t");
    one.query("SELECT pg_advisory_lock(4712)");
    leaveAndExpectNothing(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4712", "0");
  }

  @Test
  void cursorsWithHold() throws IOException {
    one.query("DECLARE held CURSOR WITH HOLD FOR SELECT i FROM isolated ORDER BY i");
    assertThat(sqlstate(two.query("FETCH held"))).isEqualTo("34000");
    assertThat(one.value("FETCH held")).isEqualTo("1");
    assertThat(one.value("FETCH held")).isEqualTo("2");
    leaveAndExpectNothing("SELECT count(*) FROM pg_cursors WHERE name = 'held'", "0");
  }

  @Test
  void sqlLevelPreparedStatements() throws IOException {
    one.query("PREPARE p AS SELECT 'one'");
    assertThat(sqlstate(two.query("EXECUTE p"))).isEqualTo("26000");
    two.query("PREPARE p AS SELECT 'two'");
    assertThat(one.value("EXECUTE p")).isEqualTo("one");
    assertThat(two.value("EXECUTE p")).isEqualTo("two");
    assertThat(howdah.events().pins()).isEmpty();
    one.close();
    one = howdah.wire();
    assertThat(sqlstate(one.query("EXECUTE p"))).isEqualTo("26000");
    assertThat(sqlstate(one.query("DEALLOCATE p"))).isEqualTo("26000");
    assertThat(sqlstate(one.query("PREPARE p AS SELECT 'new'"))).isNull();
    assertThat(two.value("EXECUTE p")).isEqualTo("two");
    assertThat(one.value("EXECUTE p")).isEqualTo("new");
  }

  @Test
  void listening() throws IOException {
    one.query("LISTEN gossip");
    leaveAndExpectNothing("SELECT count(*) FROM pg_listening_channels()", "0");
  }

  /** Client one goes; whoever comes next, on any server connection, sees none of it. */
  private void leaveAndExpectNothing(String question, String answer) throws IOException {
    two.close();
    one.send(Send.terminate());
    one.toEnd();
    one = howdah.wire();
    two = howdah.wire();
    // Both at the same time, so that both server connections are looked at.
    one.query("BEGIN");
    two.query("BEGIN");
    for (Wire each : List.of(one, two)) {
      Await.until(() -> value(each, question), seen -> assertThat(seen).isEqualTo(answer));
    }
  }

  private static String value(Wire wire, String question) {
    try {
      return wire.value(question);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void preparedNames() throws IOException {
    for (Wire each : List.of(one, two)) {
      each.send(Send.parse("same", "SELECT '" + (each == one ? "one" : "two") + "'"), Send.sync());
      each.ready();
    }
    for (int i = 0; i < 3; i++) {
      for (Wire each : List.of(one, two)) {
        each.send(Send.bind("", "same"), Send.execute("", 0), Send.sync());
        assertThat(
                each.ready().stream().filter(m -> m.type() == 'D').findFirst().orElseThrow().row())
            .containsExactly(each == one ? "one" : "two");
      }
    }
    one.send(Send.parse("mine", "SELECT 1"), Send.sync());
    one.ready();
    two.send(Send.bind("", "mine"), Send.execute("", 0), Send.sync());
    assertThat(sqlstate(two.ready())).isEqualTo("26000");
  }

  @Test
  void theUnnamedStatement() throws IOException {
    for (Wire each : List.of(one, two)) {
      each.send(Send.parse("", "SELECT '" + (each == one ? "one" : "two") + "'"), Send.sync());
      each.ready();
    }
    for (Wire each : List.of(one, two)) {
      each.send(Send.bind("", ""), Send.execute("", 0), Send.sync());
      assertThat(each.ready().stream().filter(m -> m.type() == 'D').findFirst().orElseThrow().row())
          .containsExactly(each == one ? "one" : "two");
    }
  }

  @Test
  void usersDoNotShareConnections() throws IOException {
    String password = Servers.shared().superuserPassword();
    try (Wire root = Wire.open(howdah.address())) {
      root.login(Map.of("user", Servers.SUPERUSER, "database", Servers.DATABASE), password);
      assertThat(root.value("SELECT session_user")).isEqualTo(Servers.SUPERUSER);
      assertThat(one.value("SELECT session_user")).isEqualTo(Servers.USER);
    }
  }

  @Test
  void aTransactionIsNotSeenBeforeItCommits() throws IOException {
    one.query("BEGIN");
    one.query("INSERT INTO isolated VALUES (100)");
    assertThat(two.value("SELECT count(*) FROM isolated")).isEqualTo("10");
    one.query("ROLLBACK");
    try (Db db = howdah.db()) {
      assertThat(db.value("SELECT count(*) FROM isolated")).isEqualTo("10");
    }
  }

  private static String sqlstate(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() == 'E')
        .findFirst()
        .map(Message::sqlstate)
        .orElse(null);
  }
}
