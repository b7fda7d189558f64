package io.howdah.route.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.route.fact.SessionEffect.SetParameter;
import io.howdah.route.function.BuiltinFunctions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingValueTest {
  private static SetParameter set(String sql) {
    return (SetParameter) Sql.facts(sql).effects().getFirst();
  }

  @ParameterizedTest
  @CsvSource({
    "007, 7",
    "-0_1, -1",
    "+007, 7",
    "007.50, 007.50",
    "0x1F, 31",
    "0x1FFFFFFFFF, 0x1FFFFFFFFF",
    "2147483648, 2147483648",
    "1_000_000_000_000, 1_000_000_000_000"
  })
  void aNumberIsWhatTheServerMakesOfIt(String number, String value) {
    assertThat(set("set a.b = " + number).value()).containsExactly(value);
  }

  @Test
  void escapesInNamesAreRead() {
    assertThat(set("set u&\"a\".\"U&b\" = u&\"\\0063\""))
        .isEqualTo(new SetParameter("a.u&b", List.of("c"), false));
  }

  @Test
  void longNamesAreCutAtACharacter() {
    String wide = "\u00e9";
    String sql = "set " + wide.repeat(40) + "." + "x".repeat(70) + " = " + "y".repeat(70);
    assertThat(set(sql))
        .isEqualTo(
            new SetParameter(
                wide.repeat(31) + "." + "x".repeat(63), List.of("y".repeat(63)), false));
  }

  @Test
  void whatIsNotAsciiIsToldOfUtf8Only() {
    byte[] text = "set a.b = '\u00e9'".getBytes(StandardCharsets.UTF_8);
    Classifier classifier = new Classifier(BuiltinFunctions.INSTANCE, 1000);
    assertThat(
            classifier
                .classify(text, 0, text.length, true, false, BuiltinFunctions.INSTANCE)
                .effects()
                .getFirst()
                .reason())
        .isEqualTo("setting changed by SET a.b");
  }
}
