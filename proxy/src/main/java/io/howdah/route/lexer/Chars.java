package io.howdah.route.lexer;

/** The character classes of PostgreSQL's lexer, for single bytes. */
final class Chars {
  static final int SPACE = 1;
  static final int NAME_START = 2;
  static final int NAME_PART = 4;
  static final int DIGIT = 8;
  static final int OPERATOR = 16;
  static final int TAG_PART = 32;
  static final int HEX = 64;

  /** Of {@link #OPERATOR}, those in no operator of standard SQL. */
  static final int ABOVE_SQL = 128;

  private static final byte[] CLASSES = new byte[256];

  static {
    mark(" \t\n\r\f\u000b", SPACE);
    mark("0123456789", DIGIT | NAME_PART | TAG_PART | HEX);
    mark("abcdefABCDEF", HEX);
    mark("~!@#^&|`?%", OPERATOR | ABOVE_SQL);
    mark("+-*/<>=", OPERATOR);
    mark("_", NAME_START | NAME_PART | TAG_PART);
    mark("$", NAME_PART);
    for (int c = 'a'; c <= 'z'; c++) {
      CLASSES[c] |= NAME_START | NAME_PART | TAG_PART;
      CLASSES[c - 'a' + 'A'] |= NAME_START | NAME_PART | TAG_PART;
    }
    for (int c = 0x80; c < 0x100; c++) {
      CLASSES[c] |= NAME_START | NAME_PART | TAG_PART;
    }
  }

  private Chars() {}

  private static void mark(String chars, int classes) {
    for (int i = 0; i < chars.length(); i++) {
      CLASSES[chars.charAt(i)] |= (byte) classes;
    }
  }

  /** Whether the byte is of any of these classes. */
  static boolean is(byte b, int classes) {
    return (CLASSES[b & 0xff] & classes) != 0;
  }
}
