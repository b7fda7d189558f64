package io.howdah.route.classify;

import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.util.Set;

/** The parenthesised options of EXPLAIN. */
final class ExplainOptions {
  /** What PostgreSQL takes for false in a boolean option. */
  private static final Set<String> FALSE = Set.of("false", "off", "0");

  private ExplainOptions() {}

  /**
   * Whether ANALYZE is on. From the opening parenthesis (current) to the token after the closing
   * one. Of several the last counts.
   */
  static boolean analyze(Scanner s) {
    boolean analyze = false;
    boolean atName = true;
    boolean inAnalyze = false;
    while (!StatementEnd.isAt(s) && s.next() != Token.CLOSE) {
      if (s.token() == Token.COMMA) {
        atName = true;
        inAnalyze = false;
      } else if (atName) {
        atName = false;
        inAnalyze = isAnalyze(s);
        if (inAnalyze) {
          analyze = true;
        }
      } else if (inAnalyze) {
        String value = SettingValue.value(s);
        analyze = value == null || !FALSE.contains(Name.fold(value));
      }
    }
    s.next();
    return analyze;
  }

  private static boolean isAnalyze(Scanner s) {
    return s.word() == Word.ANALYZE
        || s.word() == Word.ANALYSE
        || (s.token() == Token.QUOTED_NAME && s.nameText().equals("analyze"));
  }
}
