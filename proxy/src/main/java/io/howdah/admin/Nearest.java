package io.howdah.admin;

import java.util.Collection;

/** Finds what somebody may have meant. Thread: any. */
public final class Nearest {
  private static final int MOST_EDITS = 2;

  private Nearest() {}

  /** The name that differs from {@code word} by the fewest letters, at most two; else null. */
  static String to(String word, Collection<String> names) {
    String nearest = null;
    int fewest = MOST_EDITS + 1;
    for (String name : names) {
      int edits = edits(word, name);
      if (edits < fewest && edits < name.length()) {
        fewest = edits;
        nearest = name;
      }
    }
    return nearest;
  }

  /** Letters to insert, remove or replace: Levenshtein's distance. */
  public static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
