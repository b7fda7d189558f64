package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a code block or a procedure does to the session is not in the client's text: it stays with
 * the session all the same, and reaches no other. Scripts of two clients, straight to PostgreSQL
 * and through Howdah.
 */
class HiddenEffectsTest {
  @BeforeAll
  static void prepare() {
    Servers.shared()
        .prepare(
            "CREATE OR REPLACE PROCEDURE hide(sql text) LANGUAGE plpgsql AS 'BEGIN EXECUTE sql; END'",
            "CREATE OR REPLACE FUNCTION plain(sql text) RETURNS SETOF int LANGUAGE plpgsql AS 'BEGIN RETURN QUERY EXECUTE sql; END'",
            "DROP ROLE IF EXISTS hidden",
            "CREATE ROLE hidden",
            "GRANT hidden TO app");
  }

  /** Steps of clients a and b: a simple query, or with {@code !} the extended protocol. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "::",
      quoteCharacter = '`',
      textBlock =
          """
          a setting             :: a: DO 'BEGIN SET work_mem = ''7MB''; END' | b: SHOW work_mem | a: SHOW work_mem | a: RESET work_mem | a: SHOW work_mem
          by a procedure        :: a: CALL hide('SET work_mem = ''7MB''') | b: SHOW work_mem | a: SHOW work_mem
          in extended protocol  :: a! CALL hide('SET work_mem = ''7MB''') | b: SHOW work_mem | a: SHOW work_mem
          in a transaction      :: a: BEGIN | a: DO 'BEGIN SET work_mem = ''7MB''; END' | a: COMMIT | b: SHOW work_mem | a: SHOW work_mem
          taken back            :: a: BEGIN | a: DO 'BEGIN SET work_mem = ''7MB''; END' | a: ROLLBACK | b: SHOW work_mem | a: SHOW work_mem
          that fails            :: a: DO 'BEGIN SET work_mem = ''7MB''; RAISE ''no''; END' | b: SHOW work_mem | a: SHOW work_mem
          among others          :: a: SELECT 1; DO 'BEGIN SET work_mem = ''7MB''; END' | b: SHOW work_mem | a: SHOW work_mem
          one more              :: a: SET work_mem = '5MB' | a: DO 'BEGIN SET timezone = ''UTC''; END' | b: SHOW work_mem | b: SHOW timezone | a: SHOW work_mem | a: SHOW timezone
          given back            :: a: SET work_mem = '5MB' | a: DO 'BEGIN RESET work_mem; END' | b: SHOW work_mem | a: SHOW work_mem
          of the application    :: a: DO 'BEGIN PERFORM set_config(''my.hidden'', ''mine'', false); END' | b: SELECT current_setting('my.hidden', true) | a: SHOW my.hidden
          a role                :: a: DO 'BEGIN SET ROLE hidden; END' | b: SELECT current_user | a: SELECT current_user | a: RESET ROLE | a: SELECT current_user
          a temporary table     :: a: DO 'BEGIN CREATE TEMP TABLE hid AS SELECT 1 AS i; END' | b: SELECT * FROM hid | a: SELECT * FROM hid | a: DROP TABLE hid | b: SELECT * FROM hid
          a lock                :: a: DO 'BEGIN PERFORM pg_advisory_lock(78); END' | b: SELECT pg_try_advisory_lock(78) | a: SELECT pg_advisory_unlock(78) | b: SELECT pg_try_advisory_lock(78) | b: SELECT pg_advisory_unlock(78)
          a lock that fails     :: a: DO 'BEGIN PERFORM pg_advisory_lock(78); RAISE ''no''; END' | b: SELECT pg_try_advisory_lock(78) | a: SELECT pg_advisory_unlock(78) | b: SELECT pg_try_advisory_lock(78) | b: SELECT pg_advisory_unlock(78)
          a cursor              :: a: DO 'BEGIN EXECUTE ''DECLARE hid CURSOR WITH HOLD FOR SELECT 1''; END' | b: FETCH hid | a: FETCH hid | a: CLOSE hid
          a prepared statement  :: a: DO 'BEGIN EXECUTE ''PREPARE hid AS SELECT 1''; END' | b: EXECUTE hid | a: DEALLOCATE ALL | b: EXECUTE hid
          and the view of it    :: a: PREPARE hid(int) AS SELECT $1; | b: SELECT name, statement FROM pg_prepared_statements | b: PREPARE too AS SELECT 2 | a: SELECT name, statement, parameter_types FROM pg_prepared_statements | a: DEALLOCATE hid | a: SELECT name FROM pg_prepared_statements | b: SELECT name, statement FROM pg_prepared_statements
          and run by a function :: a: PREPARE hid AS SELECT 1 | b: SELECT plain('EXECUTE hid') | a: SELECT plain('EXECUTE hid') | b: PREPARE hid AS SELECT 2 | a! SELECT plain(' execute hid') | b: SELECT plain($$execute hid$$)
          nothing               :: a: DO 'BEGIN NULL; END' | b: SHOW work_mem | a: SHOW work_mem
          """)
  void stayWithTheirSession(String what, String script) throws IOException {
    List<String> direct = run(Target.DIRECT, null, script);
    try (Howdah howdah =
        Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).leakCheckRate(1).start()) {
      assertThat(run(Target.HOWDAH, howdah, script)).as(what).isEqualTo(direct);
    }
  }

  private static List<String> run(Target target, Howdah howdah, String script) throws IOException {
    try (Wire a = Wire.login(target.address(howdah), Map.of());
        Wire b = Wire.login(target.address(howdah), Map.of())) {
      return run(a, b, script);
    }
  }

  /** What two clients hear who take these steps. */
  static List<String> run(Wire a, Wire b, String script) throws IOException {
    List<String> told = new ArrayList<>();
    for (String step : script.split(" \\| ")) {
      Wire client = step.charAt(0) == 'a' ? a : b;
      String sql = step.substring(2).strip();
      if (step.charAt(1) == ':') {
        client.send(Send.query(sql));
      } else {
        client.send(Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync());
      }
      told.add(step + " => " + told(client.ready()));
    }
    return told;
  }

  private static List<String> told(List<Message> replies) {
    return replies.stream()
        .filter(each -> "DCE".indexOf(each.type()) >= 0)
        .map(each -> each.type() == 'E' ? "E " + each.sqlstate() : each.toString())
        .toList();
  }

  /** Who says goodbye at once does not take the connection along. */
  @Test
  void aClientThatLeavesAtOnceCostsNoConnection() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start()) {
      String pid;
      try (Wire wire = howdah.wire()) {
        pid = wire.value("SELECT pg_backend_pid()");
        wire.send(Send.query("DO 'BEGIN SET work_mem = ''7MB''; END'"), Send.terminate());
        wire.toEnd();
      }
      try (Wire wire = howdah.wire()) {
        assertThat(wire.value("SHOW work_mem")).isNotEqualTo("7MB");
        assertThat(wire.value("SELECT pg_backend_pid()")).isEqualTo(pid);
      }
    }
  }
}
