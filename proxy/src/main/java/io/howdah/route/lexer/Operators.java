package io.howdah.route.lexer;

/**
 * Where an operator ends.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-syntax-lexical.html">PostgreSQL, section
 *     4.1.3</a>
 */
final class Operators {
  private Operators() {}

  /**
   * The end of the operator that begins at {@code start}: as far as there are operator characters
   * and no comment begins among them. A sign at the end belongs to it only if one of the characters
   * before is in no operator of standard SQL; so it does not in {@code x=-1}.
   */
  static int end(byte[] sql, int start, int limit) {
    int end = start + 1;
    boolean aboveSql = Chars.is(sql[start], Chars.ABOVE_SQL);
    while (end < limit
        && Chars.is(sql[end], Chars.OPERATOR)
        && !Strings.commentAt(sql, end, limit)) {
      aboveSql |= Chars.is(sql[end], Chars.ABOVE_SQL);
      end++;
    }
    while (!aboveSql && end > start + 1 && isSign(sql[end - 1])) {
      end--;
    }
    return end;
  }

  private static boolean isSign(byte b) {
    return b == '+' || b == '-';
  }
}
