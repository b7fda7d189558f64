package io.howdah.frontend.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.settings.SessionSettings;
import io.howdah.frontend.settings.Savepoints.Both;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Steps: {@code a=1} sets, {@code +s} is a savepoint, {@code <s} goes back, {@code -s} releases.
 */
class SavepointsTest {
  private final Savepoints savepoints = new Savepoints();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a=1                          | {a=1}
          a=1 +s b=2                   | {a=1, b=2}
          a=1 +s b=2 <s                | {a=1}
          +s a=1 <s                    | {}
          +s a=1 <s b=2 <s             | {}
          +s a=1 -s                    | {a=1}
          +s a=1 +t a=2 <t             | {a=1}
          +s a=1 +t a=2 <s             | {}
          +s a=1 +t a=2 -t <s          | {}
          +s a=1 +s a=2 <s             | {a=1}
          +s a=1 +s a=2 <s <s          | {a=1}
          +s a=1 +s a=2 -s <s          | {}
          +s a=1 +t a=2 +s a=3 <t      | {a=1}
          """)
  void settingsBehind(String steps, String settings) {
    for (String step : steps.split(" ")) {
      String name = step.substring(1);
      switch (step.charAt(0)) {
        case '+' -> assertThat(savepoints.mark(name)).isTrue();
        case '<' -> assertThat(savepoints.backTo(name)).isTrue();
        case '-' -> savepoints.release(name);
        default -> {
          SessionSettings now =
              savepoints.now() == null ? SessionSettings.NONE : savepoints.now().session();
          SessionSettings next = now.with(step.substring(0, 1), step.substring(2));
          savepoints.change(new Both(next, next));
        }
      }
    }
    SessionSettings now =
        savepoints.now() == null ? SessionSettings.NONE : savepoints.now().session();
    assertThat(now).hasToString(settings);
    savepoints.clear();
    assertThat(savepoints.isEmpty()).isTrue();
  }

  @Test
  void whatIsNotKnownIsSaid() {
    savepoints.mark("s");
    savepoints.mark("t");
    assertThat(savepoints.backTo("s")).isTrue();
    assertThat(savepoints.backTo("t")).isFalse();
    for (int i = 1; i < Savepoints.MOST; i++) {
      assertThat(savepoints.mark("more")).isTrue();
    }
    assertThat(savepoints.mark("one too many")).isFalse();
  }

  @Test
  void aChangeIsTheSessionsAndTheServers() {
    SessionSettings startup = SessionSettings.of(Map.of("a", "first"));
    SessionSettings now = startup.with("a", "second").with("b", "2");
    var reset = new io.howdah.route.fact.SessionEffect.ResetParameter("a");
    Both both = SettingChange.of(reset, new Both(now, now), startup);
    assertThat(both.session()).hasToString("{a=first, b=2}");
    assertThat(both.server()).isEqualTo(both.session());
  }
}
