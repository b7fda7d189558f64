package io.howdah.route.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.LocalSetting;
import io.howdah.route.fact.SessionEffect.SetParameterText;
import io.howdah.route.fact.SessionEffect.SetRole;
import io.howdah.route.fact.SessionEffect.UnknownSetting;
import io.howdah.route.fact.SetArguments;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** set_config whose arguments are not in the text: a Bind tells them, or the session is pinned. */
class SetConfigTest {
  /**
   * {@code $1} is a.B, {@code $2} is x, {@code $3} is f, {@code $4} is t, {@code $5} is unknown.
   */
  private static final SetArguments.Values BOUND =
      new SetArguments.Values() {
        @Override
        public String text(int parameter) {
          return parameter == 1 ? "a.B" : parameter == 2 ? "x" : null;
        }

        @Override
        public String flag(int parameter) {
          return parameter == 3 ? "false" : parameter == 4 ? "true" : null;
        }
      };

  private static Stream<Arguments> bound() {
    SessionEffect set = new SetParameterText("a.b", "x");
    SessionEffect asked = new UnknownSetting("set_config", "a.b");
    SessionEffect any = new UnknownSetting("set_config", null);
    return Stream.of(
        Arguments.of("select set_config($1, $2, false)", List.of(set)),
        Arguments.of("select set_config($1::text, $2::text, $3)", List.of(set)),
        Arguments.of("SELECT pg_catalog.set_config('A.b', $2, $3) AS done", List.of(set)),
        Arguments.of(
            "select set_config($1, 'x', false), set_config($1, $2, $3)", List.of(set, set)),
        Arguments.of("select set_config($1, $2, false) from t", List.of(asked)),
        Arguments.of("select set_config($1, $2, false) limit $6", List.of(asked)),
        Arguments.of("select set_config($1, $5, false)", List.of(asked)),
        Arguments.of("select set_config($1, $2, $5)", List.of(asked)),
        Arguments.of("select set_config($1, $2 || 'y', false)", List.of(asked)),
        Arguments.of("select set_config($1, null, false)", List.of(asked)),
        Arguments.of("select set_config($5, $2, false)", List.of(any)),
        Arguments.of("select set_config($1, $2, $4)", List.of(new LocalSetting("a.b", "x"))),
        Arguments.of("select set_config('Role', $2, false)", List.of(new SetRole("x", false))),
        Arguments.of("select set_config('work_mem', $2, $4)", List.of()));
  }

  @ParameterizedTest
  @MethodSource("bound")
  void isWhatTheValuesMakeOfIt(String sql, List<SessionEffect> expected) {
    Facts facts = Sql.facts(sql);
    assertThat(facts.reason()).isEqualTo(Reason.SESSION_STATE);
    assertThat(facts.dependsOnValues()).isTrue();
    assertThat(SetConfig.bound(facts, BOUND).effects()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select set_config($1, $2, false)",
        "select set_config('a.' || 'b', 'x', false)",
        "select set_config(lower('A.B'), 'x', false)",
        "select set_config(format('%s', 'a.b'), 'x', false)",
        "select set_config(n, 'x', false) from (values ('a.b')) v (n)",
        "select set_config(u&'a.b', 'x', false)",
        "select set_config(('a.b'), 'x', false)",
        "select set_config('a.b'::name, 'x', false)",
        "select set_config(cast('a.b' as text), 'x', false)",
        "insert into t select set_config(n, 'x', false) from m"
      })
  void pinsWhereTheParameterCannotBeTold(String sql) {
    assertThat(Sql.facts(sql).effects())
        .anySatisfy(
            effect -> {
              assertThat(effect.pins()).isTrue();
              assertThat(effect.reason()).isEqualTo("unknown effect: set_config");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select set_config('a.b', $1, false)",
        "select set_config(e'a.b', 'x', false)",
        "select set_config($$a.b$$, 'x', false)",
        "select set_config('a.b', lower('X'), false)",
        "select set_config('role', 'x', false) from t"
      })
  void isAskedForWhereTheParameterIsKnown(String sql) {
    assertThat(Sql.facts(sql).pins()).isFalse();
    assertThat(Sql.facts(sql).effects()).isNotEmpty();
  }
}
