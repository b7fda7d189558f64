package io.howdah.route.classify;

import io.howdah.route.fact.Reason;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;

/** Where a statement ends, of those that one string may hold. */
final class StatementEnd {
  private StatementEnd() {}

  /** Whether the current token ends it. */
  static boolean isAt(Scanner s) {
    return s.token() == Token.END || s.token() == Token.SEMICOLON || s.token() == Token.ERROR;
  }

  /** To the statement's end. */
  static void skipTo(Scanner s) {
    while (!isAt(s)) {
      s.next();
    }
  }

  /** What follows a whole statement makes it one that the server refuses. */
  static void check(Scanner s, Finding f) {
    if (!isAt(s)) {
      f.raise(Reason.UNKNOWN_STATEMENT, "more than one statement holds");
      skipTo(s);
    }
    if (s.token() == Token.ERROR) {
      f.raise(Reason.UNTERMINATED, null);
    }
  }
}
