package io.howdah.route.body;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.body.Routines.Dependence;
import io.howdah.route.body.Routines.Routine;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.function.BuiltinFunctions;
import io.howdah.route.function.Catalog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which calls may change the session, by the bodies of all functions and what depends on them. */
class RoutinesTest {
  private static final List<Routine> SOME =
      List.of(
          routine("1", "auth", "login", false, "SELECT set_config('app.tenant', $1, false)"),
          routine("2", "public", "enter", false, "BEGIN PERFORM auth.login(x); END"),
          routine("3", "public", "far", true, "SELECT public.enter(1)"),
          routine("4", "public", "harmless", false, "UPDATE t SET a = 1"),
          routine("5", "other", "login", false, "SELECT 1"),
          routine("6", "public", "calls_other", false, "SELECT other.login(1)"),
          routine("7", "public", "ping", false, "SELECT pong()"),
          routine("8", "public", "pong", false, "SELECT ping()"),
          routine("9", "public", "report", true, "BEGIN RETURN QUERY EXECUTE q; END"),
          routine("10", "public", "seeds", false, "SELECT setseed(1), enter(2)"),
          routine("11", "public", "summed", false, ""),
          routine("12", "public", "two", true, "SELECT 1"),
          routine("13", "public", "two", false, "SET work_mem = '1MB'"));

  private static Routine routine(
      String oid, String schema, String name, boolean stable, String body) {
    return new Routine(oid, schema, name, !stable, false, false, RoutineBody.read(body));
  }

  private static Dependence on(String catalog, String routine) {
    return new Dependence(catalog, null, routine);
  }

  private static Catalog catalog(Dependence... dependences) {
    return Routines.catalog(SOME, List.of(dependences));
  }

  private static Facts facts(Catalog catalog, String sql) {
    byte[] text = sql.getBytes(StandardCharsets.UTF_8);
    return new Classifier(BuiltinFunctions.INSTANCE, 1 << 20)
        .classify(text, 0, text.length, true, catalog.seenFrom(List.of("public")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT auth.login('x')                   | true  | VOLATILE_FUNCTION
          SELECT enter('x')                        | true  | VOLATILE_FUNCTION
          SELECT far('x')                          | true  | VOLATILE_FUNCTION
          SELECT 1 WHERE far('x') IS NULL          | true  | VOLATILE_FUNCTION
          INSERT INTO t (a) VALUES (enter('x'))    | true  | DATA_CHANGE
          INSERT INTO enter (a) VALUES (1)         | false | DATA_CHANGE
          SELECT harmless()                        | false | VOLATILE_FUNCTION
          SELECT other.login('x')                  | false | VOLATILE_FUNCTION
          SELECT calls_other()                     | false | VOLATILE_FUNCTION
          SELECT ping()                            | false | VOLATILE_FUNCTION
          SELECT report('x')                       | true  | SELECT_READ_ONLY
          SELECT two()                             | true  | VOLATILE_FUNCTION
          SELECT query_to_xml('SELECT 1', true, true, '') | true | VOLATILE_FUNCTION
          SELECT lower('A'), now()                 | false | SELECT_READ_ONLY
          EXPLAIN SELECT enter('x')                | false | EXPLAIN
          EXPLAIN ANALYZE SELECT enter('x')        | true  | VOLATILE_FUNCTION
          CREATE TABLE x AS SELECT enter('x')      | true  | DDL
          SELECT unheard_of(1)                     | true  | UNKNOWN_FUNCTION
          SELECT a FROM t JOIN u ON unheard_of(a)  | true  | UNKNOWN_FUNCTION
          INSERT INTO unheard_of (a) VALUES (1)    | false | DATA_CHANGE
          INSERT INTO s.unheard_of (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET (a) = (2) | false | DATA_CHANGE
          MERGE INTO t USING u ON a = b WHEN NOT MATCHED THEN INSERT (a) VALUES (1) | false | DATA_CHANGE
          WITH x AS (INSERT INTO t (a) VALUES (1) RETURNING a) SELECT a FROM x | false | DATA_MODIFYING_WITH
          CREATE TABLE unheard_of (a int REFERENCES unseen (b)) | false | DDL
          CREATE INDEX ON unheard_of (a)           | false | DDL
          CREATE TABLE x AS SELECT unheard_of(1)   | true  | DDL
          ANALYZE unheard_of (a)                   | false | MAINTENANCE
          COPY unheard_of (a) FROM STDIN           | false | COPY_FROM
          DO 'BEGIN NULL; END'                     | true  | PROCEDURE
          """)
  void aCall(String sql, boolean runsCode, Reason reason) {
    Facts facts = facts(catalog(), sql);
    assertThat(facts.reason()).isEqualTo(reason);
    assertThat(facts.runsCode()).isEqualTo(runsCode);
  }

  @Test
  void whatNothingShowsPins() {
    assertThat(facts(catalog(), "SELECT seeds()").effects())
        .containsExactly(new SessionEffect.OtherState("seeds"));
  }

  @Test
  void whatIsPreparedRunsCodeWhenItIsExecuted() {
    Facts facts = facts(catalog(on("pg_trigger", "1")), "PREPARE p AS INSERT INTO t VALUES (1)");
    assertThat(facts.runsCode()).isFalse();
    assertThat(facts.effects())
        .singleElement()
        .satisfies(
            effect ->
                assertThat(((SessionEffect.PrepareStatement) effect).statement().runsCode())
                    .isTrue());
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          pg_trigger       , 1  , true  , false
          pg_event_trigger , 3  , true  , false
          pg_attrdef       , 2  , true  , false
          pg_rewrite       , 1  , true  , true
          pg_policy        , 1  , true  , true
          pg_operator      , 9  , true  , true
          pg_trigger       , 4  , false , false
          pg_rewrite       , 8  , false , false
          pg_trigger       , 77 , false , false
          """)
  void aUseThatTextsDoNotShow(String where, String routine, boolean writes, boolean reads) {
    Catalog catalog = catalog(on(where, routine));
    assertThat(facts(catalog, "INSERT INTO t VALUES (1)").runsCode()).isEqualTo(writes);
    assertThat(facts(catalog, "COPY t FROM STDIN").runsCode()).isEqualTo(writes);
    assertThat(facts(catalog, "SELECT 1; DELETE FROM t").runsCode()).isEqualTo(writes);
    assertThat(facts(catalog, "SELECT a FROM v").runsCode()).isEqualTo(reads);
    assertThat(facts(catalog, "SHOW work_mem").runsCode()).isFalse();
    assertThat(facts(catalog, "BEGIN").runsCode()).isFalse();
  }

  @Test
  void parsedBodiesAndAggregatesCallByNumber() {
    assertThat(facts(catalog(), "SELECT summed(a) FROM t").runsCode()).isFalse();
    Catalog catalog = catalog(new Dependence("pg_proc", "11", "2"));
    assertThat(facts(catalog, "SELECT summed(a) FROM t").runsCode()).isTrue();
    assertThat(catalog.why("summed")).isEqualTo("it calls enter");
    assertThat(catalog.why("auth.login")).isEqualTo("set_config of app.tenant");
    assertThat(catalog.why("harmless")).isNull();
  }

  @Test
  void namesTheParameters() {
    assertThat(catalog().parameters()).containsExactly("app.tenant");
  }

  @Test
  void afterAChangeOfSomeFunctionAllAreDoubtful() {
    Catalog doubtful = catalog().doubted();
    assertThat(facts(doubtful, "SELECT harmless()").runsCode()).isTrue();
    assertThat(facts(doubtful, "SELECT two()").reason()).isEqualTo(Reason.VOLATILE_FUNCTION);
    assertThat(facts(doubtful, "SELECT report('x')").reason()).isEqualTo(Reason.SELECT_READ_ONLY);
    assertThat(facts(doubtful, "DELETE FROM t").runsCode()).isTrue();
    assertThat(facts(doubtful, "SELECT a FROM t").runsCode()).isFalse();
    assertThat(doubtful.isAs(catalog())).isFalse();
    assertThat(Catalog.UNKNOWN.doubted()).isSameAs(Catalog.UNKNOWN);
  }

  /** A chain of many, the last of which does it. */
  @Test
  void reachesFar() {
    List<Routine> many = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      String body = i == 0 ? "SET ROLE x" : "SELECT f" + (i - 1) + "(), f" + i % 100 + "()";
      many.add(routine("" + i, "public", "f" + i, true, body));
    }
    Catalog catalog = Routines.catalog(many, List.of());
    assertThat(facts(catalog, "SELECT f19999()").runsCode()).isTrue();
  }

  @Test
  void ofAnOverloadThatABuiltInFunctionHides() {
    Catalog catalog =
        Routines.catalog(
            List.of(
                new Routine(
                    "1", "public", "upper", false, true, false, RoutineBody.read("SET ROLE x"))),
            List.of());
    assertThat(facts(catalog, "SELECT upper('a')").runsCode()).isFalse();
    assertThat(facts(catalog, "SELECT public.upper('a')").runsCode()).isTrue();
  }

  @Test
  void aProcedureIsNoFunction() {
    Catalog catalog =
        Routines.catalog(
            List.of(
                new Routine("1", "public", "p", true, false, true, RoutineBody.HARMLESS),
                new Routine("2", "public", "f", true, false, false, RoutineBody.read("CALL p()"))),
            List.of());
    assertThat(catalog.size()).isEqualTo(1);
    assertThat(facts(catalog, "SELECT f()").runsCode()).isFalse();
  }
}
