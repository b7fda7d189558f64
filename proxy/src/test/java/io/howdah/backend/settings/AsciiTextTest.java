package io.howdah.backend.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsciiTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          plain    | E'plain'
          ``       | E''
          o'b\\c   | E'o''b\\\\c'
          José     | E'Jos\\u00e9'
          表\\'    | E'\\u8868\\\\'''
          \uD83D\uDC18 | E'\\U0001f418'
          \\u0041  | E'\\\\u0041'
          """)
  void isAsciiAndHasNoBackslashBeforeAQuote(String value, String literal) {
    assertThat(AsciiText.literal(value)).isEqualTo(" " + literal);
  }

  @ParameterizedTest
  @CsvSource({"work_mem, true", "my.own, true", "my.größe, false", "'a\"b', true"})
  void onlyAsciiStandsInReset(String name, boolean stands) {
    assertThat(AsciiText.isIdentifier(name)).isEqualTo(stands);
  }

  @Test
  void nothingThatWouldBeCutStandsInReset() {
    String most = "a".repeat(63);
    assertThat(AsciiText.isIdentifier(most + '.' + most)).isTrue();
    assertThat(AsciiText.isIdentifier("my." + most + 'a')).isFalse();
    assertThat(SessionSettings.NONE.sqlFrom(SessionSettings.NONE.with("größe", "1")))
        .isEqualTo("SELECT pg_catalog.set_config( E'gr\\u00f6\\u00dfe',NULL,false) IS NULL;");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT 1                   | SELECT 1
          SELECT E'Jos\\u00e9''x'    | SELECT E'Jos\\xc3\\xa9''x'
          SELECT E'\\U0001f418'      | SELECT E'\\xf0\\x9f\\x90\\x98'
          SELECT E'a\\\\u00e9'       | SELECT E'a\\\\u00e9'
          """)
  void isInBytesWhereTheServerConvertsNothing(String sql, String bytes) {
    assertThat(AsciiText.inBytes(sql)).isEqualTo(bytes);
  }
}
