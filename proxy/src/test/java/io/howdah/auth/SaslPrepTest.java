package io.howdah.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SaslPrepTest {
  /** The examples of RFC 4013, section 3, and what PostgreSQL's choices add. */
  @ParameterizedTest(name = "{2}")
  @CsvSource({
    "I\\u00ADX, IX, soft hyphen is mapped to nothing",
    "user, user, ASCII is unchanged",
    "USER, USER, case is kept",
    "\\u00AA, a, NFKC",
    "\\u2168, IX, NFKC of a Roman numeral",
    "a\\u00A0b, a b, no-break space is a space",
    "a\\u200Bb, a b, zero width space is a space before it is nothing",
    "a\\u0007b, a\\u0007b, PostgreSQL lets ASCII control characters pass",
    "\\u0627\\u0031\\u0628, \\u0627\\u0031\\u0628, right to left with a digit within",
    "p\\u00E4ss, p\\u00E4ss, precomposed stays",
    "pa\\u0308ss, p\\u00E4ss, decomposed is composed",
  })
  void prepares(String in, String out, String why) {
    assertThat(SaslPrep.prepare(unescape(in))).as(why).hasValue(unescape(out));
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({
    "\\u0627\\u0031, right to left that ends with a digit",
    "a\\u0627, left to right with right to left",
    "\\u0627a\\u0628, right to left around left to right",
    "\\u00E4\\u0007, a control character beside non-ASCII",
    "\\u00AD, nothing is left",
    "\\uE000, private use",
    "\\u0221, unassigned in Unicode 3.2",
    "\\uD83D\\uDE00, an emoji that Unicode 3.2 did not have",
    "\\u2028, line separator",
    "\\uFFFD, replacement character",
  })
  void prohibitedIsUsedRaw(String in, String why) {
    String password = unescape(in);
    assertThat(SaslPrep.prepare(password)).as(why).isEmpty();
    assertThat(SaslPrep.passwordBytes(password))
        .isEqualTo(password.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void tablesHaveTheirEdges() {
    assertThat(StringPrepTables.UNASSIGNED.contains(0x220)).isFalse();
    assertThat(StringPrepTables.UNASSIGNED.contains(0x221)).isTrue();
    assertThat(StringPrepTables.UNASSIGNED.contains(0x233)).isFalse();
    assertThat(StringPrepTables.UNASSIGNED.contains(0x234)).isTrue();
    assertThat(StringPrepTables.SPACES.contains(0x9F)).isFalse();
    assertThat(StringPrepTables.PROHIBITED.contains(0)).isTrue();
    assertThat(StringPrepTables.PROHIBITED.contains(0x10FFFF)).isTrue();
    assertThat(StringPrepTables.LEFT_TO_RIGHT.contains('A')).isTrue();
    assertThat(StringPrepTables.LEFT_TO_RIGHT.contains('@')).isFalse();
    assertThat(StringPrepTables.RIGHT_TO_LEFT.contains(0x5BE)).isTrue();
    assertThat(StringPrepTables.RIGHT_TO_LEFT.contains(0x5BF)).isFalse();
  }

  private static String unescape(String text) {
    return java.util.regex.Pattern.compile("\\\\u([0-9A-F]{4})")
        .matcher(text)
        .replaceAll(m -> String.valueOf((char) Integer.parseInt(m.group(1), 16)));
  }
}
