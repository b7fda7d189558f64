package io.howdah.route.lexer;

/** Numeric constants, by the rules of PostgreSQL 16 and later (hexadecimal, underscores). */
public final class Numbers {
  private Numbers() {}

  /**
   * Where the number that begins at {@code from} (a digit, or a dot before one) ends; -1 when
   * something follows that PostgreSQL refuses there.
   */
  static int end(byte[] sql, int from, int limit) {
    int p = from;
    if (sql[p] == '0' && p + 1 < limit) {
      int base = sql[p + 1] | 0x20;
      if (base == 'x' || base == 'o' || base == 'b') {
        return whole(sql, radix(sql, p + 2, limit, base), limit);
      }
    }
    p = digits(sql, p, limit);
    if (p < 0) {
      return -1;
    }
    if (p < limit && sql[p] == '.' && !(p + 1 < limit && sql[p + 1] == '.')) {
      p++;
      if (p < limit && Chars.is(sql[p], Chars.DIGIT)) {
        p = digits(sql, p, limit);
      }
    }
    return whole(sql, exponent(sql, p, limit), limit);
  }

  private static int exponent(byte[] sql, int from, int limit) {
    if (from < 0 || from >= limit || (sql[from] | 0x20) != 'e') {
      return from;
    }
    int p = from + 1;
    if (p < limit && (sql[p] == '+' || sql[p] == '-')) {
      p++;
    }
    return p < limit && Chars.is(sql[p], Chars.DIGIT) ? digits(sql, p, limit) : -1;
  }

  /** Digits with single underscores between; from a dot, nothing. */
  private static int digits(byte[] sql, int from, int limit) {
    int p = from;
    while (p < limit) {
      if (Chars.is(sql[p], Chars.DIGIT)) {
        p++;
      } else if (sql[p] == '_') {
        if (p + 1 >= limit || !Chars.is(sql[p + 1], Chars.DIGIT)) {
          return -1;
        }
        p += 2;
      } else {
        return p;
      }
    }
    return p;
  }

  private static int radix(byte[] sql, int from, int limit, int base) {
    int p = from;
    boolean digit = false;
    while (p < limit && (sql[p] == '_' || inRadix(sql[p], base))) {
      if (sql[p] == '_' && (p + 1 >= limit || !inRadix(sql[p + 1], base))) {
        return -1;
      }
      digit |= sql[p] != '_';
      p++;
    }
    return digit ? p : -1;
  }

  private static boolean inRadix(byte b, int base) {
    return switch (base) {
      case 'x' -> Chars.is(b, Chars.HEX);
      case 'o' -> b >= '0' && b <= '7';
      default -> b == '0' || b == '1';
    };
  }

  /** A number may not run into a name. */
  private static int whole(byte[] sql, int end, int limit) {
    return end >= 0 && end < limit && Chars.is(sql[end], Chars.NAME_PART) ? -1 : end;
  }

  /**
   * The constant as a setting's value: whole numbers that an int4 can hold are written anew in
   * decimal, all others stay as they are.
   */
  public static String plain(String text) {
    String digits = text.replace("_", "");
    int radix =
        digits.length() < 3
            ? 10
            : switch (digits.charAt(1) | 0x20) {
              case 'x' -> 16;
              case 'o' -> 8;
              case 'b' -> 2;
              default -> 10;
            };
    String whole = radix == 10 ? digits : digits.substring(2);
    try {
      return Integer.toString(Integer.parseInt(whole, radix));
    } catch (NumberFormatException e) {
      return text;
    }
  }
}
