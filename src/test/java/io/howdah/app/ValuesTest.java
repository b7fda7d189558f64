package io.howdah.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0, PT0S",
    "500ms, PT0.5S",
    "30s, PT30S",
    "5m, PT5M",
    "1 h, PT1H",
    "7d, PT168H",
    "PT30S, PT30S",
    "pt1m, PT1M"
  })
  void durations(String text, Duration expected) {
    assertThat(Values.duration(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "30",
        "-5s",
        "1.5s",
        "s",
        "1w",
        "99999999999999999999s",
        "9999999999999999d",
        "36501d",
        "99999999h"
      })
  void noDurations(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Values.duration(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1024, 1024",
    "16MiB, 16777216",
    "16MB, 16777216",
    "16 mb, 16777216",
    "4k, 4096",
    "1GiB, 1073741824",
    "12b, 12"
  })
  void sizes(String text, long expected) {
    assertThat(Values.bytes(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "MiB", "1.5MiB", "1x", "99999999999TiB"})
  void noSizes(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Values.bytes(text));
  }

  @ParameterizedTest
  @CsvSource({
    "db, db, 5432",
    "db:1, db, 1",
    "10.0.0.1:6000, 10.0.0.1, 6000",
    "[::1], ::1, 5432",
    "[fe80::1%eth0]:7, fe80::1%eth0, 7"
  })
  void hosts(String text, String host, int port) {
    assertThat(Values.host(text)).isEqualTo(new HostPort(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":5432", "::1", "db:", "db:x", "db:1:2", "[::1", "a b", "db:99999999999"})
  void noHosts(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Values.host(text));
  }

  @Test
  void choices() {
    assertThat(Values.choice(PoolMode.class, "Session")).isEqualTo(PoolMode.SESSION);
    assertThatIllegalArgumentException().isThrownBy(() -> Values.choice(PoolMode.class, "none"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "500ms", "90s", "5m", "1h", "1500ms"})
  void durationsAreWrittenAsTheyAreRead(String text) {
    assertThat(Values.text(Values.duration(text))).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1000", "64KiB", "16MiB", "1GiB"})
  void sizesAreWrittenAsTheyAreRead(String text) {
    assertThat(Values.text(Values.bytes(text))).isEqualTo(text);
  }
}
