package io.howdah.route.classify;

import io.howdah.route.lexer.Scanner;

/**
 * Names of objects as the server keeps them: folded or unquoted, with the escapes of {@code U&"…"}
 * resolved, and cut to 63 bytes. Off the hot path: allocates.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS-UESCAPE">PostgreSQL,
 *     section 4.1.1</a>
 */
final class Identifiers {
  /** NAMEDATALEN, less its closing zero. */
  private static final int LONGEST_BYTES = 63;

  private static final int HEX = 16;

  private Identifiers() {}

  /** The current name; null where there is none, or its escapes are none. */
  static String read(Scanner s) {
    String name =
        switch (s.token()) {
          case NAME -> s.nameText();
          case QUOTED_NAME -> {
            String text = s.nameText();
            boolean unicode = text.startsWith("U&\"") || text.startsWith("u&\"");
            yield unicode && s.text().equals(text) ? unicode(text) : text;
          }
          default -> null;
        };
    return name == null ? null : cut(name);
  }

  /** Cuts a name as the server does: to 63 bytes of UTF-8, and never within a character. */
  static String cut(String name) {
    int bytes = 0;
    int i = 0;
    while (i < name.length()) {
      int point = name.codePointAt(i);
      bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
      if (bytes > LONGEST_BYTES) {
        return name.substring(0, i);
      }
      i += Character.charCount(point);
    }
    return name;
  }

  private static String unicode(String text) {
    int open = 2;
    int close = open + 1;
    while (text.charAt(close) != '"'
        || close + 1 < text.length() && text.charAt(close + 1) == '"') {
      close += text.charAt(close) == '"' ? 2 : 1;
    }
    char escape = '\\';
    int quoted = text.indexOf('\'', close + 1);
    if (quoted > 0) {
      escape = text.charAt(quoted + 1);
    }
    return resolve(text.substring(open + 1, close).replace("\"\"", "\""), escape);
  }

  private static String resolve(String text, char escape) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c != escape) {
        out.append(c);
        i++;
      } else if (i + 1 < text.length() && text.charAt(i + 1) == escape) {
        out.append(escape);
        i += 2;
      } else {
        boolean six = i + 1 < text.length() && text.charAt(i + 1) == '+';
        int from = i + (six ? 2 : 1);
        int to = from + (six ? 6 : 4);
        int point = to <= text.length() ? hex(text.substring(from, to)) : -1;
        if (point < 0 || point > Character.MAX_CODE_POINT) {
          return null;
        }
        // Two escapes of a surrogate each make one character here as there.
        out.append(six ? Character.toString(point) : String.valueOf((char) point));
        i = to;
      }
    }
    return out.toString();
  }

  private static int hex(String digits) {
    int value = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), HEX);
      if (digit < 0) {
        return -1;
      }
      value = value * HEX + digit;
    }
    return value;
  }
}
