package io.howdah.admin;

import io.howdah.error.PgError;
import io.howdah.error.PgError.ConsoleError;
import io.howdah.error.Sqlstate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A console command cut into words. Words are separated by white space; {@code "…"} and {@code '…'}
 * keep a name as it is, with the quote doubled inside; {@code --} begins a comment; one semicolon
 * may end the command.
 */
record Words(List<String> list) {

  /**
   * Cuts a query string.
   *
   * @throws Refused when it holds more than one command or a quote without its end
   */
  static Words of(String sql) {
    List<String> words = new ArrayList<>();
    boolean ended = false;
    int i = 0;
    while (i < sql.length()) {
      char c = sql.charAt(i);
      if (Character.isWhitespace(c)) {
        i++;
      } else if (c == ';') {
        ended = !words.isEmpty();
        i++;
      } else if (sql.startsWith("--", i)) {
        int end = sql.indexOf('\n', i);
        i = end < 0 ? sql.length() : end;
      } else if (ended) {
        throw new Refused(error("the console takes one command at a time", null));
      } else {
        int end = c == '"' || c == '\'' ? quoteEnd(sql, i) : wordEnd(sql, i);
        words.add(word(sql.substring(i, end)));
        i = end;
      }
    }
    return new Words(words);
  }

  private static int wordEnd(String sql, int from) {
    int i = from;
    while (i < sql.length() && !Character.isWhitespace(sql.charAt(i)) && sql.charAt(i) != ';') {
      i++;
    }
    return i;
  }

  private static int quoteEnd(String sql, int from) {
    char quote = sql.charAt(from);
    int i = from + 1;
    while (i < sql.length()) {
      if (sql.charAt(i) != quote) {
        i++;
      } else if (i + 1 < sql.length() && sql.charAt(i + 1) == quote) {
        i += 2;
      } else {
        return i + 1;
      }
    }
    throw new Refused(error("unterminated quoted name", null));
  }

  private static String word(String text) {
    char c = text.charAt(0);
    if (c != '"' && c != '\'') {
      return text;
    }
    String quote = String.valueOf(c);
    return text.substring(1, text.length() - 1).replace(quote + quote, quote);
  }

  boolean isEmpty() {
    return list.isEmpty();
  }

  int size() {
    return list.size();
  }

  /** The n-th word as written. */
  String get(int n) {
    return list.get(n);
  }

  /** The n-th word as a keyword, empty when there is none. */
  String keyword(int n) {
    return n < list.size() ? list.get(n).toUpperCase(Locale.ROOT) : "";
  }

  static PgError error(String message, String hint) {
    return new ConsoleError(Sqlstate.SYNTAX_ERROR, message, hint);
  }
}
