package io.howdah.route.lexer;

/** Where quotes and comments end, by the rules of PostgreSQL's lexer. */
final class Strings {
  private Strings() {}

  /**
   * The index of the quote that closes, or -1. Doubled quotes do not close.
   *
   * @param from the first byte after the opening quote
   * @param escapes whether a backslash takes the next byte with it
   */
  static int closingQuote(byte[] sql, int from, int limit, byte quote, boolean escapes) {
    int p = from;
    while (p < limit) {
      byte b = sql[p];
      if (b == quote) {
        if (p + 1 >= limit || sql[p + 1] != quote) {
          return p;
        }
        p += 2;
      } else if (b == 0) {
        return -1;
      } else {
        p += escapes && b == '\\' ? 2 : 1;
      }
    }
    return -1;
  }

  /**
   * After a closed string: where its continuation on a later line begins (after the quote), or -1.
   * Only white space with a newline, and {@code --} comments, may stand between.
   */
  static int continuation(byte[] sql, int from, int limit) {
    boolean newline = false;
    int p = from;
    while (p < limit) {
      byte b = sql[p];
      if (b == '\n' || b == '\r') {
        newline = true;
        p++;
      } else if (Chars.is(b, Chars.SPACE)) {
        p++;
      } else if (b == '-' && p + 1 < limit && sql[p + 1] == '-') {
        p = lineEnd(sql, p, limit);
      } else {
        return b == '\'' && newline ? p + 1 : -1;
      }
    }
    return -1;
  }

  /** Where the dollar-quoted string that begins at {@code from} ends, or -1 when it is none. */
  static int dollarQuoteEnd(byte[] sql, int from, int limit) {
    int p = from + 1;
    if (p < limit && Chars.is(sql[p], Chars.NAME_START)) {
      while (p < limit && Chars.is(sql[p], Chars.TAG_PART)) {
        p++;
      }
    }
    if (p >= limit || sql[p] != '$') {
      return -1;
    }
    int length = p + 1 - from;
    for (int i = p + 1; i <= limit - length; i++) {
      if (sql[i] == 0) {
        return -1;
      }
      if (sql[i] == '$' && sameBytes(sql, from, i, length)) {
        return i + length;
      }
    }
    return -1;
  }

  private static boolean sameBytes(byte[] sql, int a, int b, int length) {
    for (int i = 1; i < length; i++) {
      if (sql[a + i] != sql[b + i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether a comment begins here. */
  static boolean commentAt(byte[] sql, int p, int limit) {
    if (p + 1 >= limit) {
      return false;
    }
    byte b = sql[p];
    return (b == '-' && sql[p + 1] == '-') || (b == '/' && sql[p + 1] == '*');
  }

  /** Where the comment that begins at {@code from} ends; -1 when it does not. */
  static int commentEnd(byte[] sql, int from, int limit) {
    if (sql[from] == '-') {
      return lineEnd(sql, from, limit);
    }
    int depth = 1;
    int p = from + 2;
    while (p + 1 < limit && sql[p] != 0) {
      if (sql[p] == '*' && sql[p + 1] == '/') {
        p += 2;
        if (--depth == 0) {
          return p;
        }
      } else if (sql[p] == '/' && sql[p + 1] == '*') {
        depth++;
        p += 2;
      } else {
        p++;
      }
    }
    return -1;
  }

  private static int lineEnd(byte[] sql, int from, int limit) {
    int p = from;
    while (p < limit && sql[p] != '\n' && sql[p] != '\r' && sql[p] != 0) {
      p++;
    }
    return p;
  }
}
