package io.howdah.route.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.Target;
import io.howdah.route.function.BuiltinFunctions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ClassifierTest {

  record Row(Reason reason, String culprit, String sql) {
    @Override
    public String toString() {
      return sql;
    }
  }

  static List<Row> rows() throws IOException {
    try (var in = ClassifierTest.class.getResourceAsStream("statements.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(l -> !l.startsWith("#"))
          .map(ClassifierTest::row)
          .toList();
    }
  }

  private static Row row(String line) {
    String[] parts = line.split(" \\| ", 3);
    String culprit = parts[1].equals("-") ? null : parts[1];
    return new Row(Reason.valueOf(parts[0]), culprit, parts[2].replace("\\n", "\n"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void givesReasonAndCulprit(Row row) {
    Facts facts = Sql.facts(row.sql());
    assertThat(facts.reason()).isEqualTo(row.reason());
    assertThat(facts.culprit()).isEqualTo(row.culprit());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | select 1",
        "1 | ;select 1;;",
        "0 | ;;",
        "0 | -- nothing",
        "2 | select 1; select 2",
        "3 | select ';'; select $$;$$; select \";\"",
        "1 | create rule r as on insert to t do also (select 1; select 2)",
        "1 | create function f() returns int begin atomic select 1; select case a when 1 then 2 end; end",
        "2 | create function f() returns int begin atomic select 1; end; select 1",
        "2 | prepare p as select 1; execute p",
        "2 | copy t to stdout; select 1",
        "2 | set a.b = 1; select 1",
        "2 | explain (costs off) select 1; select 1",
      })
  void countsStatements(int count, String sql) {
    assertThat(Sql.facts(sql).statements()).isEqualTo(count);
  }

  @Test
  void sharesTheFactsOfCommonStatements() {
    assertThat(Sql.facts("select 1 from t")).isSameAs(Sql.facts("table u"));
    assertThat(Sql.facts("commit")).isSameAs(Sql.facts("END"));
  }

  @Test
  void readsBackslashesAsTheSessionDoes() {
    String sql = "select '\\'; insert into t values (1); --'";
    assertThat(Sql.facts(sql, true).reason()).isEqualTo(Reason.MULTI_STATEMENT_WITH_WRITE);
    assertThat(Sql.facts(sql, false).reason()).isEqualTo(Reason.SELECT_READ_ONLY);
    assertThat(Sql.facts("select U&'a'", false).reason()).isEqualTo(Reason.UNTERMINATED);
    assertThat(Sql.facts("select n'\\'; x'", false).statements()).isEqualTo(1);
  }

  @Test
  void doesNotLookAtWhatIsTooLong() {
    Classifier small = new Classifier(BuiltinFunctions.INSTANCE, 10);
    byte[] sql = "select 1 from t".getBytes(StandardCharsets.UTF_8);
    Facts facts = small.classify(sql, 0, sql.length, true);
    assertThat(facts.kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(facts.effects()).containsExactly(new SessionEffect.Unseen());
    assertThat(small.classify(sql, 0, 8, true).kind()).isEqualTo(Kind.READ);
  }

  @Test
  void takesAMegabyteOfString() {
    String big = "x;insert into t values (1)--".repeat(40_000);
    assertThat(Sql.facts("select '" + big + "'").reason()).isEqualTo(Reason.SELECT_READ_ONLY);
    assertThat(Sql.facts("select '" + big).reason()).isEqualTo(Reason.UNTERMINATED);
    assertThat(Sql.facts("select $a$" + big + "$a$").statements()).isEqualTo(1);
    assertThat(Sql.facts("select 1 /*" + big + "*/").reason()).isEqualTo(Reason.SELECT_READ_ONLY);
  }

  @Test
  void takesDeepNesting() {
    String open = "(".repeat(5000);
    String close = ")".repeat(5000);
    assertThat(Sql.facts("select " + open + "nextval('s')" + close).culprit()).isEqualTo("nextval");
    assertThat(Sql.facts("explain analyze ".repeat(50_000)).kind()).isEqualTo(Kind.UNKNOWN);
    assertThat(Sql.facts("select set_config(".repeat(5000)).kind()).isEqualTo(Kind.UNKNOWN);
    Facts deep = Sql.facts("select " + "(".repeat(20_000));
    assertThat(deep.reason()).isEqualTo(Reason.TOO_DEEP);
    assertThat(deep.effects()).hasSize(1);
  }

  @Test
  void refusesAZeroByteOutsideAndInside() {
    for (String sql : List.of("select 1\0", "select '\0'", "select 1 --\0", "select /*\0*/ 1")) {
      assertThat(Sql.facts(sql).reason()).as(sql).isEqualTo(Reason.UNTERMINATED);
    }
  }

  @Test
  void takesNamesBeyondAscii() {
    assertThat(Sql.facts("select größe, \"名前\", 'ü;' from straße").kind()).isEqualTo(Kind.READ);
    assertThat(Sql.facts("select größe(1)").culprit()).isEqualTo("größe");
    assertThat(Sql.facts("select é'; insert into t values (1)").kind()).isEqualTo(Kind.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "REPLICA | select 1",
        "PRIMARY | /* howdah: primary */ select 1",
        "PRIMARY | select my_fn()",
        "REPLICA | /* howdah: replica */ select my_fn()",
        "REPLICA | select /*HOWDAH:replica*/ pg_terminate_backend(1)",
        "PRIMARY | /* howdah: replica */ select nextval('s')",
        "PRIMARY | /* howdah: replica */ insert into t values (1)",
        "PRIMARY | /* howdah: replica */ select my_fn() for update",
        "PRIMARY | /* howdah: replica */ select my_fn(); insert into t values (1)",
        "PRIMARY | begin",
        "REPLICA | /* howdah: replica */ begin",
        "PRIMARY | /* howdah: replica */ begin read write",
        "REPLICA | begin read only",
        "PRIMARY | /* howdah: primary */ begin read only",
        "PRIMARY | /* howdah: replica */ frobnicate",
        "ANY     | show transaction_read_only",
        "ANY     | set a.b = 1",
        "REPLICA | /* howdah: replica */ show all",
        "PRIMARY | commit",
        "PRIMARY | select 1 from pg_temp.x",
      })
  void aimsAtANode(Target target, String sql) {
    assertThat(Sql.facts(sql).target()).isEqualTo(target);
  }
}
