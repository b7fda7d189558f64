package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.Pinned;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a function does to the session that is called in an ordinary statement stays with that
 * session, and reaches no other. Nothing is left to the sampled check of returned connections: it
 * is switched off here.
 */
class FunctionEffectsTest {
  private static final String TENANT = "set_config(''app.tenant'', t, false)";

  @BeforeEach
  void prepare() {
    Servers.shared()
        .prepare(
            "DROP ROLE IF EXISTS hidden",
            "CREATE ROLE hidden",
            "GRANT hidden TO app",
            "DROP SCHEMA IF EXISTS hid CASCADE",
            "CREATE SCHEMA hid AUTHORIZATION app",
            "SET search_path = hid",
            "SET ROLE app",
            plpgsql("known() RETURNS void", "NULL;"),
            plpgsql("mem() RETURNS void", "SET work_mem = ''7MB'';"),
            plpgsql("ten(t text) RETURNS void", "PERFORM " + TENANT + ";"),
            plpgsql(
                "ten_local(t text) RETURNS void", "PERFORM set_config(''app.tenant'', t, true);"),
            plpgsql("ten_stable(t text) RETURNS text STABLE", "RETURN " + TENANT + ";"),
            sql("ten_sql(t text) RETURNS text", "SELECT " + TENANT),
            sql("nested(t text) RETURNS void", "SELECT hid.ten(t)"),
            sql("deep(t text) RETURNS void", "SELECT hid.nested(t)"),
            "CREATE FUNCTION atomic(t text) RETURNS text LANGUAGE sql"
                + " BEGIN ATOMIC SELECT set_config('app.tenant', t, false); END",
            "CREATE FUNCTION atomic_nested(t text) RETURNS void LANGUAGE sql RETURN hid.deep(t)",
            plpgsql("step(s int, v int) RETURNS int", "SET work_mem = ''7MB''; RETURN s + v;"),
            "CREATE AGGREGATE total(int) (SFUNC = step, STYPE = int, INITCOND = 0)",
            plpgsql("role() RETURNS void", "SET ROLE hidden;"),
            plpgsql("dyn(sql text) RETURNS void", "EXECUTE sql;"),
            plpgsql("dyn_stable(sql text) RETURNS void STABLE", "EXECUTE sql;"),
            plpgsql("locks() RETURNS void", "PERFORM pg_advisory_lock(79);"),
            plpgsql(
                "locks_and_fails() RETURNS void", "PERFORM pg_advisory_lock(79); RAISE ''no'';"),
            plpgsql("temp() RETURNS void", "CREATE TEMP TABLE hid_t AS SELECT 1 AS i;"),
            plpgsql("any_name(n text) RETURNS void", "PERFORM set_config(n, ''x'', false);"),
            plpgsql("changing(t text) RETURNS void", "NULL;"),
            "CREATE TABLE rows (a int)",
            "RESET ROLE");
  }

  @AfterEach
  void clean() {
    Servers.shared().prepare("DROP SCHEMA hid CASCADE");
  }

  private static String plpgsql(String head, String body) {
    return "CREATE FUNCTION " + head + " LANGUAGE plpgsql AS 'BEGIN " + body + " END'";
  }

  private static String sql(String head, String body) {
    return "CREATE FUNCTION " + head + " LANGUAGE sql AS '" + body + "'";
  }

  /** Steps of two clients on one server connection. {@code T} stands for asking for the tenant. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "::",
      quoteCharacter = '`',
      textBlock =
          """
          a setting             :: a: SELECT hid.mem() | b: SHOW work_mem | a: SHOW work_mem | a: RESET work_mem | a: SHOW work_mem
          in extended protocol  :: a! SELECT hid.mem() | b: SHOW work_mem | a: SHOW work_mem
          in a transaction      :: a: BEGIN | a: SELECT hid.mem() | a: COMMIT | b: SHOW work_mem | a: SHOW work_mem
          taken back            :: a: BEGIN | a: SELECT hid.mem() | a: ROLLBACK | b: SHOW work_mem | a: SHOW work_mem
          among others          :: a: SELECT 1; SELECT hid.mem(); SELECT 2 | b: SHOW work_mem | a: SHOW work_mem
          of the application    :: a: SELECT hid.ten('x') | b: T | a: T | b: SELECT hid.ten('y') | a: T | b: T
          by its bare name      :: a: SET search_path = hid | a: SELECT ten('x') | b: T | a: T
          for the transaction   :: a: SELECT hid.ten_local('x') | b: T | a: T
          by a STABLE function  :: a: SELECT hid.ten_stable('x') | b: T | a: T
          in SQL                :: a: SELECT hid.ten_sql('x') | b: T | a: T
          by another function   :: a! SELECT hid.nested('x') | b: T | a: T
          by one behind that    :: a: SELECT hid.deep('x') | b: T | a: T
          by a parsed body      :: a: SELECT hid.atomic('x') | b: T | a: T
          by one that calls     :: a: SELECT hid.atomic_nested('x') | b: T | a: T
          by an aggregate       :: a: SELECT hid.total(i) FROM generate_series(1, 3) AS i | b: SHOW work_mem | a: SHOW work_mem
          by dynamic SQL        :: a: SELECT hid.dyn('SET work_mem = ''7MB''') | b: SHOW work_mem | a: SHOW work_mem
          in an INSERT          :: a: INSERT INTO hid.rows (a) SELECT 1 FROM hid.ten('x') | b: T | a: T
          in COPY               :: a: COPY (SELECT hid.ten_sql('x')) TO STDOUT | b: T | a: T
          in SQL's EXECUTE      :: a: PREPARE p AS SELECT hid.ten('x') | a: EXECUTE p | b: T | a: T
          in a cursor           :: a: BEGIN | a: DECLARE c CURSOR FOR SELECT hid.ten('x') | a: FETCH c | a: COMMIT | b: T | a: T
          a role                :: a: SELECT hid.role() | b: SELECT current_user | a: SELECT current_user | a: RESET ROLE | a: SELECT current_user
          run by a function of PostgreSQL :: a: SELECT query_to_xml('SELECT hid.ten(''x'')', true, true, '') IS NULL | b: T | a: T
          made and called at once :: a: CREATE FUNCTION hid.fresh(t text) RETURNS text LANGUAGE sql AS $$SELECT set_config('app.tenant', t, false)$$ | b: SELECT hid.fresh('x') | a: T | b: T
          replaced and called at once :: a: CREATE OR REPLACE FUNCTION hid.changing(t text) RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM set_config('app.tenant', t, false); END$$ | b: SELECT hid.changing('x') | a: T | b: T
          and in one transaction :: a: BEGIN | a: CREATE OR REPLACE FUNCTION hid.changing(t text) RETURNS void LANGUAGE plpgsql AS $$BEGIN PERFORM set_config('app.tenant', t, false); END$$ | a: SELECT hid.changing('x') | a: COMMIT | b: T | a: T
          """)
  void aSettingStaysWithItsSession(String what, String script)
      throws IOException, InterruptedException {
    compare(what, script, 1);
  }

  /** Steps of two clients, one of which keeps its server connection for a while. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "::",
      quoteCharacter = '`',
      textBlock =
          """
          a lock               :: a: SELECT hid.locks() | b: SELECT pg_try_advisory_lock(79) | a: SELECT pg_advisory_unlock(79) | b: SELECT pg_try_advisory_lock(79) | b: SELECT pg_advisory_unlock(79)
          a lock that fails    :: a: SELECT hid.locks_and_fails() | b: SELECT pg_try_advisory_lock(79) | a: SELECT pg_advisory_unlock(79) | b: SELECT pg_try_advisory_lock(79) | b: SELECT pg_advisory_unlock(79)
          also in DO among others :: a: SELECT 1; DO 'BEGIN PERFORM pg_advisory_lock(79); RAISE ''no''; END' | b: SELECT pg_try_advisory_lock(79) | a: SELECT pg_advisory_unlock(79)
          a temporary table    :: a! SELECT hid.temp() | b: SELECT * FROM hid_t | a: SELECT * FROM hid_t | a: DROP TABLE hid_t | b: SELECT * FROM hid_t
          a cursor             :: a: SELECT hid.dyn('DECLARE hid CURSOR WITH HOLD FOR SELECT 1') | b: FETCH hid | a: FETCH hid | a: CLOSE hid
          a prepared statement :: a: SELECT hid.dyn('PREPARE hid AS SELECT 1') | b: EXECUTE hid | a: DEALLOCATE ALL | b: EXECUTE hid
          a name that nobody can ask for :: a: SELECT hid.any_name('app.tenant') | b: T | a: T
          """)
  void whatCannotBeMovedKeepsItsConnection(String what, String script)
      throws IOException, InterruptedException {
    compare(what, script, 2);
  }

  /** Code whose call is not in any text. */
  @ParameterizedTest
  @CsvSource(
      delimiterString = "::",
      quoteCharacter = '`',
      textBlock =
          """
          a trigger :: CREATE FUNCTION hid.fires() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM hid.ten('x'); RETURN NEW; END$$; CREATE TRIGGER fires BEFORE INSERT ON hid.rows FOR EACH ROW EXECUTE FUNCTION hid.fires() :: a: INSERT INTO hid.rows VALUES (1) | b: T | a: T
          a default :: CREATE TABLE hid.more (a int, b text DEFAULT hid.ten_sql('x')) :: a! INSERT INTO hid.more VALUES (1) | b: T | a: T
          a view    :: CREATE VIEW hid.seen AS SELECT hid.ten_sql('x') AS x :: a: SELECT * FROM hid.seen | b: T | a: T
          """)
  void ofCodeThatNoTextShows(String what, String made, String script)
      throws IOException, InterruptedException {
    Servers.shared().prepare(("SET ROLE app; " + made).split("; (?=CREATE)"));
    compare(what, script, 1);
  }

  private static void compare(String what, String script, int poolSize)
      throws IOException, InterruptedException {
    String steps =
        script.replace(": T", ": SELECT coalesce(current_setting('app.tenant', true), '')");
    List<String> direct;
    try (Wire a = Wire.login(Target.DIRECT.address(null), Map.of());
        Wire b = Wire.login(Target.DIRECT.address(null), Map.of())) {
      direct = HiddenEffectsTest.run(a, b, steps);
    }
    Servers.shared()
        .prepare(
            "DROP FUNCTION IF EXISTS hid.fresh",
            plpgsql("hid.changing(t text) RETURNS void", "NULL;")
                .replace("CREATE", "CREATE OR REPLACE"));
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION)
                .poolSize(poolSize)
                .splitReads(false)
                .leakCheckRate(0)
                .start();
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      awaitCatalog(a, "SELECT hid.known()");
      awaitCatalog(b, "SELECT hid.known()");
      Thread free = poolSize == 1 ? null : occupyOne(howdah);
      assertThat(HiddenEffectsTest.run(a, b, steps)).as(what).isEqualTo(direct);
      if (free != null) {
        free.join();
      }
    }
  }

  /**
   * Takes one server connection away for a second: b then gets the one that a has used, unless a
   * keeps it; else it waits.
   */
  private static Thread occupyOne(Howdah howdah) throws IOException {
    Wire other = howdah.wire();
    other.query("BEGIN");
    return Thread.startVirtualThread(
        () -> {
          try (other) {
            Thread.sleep(1000);
            other.query("COMMIT");
          } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
          }
        });
  }

  /** Until the client's event loop knows the function that a text calls, a VOLATILE one. */
  static void awaitCatalog(Wire wire, String sql) throws IOException {
    wire.query("SET howdah.explain_route = on");
    Await.until(
        () -> notices(wire, sql),
        notices -> assertThat(notices).anyMatch(each -> each.contains("effects beyond")));
    wire.query("SET howdah.explain_route = off");
  }

  private static List<String> notices(Wire wire, String sql) {
    try {
      return wire.query(sql).stream()
          .filter(each -> each.type() == 'N')
          .map(Message::toString)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFunctionOnAReplica() throws IOException {
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(true).leakCheckRate(0).start();
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      awaitCatalog(a, "SELECT hid.known()");
      awaitCatalog(b, "SELECT hid.known()");
      String sets = "SELECT set_config(''work_mem'', ''7MB'', false)";
      String call = "SELECT pg_is_in_recovery(), hid.dyn_stable('" + sets + "')";
      Await.until(() -> firstOf(a, call), recovery -> assertThat(recovery).isEqualTo("t"));
      for (int i = 0; i < 8; i++) {
        assertThat(firstOf(b, "SELECT current_setting('work_mem') = '7MB'")).isEqualTo("f");
        assertThat(firstOf(a, "SELECT current_setting('work_mem') = '7MB'")).isEqualTo("t");
      }
    }
  }

  private static String firstOf(Wire wire, String sql) {
    try {
      return wire.query(sql).stream()
          .filter(each -> each.type() == 'D')
          .findFirst()
          .orElseThrow()
          .row()
          .getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void functionCallMessagesAreLookedAt() throws IOException {
    String oid;
    try (Wire direct = Wire.login(Target.DIRECT.address(null), Map.of())) {
      oid = direct.value("SELECT 'pg_advisory_lock(bigint)'::regprocedure::oid");
    }
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).leakCheckRate(0).start();
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      a.send(Send.functionCall(Integer.parseInt(oid), "79"));
      a.ready();
      assertThat(b.value("SELECT pg_try_advisory_lock(79)")).isEqualTo("f");
      assertThat(a.value("SELECT pg_advisory_unlock(79)")).isEqualTo("t");
    }
  }

  @Test
  void whereNothingMayBePinnedTheSessionEnds() throws IOException {
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION)
                .poolSize(1)
                .splitReads(false)
                .leakCheckRate(0)
                .pinning(Pinned.REFUSE)
                .start();
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      awaitCatalog(a, "SELECT hid.known()");
      a.send(Send.query("SELECT hid.locks()"));
      assertThat(a.toEnd()).anyMatch(each -> each.type() == 'E');
      // Once the server session is over that held it.
      assertThat(b.value("SELECT pg_advisory_xact_lock(79) IS NOT NULL")).isEqualTo("t");
    }
  }
}
