package io.howdah.route.lexer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An identifier inside a statement's bytes, without a copy: unquoted ones stand for their
 * lower-case form, quoted ones for exactly what they say. Mutable and reused: valid only during the
 * call that it is given to.
 */
public final class Name {
  private byte[] bytes = {};
  private int start;
  private int end;
  private int hash;
  private boolean quoted;

  public Name() {}

  void set(byte[] newBytes, int newStart, int newEnd, int newHash, boolean newQuoted) {
    bytes = newBytes;
    start = newStart;
    end = newEnd;
    hash = newHash;
    quoted = newQuoted;
  }

  /** Sets it to a quoted name, of which these bytes are the token. */
  void setQuoted(byte[] sql, int tokenStart, int tokenEnd) {
    // U&"…" keeps its quotes and so equals no name that anybody looks up: unknown, hence the
    // primary.
    boolean plain = sql[tokenStart] == '"';
    int from = plain ? tokenStart + 1 : tokenStart;
    int to = plain ? tokenEnd - 1 : tokenEnd;
    byte[] unquoted = sql;
    for (int i = from; plain && i < to; i++) {
      if (sql[i] == '"') {
        unquoted = Literals.undouble(sql, from, to, (byte) '"');
        from = 0;
        to = unquoted.length;
        break;
      }
    }
    set(unquoted, from, to, hash(unquoted, from, to), true);
  }

  public void set(Name other) {
    set(other.bytes, other.start, other.end, other.hash, other.quoted);
  }

  /** A hash of the bytes that does not depend on the case of ASCII letters. */
  public int hash() {
    return hash;
  }

  /** Whether this name is {@code text}: any case where it was not quoted, exact where it was. */
  public boolean is(byte[] text) {
    return quoted ? equalsExactly(text) : equalsFolded(bytes, start, end, text);
  }

  /** Whether this name begins with {@code text}, compared as in {@link #is}. */
  public boolean startsWith(byte[] text) {
    return end - start >= text.length
        && (quoted
            ? Arrays.equals(bytes, start, start + text.length, text, 0, text.length)
            : equalsFolded(bytes, start, start + text.length, text));
  }

  private boolean equalsExactly(byte[] text) {
    return Arrays.equals(bytes, start, end, text, 0, text.length);
  }

  /** The name as the server knows it, for messages and for lookups off the hot path. */
  @Override
  public String toString() {
    String s = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    return quoted ? s : fold(s);
  }

  /** Lower-cases ASCII letters only, as PostgreSQL does in multibyte encodings. */
  public static String fold(String s) {
    char[] chars = s.toCharArray();
    for (int i = 0; i < chars.length; i++) {
      if (chars[i] >= 'A' && chars[i] <= 'Z') {
        chars[i] = (char) (chars[i] + ('a' - 'A'));
      }
    }
    return new String(chars);
  }

  /**
   * An identifier as SHOW tells it: in quotes only if it would not be read as itself without them.
   */
  public static String quotedIfNeeded(String name) {
    boolean plain = !name.isEmpty() && !isDigit(name.charAt(0));
    for (int i = 0; i < name.length() && plain; i++) {
      char c = name.charAt(i);
      plain = c >= 'a' && c <= 'z' || c == '_' || isDigit(c);
    }
    if (plain) {
      Keywords.Category category = Keywords.category(name);
      plain = category == null || category == Keywords.Category.UNRESERVED;
    }
    return plain ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** The hash that {@link #hash()} gives, for tables that are looked up with a name. */
  public static int hash(byte[] bytes, int start, int end) {
    int h = 0;
    for (int i = start; i < end; i++) {
      h = hash(h, bytes[i]);
    }
    return h;
  }

  /**
   * One step of {@link #hash(byte[], int, int)}. Setting the bit 0x20 folds letters and spares a
   * branch; that it also folds some other bytes costs only a comparison.
   */
  static int hash(int h, byte b) {
    return 31 * h + (b | 0x20);
  }

  /** Whether the bytes are {@code lower} but for the case of ASCII letters. */
  static boolean equalsFolded(byte[] bytes, int start, int end, byte[] lower) {
    if (end - start != lower.length) {
      return false;
    }
    for (int i = 0; i < lower.length; i++) {
      int b = bytes[start + i];
      if (b >= 'A' && b <= 'Z') {
        b += 'a' - 'A';
      }
      if (b != lower[i]) {
        return false;
      }
    }
    return true;
  }
}
