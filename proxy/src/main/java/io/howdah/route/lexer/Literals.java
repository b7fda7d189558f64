package io.howdah.route.lexer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The values of string constants and quoted names. Off the hot path: allocates. */
final class Literals {
  private Literals() {}

  /** The bytes with each doubled quote once. */
  static byte[] undouble(byte[] sql, int from, int to, byte quote) {
    byte[] out = new byte[to - from];
    int n = 0;
    for (int i = from; i < to; i++) {
      out[n++] = sql[i];
      if (sql[i] == quote) {
        i++;
      }
    }
    return Arrays.copyOf(out, n);
  }

  static boolean isAscii(byte[] sql, int from, int to) {
    for (int i = from; i < to; i++) {
      if (sql[i] < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The value of the string constant between these indexes, or null for one in a form that settings
   * are never written in (U&'…'), or that is not UTF-8.
   */
  static String string(byte[] sql, int start, int end, boolean standardStrings) {
    if (sql[start] == '$') {
      int tag = start + 1;
      while (sql[tag] != '$') {
        tag++;
      }
      int length = tag + 1 - start;
      return utf8(Arrays.copyOfRange(sql, start + length, end - length));
    }
    int first = sql[start] | 0x20;
    if (first == 'u') {
      return null;
    }
    boolean escapes = first == 'e' || !standardStrings;
    ByteArrayOutputStream out = new ByteArrayOutputStream(end - start);
    int p = sql[start] == '\'' ? start + 1 : start + 2;
    while (p > 0) {
      int close = Strings.closingQuote(sql, p, end, (byte) '\'', escapes);
      if (!append(out, sql, p, close, escapes)) {
        return null;
      }
      p = close + 1 < end ? Strings.continuation(sql, close + 1, end) : -1;
    }
    return utf8(out.toByteArray());
  }

  /** Whether what the string constant between these indexes quotes begins with a word, folded. */
  static boolean begins(byte[] sql, int start, int end, byte[] word) {
    byte quote = sql[start] == '$' ? (byte) '$' : (byte) '\'';
    int at = start + 1;
    if (sql[start] != '\'') {
      // E'…', or $tag$…$tag$.
      while (at < end && sql[at++] != quote) {}
    }
    while (at < end && Chars.is(sql[at], Chars.SPACE)) {
      at++;
    }
    int behind = at + word.length;
    return behind < end
        && Chars.is(sql[behind], Chars.SPACE)
        && Name.equalsFolded(sql, at, behind, word);
  }

  private static boolean append(
      ByteArrayOutputStream out, byte[] sql, int from, int to, boolean escapes) {
    for (int i = from; i < to; i++) {
      byte b = sql[i];
      if (b == '\'') {
        i++;
      } else if (b == '\\' && escapes) {
        int c = escaped(sql[++i]);
        if (c < 0) {
          return false;
        }
        b = (byte) c;
      }
      out.write(b);
    }
    return true;
  }

  /** What a backslash before the byte makes of it; -1 for numeric escapes. */
  private static int escaped(byte b) {
    return switch (b) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0b;
      case 'u', 'U', 'x', '0', '1', '2', '3', '4', '5', '6', '7' -> -1;
      default -> b & 0xff;
    };
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      // Another client encoding: the caller treats the value as unknown.
      return null;
    }
  }
}
