package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a statement sets, in a form that has to be understood to be said again: on another server
 * connection the session has the very value that PostgreSQL has made of it.
 */
class SettingValuesTest {
  private static final String LONG = "l".repeat(70);
  private static final String LONG_WIDE = "ü".repeat(40);

  /** What a session has that said this, on a connection that another has used meanwhile. */
  private static String elsewhere(Howdah howdah, String statement, String shown)
      throws IOException {
    try (Wire one = howdah.wire();
        Wire other = howdah.wire()) {
      one.query(statement);
      other.query("SET timezone = 'Asia/Tokyo'");
      other.query("SELECT set_config('my.f', 'another', false)");
      return one.value(shown);
    }
  }

  private static String direct(String statement, String shown) throws IOException {
    try (Wire one = Wire.login(Servers.shared().primary(), Map.of())) {
      one.query(statement);
      return one.value(shown);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          SET TIME ZONE INTERVAL '-7' HOUR                | SHOW timezone
          SET TIME ZONE INTERVAL '-7' HOUR TO MINUTE      | SHOW timezone
          SET TIME ZONE INTERVAL '90' MINUTE              | SHOW timezone
          SET TIME ZONE INTERVAL '-07:30' HOUR TO MINUTE  | SHOW timezone
          SET TIME ZONE INTERVAL '-07:30'                 | SHOW timezone
          SET TIME ZONE -7.5                              | SHOW timezone
          SET my.f = 007                                  | SHOW my.f
          SET my.f = -007                                 | SHOW my.f
          SET my.f = 007.50                               | SHOW my.f
          SET my.f = 0x1F                                 | SHOW my.f
          SET my.f = 0x1FFFFFFFFF                         | SHOW my.f
          SET my.f = 1_000_000_000_000                    | SHOW my.f
          SET my.f = 2147483648                           | SHOW my.f
          SET U&"my".U&"\\0066" = U&"gr\\00fc\\00df"      | SHOW my.f
          """)
  void aValueIsTheSameElsewhere(String statement, String shown) throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start()) {
      assertThat(elsewhere(howdah, statement, shown)).isEqualTo(direct(statement, shown));
    }
  }

  @Test
  void longNamesAreCutAsTheServerCutsThem() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start()) {
      for (String name : List.of(LONG, LONG_WIDE)) {
        String statement = "SET my." + name + " = " + name;
        String shown = "SHOW my." + name;
        assertThat(elsewhere(howdah, statement, shown)).isEqualTo(direct(statement, shown));
        assertThat(elsewhere(howdah, statement + "; RESET my." + name, shown)).isEmpty();
      }
    }
  }

  @Test
  void aSavepointIsFoundByALongerName() throws IOException {
    String cut = "s".repeat(63);
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start()) {
      String statement =
          "SET my.f = 'before'; BEGIN; SAVEPOINT "
              + cut
              + "; SET my.f = 'within'; ROLLBACK TO "
              + cut
              + "tail; COMMIT";
      assertThat(elsewhere(howdah, statement, "SHOW my.f")).isEqualTo("before");
    }
  }

  @Test
  void tempBuffersCanBeSetWhateverOthersHaveDone() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start()) {
      useTemporaries(howdah);
      try (Wire one = howdah.wire()) {
        one.query("SET temp_buffers = '32MB'");
        assertThat(one.value("SHOW temp_buffers")).isEqualTo("32MB");
        useTemporaries(howdah);
        // Brought to a connection whose own can't be changed.
        assertThat(one.value("SHOW temp_buffers")).isEqualTo("32MB");
        one.query("CREATE TEMP TABLE mine (i int); INSERT INTO mine VALUES (1); DROP TABLE mine");
        try (Wire other = howdah.wire()) {
          assertThat(other.value("SHOW temp_buffers")).isEqualTo("8MB");
        }
      }
      useTemporaries(howdah);
      try (Wire begun = Wire.login(howdah.address(), Map.of("options", "-c temp_buffers=16MB"))) {
        assertThat(begun.value("SHOW temp_buffers")).isEqualTo("16MB");
      }
    }
  }

  private static void useTemporaries(Howdah howdah) throws IOException {
    try (Wire other = howdah.wire()) {
      other.query(
          "CREATE TEMP TABLE short (i int); INSERT INTO short VALUES (1); DROP TABLE short");
      other.query("BEGIN; CREATE TEMP TABLE drops (i int) ON COMMIT DROP; COMMIT");
      assertThat(other.value("SHOW temp_buffers")).isEqualTo("8MB");
    }
  }
}
