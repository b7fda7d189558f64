package io.howdah.frontend.prepared;

import java.util.Locale;
import java.util.Set;

/**
 * Which client encodings keep bytes below 0x80 for ASCII, so that SQL can be scanned byte by byte.
 *
 * @see <a href="https://www.postgresql.org/docs/18/multibyte.html">PostgreSQL, section 23.3:
 *     client-only encodings</a>
 */
final class Encodings {
  private static final Set<String> UNSAFE =
      Set.of(
          "BIG5",
          "GB18030",
          "GBK",
          "JOHAB",
          "SJIS",
          "SHIFT_JIS_2004",
          "SHIFTJIS",
          "UHC",
          "MSKANJI",
          "WIN932",
          "WIN936",
          "WIN949",
          "WIN950",
          "WINDOWS932",
          "WINDOWS936",
          "WINDOWS949",
          "WINDOWS950");

  private Encodings() {}

  static boolean isAsciiSafe(String name) {
    return !UNSAFE.contains(name.toUpperCase(Locale.ROOT).replace("-", ""));
  }
}
