package io.howdah.e2e.prepared;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Clients that prepare the same text share a statement only where PostgreSQL would have made the
 * same of it for both: scripts of several clients, straight to PostgreSQL and through Howdah.
 */
class FreshStatementsTest {
  private static final String TEXT = "/* howdah: primary */ SELECT v, $1 FROM fresh WHERE v = $1";

  @BeforeEach
  void tables() {
    Servers.shared()
        .prepare(
            "DROP SCHEMA IF EXISTS fresh_a, fresh_b CASCADE",
            "CREATE SCHEMA fresh_a AUTHORIZATION app",
            "CREATE SCHEMA fresh_b AUTHORIZATION app",
            "CREATE TABLE fresh_b.fresh (v date)",
            "ALTER TABLE fresh_b.fresh OWNER TO app",
            "DROP TABLE IF EXISTS fresh",
            "CREATE TABLE fresh (v int)",
            "ALTER TABLE fresh OWNER TO app",
            "CREATE OR REPLACE PROCEDURE fresh_dates() LANGUAGE plpgsql AS"
                + " 'BEGIN ALTER TABLE fresh ALTER v TYPE date USING NULL; END'",
            "ALTER PROCEDURE fresh_dates() OWNER TO app",
            "GRANT CREATE ON SCHEMA public TO app");
  }

  /**
   * What clients do: {@code a: SQL} is a simple query of client a, {@code a? name} has it prepare
   * the text under that name and describe it, {@code a~ SQL} sends SQL and that in one batch,
   * unnamed; {@code a! SQL} prepares and runs SQL.
   */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "::",
      textBlock =
          """
          a type changes                     :: a? p | b: ALTER TABLE fresh ALTER v TYPE date USING NULL | c? p | a? q | b? p
          unnamed                            :: a?  | b: ALTER TABLE fresh ALTER v TYPE date USING NULL | c?  | a? | b?
          dropped and made again             :: a? p | b: DROP TABLE fresh | b: CREATE TABLE fresh (v date) | c? p | a? q
          made again in one string           :: a? p | b: DROP TABLE fresh; CREATE TABLE fresh (v date) | c? p | a? q
          by SELECT INTO                     :: a? p | b: DROP TABLE fresh | b: SELECT current_date AS v INTO fresh | c? p
          by the extended protocol           :: a? p | b! ALTER TABLE fresh ALTER v TYPE date USING NULL | c? p
          in a transaction                   :: a? p | b: BEGIN | b: ALTER TABLE fresh ALTER v TYPE date USING NULL | b? p | b: COMMIT | c? p | b? q
          taken back                         :: a? p | b: BEGIN | b: ALTER TABLE fresh ALTER v TYPE date USING NULL | b? p | b: ROLLBACK | c? p | b? q
          taken back to a savepoint          :: a? p | b: BEGIN | b: SAVEPOINT s | b: ALTER TABLE fresh ALTER v TYPE date USING NULL | b? p | b: ROLLBACK TO s | b? q | b: COMMIT | c? p
          in one batch                       :: a? p | b~ ALTER TABLE fresh ALTER v TYPE date USING NULL | c? p
          in a code block                    :: a? p | b: DO 'BEGIN ALTER TABLE fresh ALTER v TYPE date USING NULL; END' | c? p
          in a procedure                     :: a? p | b: CALL fresh_dates() | c? p
          two paths                          :: a? p | b: SET search_path = fresh_b | b? p | c: SET search_path = fresh_b, public | c? p | a? q
          a path of a transaction            :: a? p | b: BEGIN | b: SET LOCAL search_path = fresh_b | b? p | b: COMMIT | b? q | c? p
          a path by set_config               :: a? p | b: BEGIN | b: SELECT set_config('search_path', 'fresh_b', true) | b? p | b: COMMIT | b? q | c? p
          a path of a chained transaction    :: b: BEGIN | b: SET LOCAL search_path = fresh_b | b? p | b: COMMIT AND CHAIN | b? q | b: COMMIT | c? p
          a path in one batch                :: a? p | b~ SET search_path = fresh_b | c? p | b? q
          a path given back                  :: b: SET search_path = fresh_b | b? p | b: RESET search_path | b? q | c? p
          a new table hides the old one      :: a: SET search_path = fresh_a, public | a? p | b: CREATE TABLE fresh_a.fresh (v date) | a? q
          a temporary table hides it         :: a? p | b: CREATE TEMP TABLE fresh (v date) | b? p | c? p | b: DROP TABLE fresh | b? q | c? q
          one after the other                :: b: CREATE TEMP TABLE fresh (v date) | b? p | b: DROP TABLE pg_temp.fresh | b: CREATE TEMP TABLE fresh (v text) | b? q | c? p
          a temporary table of a transaction :: a? p | b: BEGIN | b: CREATE TEMP TABLE fresh (v date) ON COMMIT DROP | b? p | b: COMMIT | b? q | c? p
          a temporary table in one batch     :: a? p | b~ CREATE TEMP TABLE fresh (v date) | c? p
          the style of dates                 :: a: SET datestyle = 'ISO, MDY' | b: SET datestyle = 'ISO, DMY' | a! SELECT '01/02/2024'::date | b! SELECT '01/02/2024'::date
          the time zone                      :: a: SET timezone = 'UTC' | b: SET timezone = 'Asia/Tokyo' | a! SELECT '2024-01-01'::timestamptz = '2024-01-01+00' | b! SELECT '2024-01-01'::timestamptz = '2024-01-01+00'
          """)
  void asPostgresqlHasIt(String what, String script) throws IOException {
    List<String> direct = run(Target.DIRECT, null, script);
    tables();
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).start()) {
      assertThat(run(Target.HOWDAH, howdah, script)).as(what).isEqualTo(direct);
      assertThat(howdah.events().replays()).as("healed afterwards").isEmpty();
    }
  }

  private static List<String> run(Target target, Howdah howdah, String script) throws IOException {
    Map<Character, Wire> clients = new HashMap<>();
    List<String> transcript = new ArrayList<>();
    for (char name : new char[] {'a', 'b', 'c'}) {
      clients.put(name, Wire.login(target.address(howdah), Map.of()));
    }
    for (String step : script.split(" \\| ")) {
      Wire client = clients.get(step.charAt(0));
      String rest = step.substring(2).strip();
      switch (step.charAt(1)) {
        case ':' -> client.send(Send.query(rest));
        case '?' -> client.send(Send.parse(rest, TEXT), Send.describeStatement(rest), Send.sync());
        case '~' ->
            client.send(
                Send.parse("", rest),
                Send.bind("", ""),
                Send.execute("", 0),
                Send.parse("", TEXT),
                Send.describeStatement(""),
                Send.sync());
        default ->
            client.send(Send.parse("", rest), Send.bind("", ""), Send.execute("", 0), Send.sync());
      }
      transcript.add(step + " => " + told(client.ready()));
    }
    for (Wire client : clients.values()) {
      client.close();
    }
    return transcript;
  }

  /** What tells of types, rows and errors; not numbers of tables, which differ. */
  private static List<String> told(List<Message> replies) {
    return replies.stream()
        .filter(each -> "tDCE".indexOf(each.type()) >= 0)
        .map(each -> each.type() == 'E' ? "E " + each.sqlstate() : each.toString())
        .toList();
  }
}
