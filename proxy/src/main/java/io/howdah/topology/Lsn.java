package io.howdah.topology;

import java.util.Locale;

/**
 * A position in the write-ahead log, PostgreSQL's {@code pg_lsn}: bytes since the beginning,
 * unsigned.
 *
 * @param value the 64 bits, compared unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {
  /** The position 0/0, which PostgreSQL uses for "none". */
  public static final Lsn NONE = new Lsn(0);

  /**
   * Reads PostgreSQL's text form, such as {@code 16/B374D848}.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Lsn parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1 || slash > 8 || text.length() - slash - 1 < 1 || text.length() - slash - 1 > 8) {
      throw new IllegalArgumentException("not an LSN: " + text);
    }
    long high = Long.parseLong(text, 0, slash, 16);
    long low = Long.parseLong(text, slash + 1, text.length(), 16);
    return new Lsn(high << 32 | low);
  }

  /** Bytes from {@code earlier} to this position; 0 when this position is not past it. */
  public long bytesSince(Lsn earlier) {
    return compareTo(earlier) <= 0 ? 0 : value - earlier.value;
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  @Override
  public String toString() {
    String text = Long.toHexString(value >>> 32) + "/" + Long.toHexString(value & 0xFFFF_FFFFL);
    return text.toUpperCase(Locale.ROOT);
  }
}
