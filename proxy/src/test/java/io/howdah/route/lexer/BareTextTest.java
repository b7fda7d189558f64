package io.howdah.route.lexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BareTextTest {
  private static String bare(String sql) {
    return BareText.of(sql.getBytes(StandardCharsets.UTF_8), 60);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "SELECT f('hunter2', 17, E'a''b', $1)~SELECT f(?, ?, ?, $1)",
        "  SELECT  a.b\t/* hunter2 */ FROM \"My t\" -- hunter2~SELECT a.b FROM \"My t\"",
        "DO $x$ hunter2 $x$~DO ?",
        "ALTER ROLE r PASSWORD 'hunter2'~ALTER ROLE r PASSWORD ?",
        "SET app.key = hunter2; SELECT a~SET app.key = ?; SELECT a",
        "set local app.key to hunter2, \"hunter2\"~set local app.key to ?, ?",
        "UPDATE t SET a = b WHERE c = U&'hunter2' UESCAPE '!'~UPDATE t SET a = b WHERE c = ?",
        "SELECT 'a\\' || hunter2 || '~SELECT...",
        "SELECT 1, 'hunter2~SELECT ?,...",
      })
  void hasNoValues(String sql, String expected) {
    assertThat(bare(sql)).isEqualTo(expected);
  }

  @Test
  void isCut() {
    assertThat(bare("SELECT " + "x".repeat(100)))
        .hasSize(60)
        .startsWith("SELECT x")
        .endsWith("x...");
    assertThat(bare("SELECT " + "x, ".repeat(100))).hasSizeLessThanOrEqualTo(60).endsWith("...");
  }
}
