package io.howdah.backend.settings;

import java.nio.charset.StandardCharsets;

/**
 * Names and values in SQL of Howdah's own, in a form that means the same whatever {@code
 * client_encoding}, {@code standard_conforming_strings} and {@code backslash_quote} say: nothing
 * but ASCII, in E'' strings, with no backslash before a quote. All client encodings have ASCII for
 * the bytes below 0x80 where no other byte stands before them.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS-ESCAPE">PostgreSQL,
 *     section 4.1.2.2</a>
 */
public final class AsciiText {
  /** NAMEDATALEN - 1: the server cuts longer identifiers. */
  private static final int LONGEST_NAME = 63;

  private static final int HEX = 16;

  private AsciiText() {}

  /** A string constant. */
  public static String literal(String value) {
    StringBuilder sql = new StringBuilder(value.length() + 8).append(" E'");
    for (int i = 0; i < value.length(); ) {
      int point = value.codePointAt(i);
      i += Character.charCount(point);
      if (point == '\\' || point == '\'') {
        sql.append((char) point).append((char) point);
      } else if (point < 0x80) {
        sql.append((char) point);
      } else {
        sql.append(
            point < 0x10000 ? String.format("\\u%04x", point) : String.format("\\U%08x", point));
      }
    }
    return sql.append('\'').toString();
  }

  /**
   * Whether a parameter's name can stand in RESET: an identifier has no escapes that every setting
   * allows, and is cut.
   */
  public static boolean isIdentifier(String name) {
    int part = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      part = c == '.' ? 0 : part + 1;
      if (c >= 0x80 || part > LONGEST_NAME) {
        return false;
      }
    }
    return true;
  }

  /**
   * The same SQL for a server whose encoding is SQL_ASCII, which converts nothing: the characters
   * are those that clients sent in UTF-8.
   *
   * @param sql with no backslash but in its string constants
   */
  public static String inBytes(String sql) {
    if (sql.indexOf('\\') < 0) {
      return sql;
    }
    StringBuilder out = new StringBuilder(sql.length() + 16);
    for (int i = 0; i < sql.length(); i++) {
      char c = sql.charAt(i);
      char next = c == '\\' ? sql.charAt(i + 1) : ' ';
      int digits = next == 'u' ? 4 : next == 'U' ? 8 : 0;
      if (c != '\\') {
        out.append(c);
      } else if (digits == 0) {
        out.append(c).append(next);
        i++;
      } else {
        int point = Integer.parseInt(sql.substring(i + 2, i + 2 + digits), HEX);
        for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
          out.append(String.format("\\x%02x", b));
        }
        i += 1 + digits;
      }
    }
    return out.toString();
  }
}
