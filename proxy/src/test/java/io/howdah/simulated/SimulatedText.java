package io.howdah.simulated;

import java.nio.charset.StandardCharsets;

/**
 * What the texts ask for that a {@link SimulatedSession} is sent, and how they stand in messages.
 */
final class SimulatedText {
  /** What a probe of Howdah's is told: a primary. */
  static final String[] PRIMARY = {"f", "0/5000060", "00000001", null, null, "1", "73"};

  private SimulatedText() {}

  static int columns(String sql) {
    return sql.contains("pg_is_in_recovery") ? PRIMARY.length : isInspection(sql) ? 3 : 1;
  }

  /** Howdah asks what the session holds. */
  static boolean isInspection(String sql) {
    return sql.contains("pg_catalog.pg_settings");
  }

  static boolean returnsRows(String sql) {
    return sql.startsWith("SELECT");
  }

  static int number(String sql) {
    String word = sql.split(" ")[1];
    return Character.isDigit(word.charAt(0)) ? Integer.parseInt(word) : 1;
  }

  static String text(byte[] body, int from) {
    int end = from;
    while (body[end] != 0) {
      end++;
    }
    return new String(body, from, end - from, StandardCharsets.UTF_8);
  }

  static int after(byte[] body, int from) {
    int end = from;
    while (body[end] != 0) {
      end++;
    }
    return end + 1;
  }
}
