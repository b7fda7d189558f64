package io.howdah.route.lexer;

import io.howdah.route.fact.Facts;
import java.nio.charset.StandardCharsets;

/**
 * Where a comment asks a statement to go: {@code /* howdah: primary *}{@code /} or {@code --
 * howdah: replica}, in any case and with any blanks, before the first token or right after it. Of
 * two that disagree, {@link #PRIMARY} counts. What a hint may overrule, {@link Facts#target()}
 * says.
 */
public enum Hint {
  /** No comment asked. */
  NONE,
  /** The primary, whatever the statement is. */
  PRIMARY,
  /** A replica, unless the statement is certain to fail there. */
  REPLICA;

  private static final byte[] NAME = "howdah".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PRIMARY_WORD = "primary".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] REPLICA_WORD = "replica".getBytes(StandardCharsets.US_ASCII);

  Hint and(Hint other) {
    return this == PRIMARY || other == PRIMARY ? PRIMARY : this == NONE ? other : this;
  }

  /** What the comment between these indexes asks for; it must say nothing else. */
  static Hint in(byte[] sql, int start, int end) {
    int to = sql[start] == '/' ? end - 2 : end;
    int p = blanks(sql, start + 2, to);
    if (p + NAME.length >= to || !Name.equalsFolded(sql, p, p + NAME.length, NAME)) {
      return NONE;
    }
    p = blanks(sql, p + NAME.length, to);
    if (p >= to || sql[p] != ':') {
      return NONE;
    }
    p = blanks(sql, p + 1, to);
    int word = p;
    while (p < to && !Chars.is(sql[p], Chars.SPACE)) {
      p++;
    }
    if (blanks(sql, p, to) != to) {
      return NONE;
    }
    return Name.equalsFolded(sql, word, p, PRIMARY_WORD)
        ? PRIMARY
        : Name.equalsFolded(sql, word, p, REPLICA_WORD) ? REPLICA : NONE;
  }

  private static int blanks(byte[] sql, int from, int to) {
    int p = from;
    while (p < to && Chars.is(sql[p], Chars.SPACE)) {
      p++;
    }
    return p;
  }
}
