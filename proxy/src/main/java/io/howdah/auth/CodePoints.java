package io.howdah.auth;

import java.util.Arrays;

/** A set of code points as sorted ranges. */
final class CodePoints {
  private final int[] first;
  private final int[] last;

  private CodePoints(int[] first, int[] last) {
    this.first = first;
    this.last = last;
  }

  /**
   * Reads ranges separated by white space, each {@code gap} or {@code gap+length} in base 36: the
   * distance from the end of the range before, and how many code points follow the first.
   */
  static CodePoints unpack(String packed) {
    String[] ranges = packed.trim().split("\\s+");
    int[] first = new int[ranges.length];
    int[] last = new int[ranges.length];
    int end = 0;
    for (int i = 0; i < ranges.length; i++) {
      String range = ranges[i];
      int plus = range.indexOf('+');
      int gap = Integer.parseInt(range, 0, plus < 0 ? range.length() : plus, 36);
      int more = plus < 0 ? 0 : Integer.parseInt(range, plus + 1, range.length(), 36);
      first[i] = end + gap;
      end = first[i] + more;
      last[i] = end;
    }
    return new CodePoints(first, last);
  }

  boolean contains(int codePoint) {
    int at = Arrays.binarySearch(first, codePoint);
    return at >= 0 || (at < -1 && codePoint <= last[-at - 2]);
  }
}
