package io.howdah.route.classify;

import io.howdah.route.fact.SessionEffect;
import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.util.List;

/** What a call of set_config sets, as far as its arguments are constants. */
public sealed interface SetConfig {
  /**
   * It ends with the transaction, whatever it sets.
   *
   * @param name the parameter, folded; null when that can't be told
   * @param value null when that can't be told
   */
  record Local(String name, String value) implements SetConfig {}

  /** All three are constants. */
  record Constant(SessionEffect effect) implements SetConfig {}

  /**
   * Can't be told from the text.
   *
   * @param name the parameter, folded; null when that can't be told either
   */
  record Expression(String name) implements SetConfig {}

  /** Bounds the cost of calls within calls. */
  int MAX_TOKENS = 64;

  /** Reads on after the opening parenthesis; {@code s} is the caller's to lose. */
  static SetConfig read(Scanner s) {
    String[] constants = new String[3];
    int argument = 0;
    int depth = 0;
    int tokens = 0;
    for (int looked = 0; ; looked++) {
      Token t = s.next();
      if (looked == MAX_TOKENS) {
        return new Expression(
            argument == 0 || constants[0] == null ? null : Name.fold(constants[0]));
      }
      if (t == Token.END || t == Token.ERROR || (t == Token.CLOSE && depth == 0)) {
        break;
      }
      if (t == Token.COMMA && depth == 0) {
        argument++;
        tokens = 0;
        continue;
      }
      if (t == Token.OPEN || t == Token.OPEN_BRACKET) {
        depth++;
      } else if (t == Token.CLOSE || t == Token.CLOSE_BRACKET) {
        depth--;
      }
      if (argument > 2) {
        return new Expression(null);
      }
      tokens++;
      if (tokens == 1) {
        constants[argument] = constant(s);
      } else if (!isCast(s, tokens)) {
        constants[argument] = null;
      }
    }
    return argument == 2 ? of(constants[0], constants[1], constants[2]) : new Expression(null);
  }

  /** Whether this is within the cast of a constant to text, as in a body that was parsed. */
  private static boolean isCast(Scanner s, int tokens) {
    return switch (tokens) {
      case 2 -> s.token() == Token.TYPECAST;
      case 3 -> s.token() == Token.NAME && s.nameText().equals("text");
      default -> false;
    };
  }

  private static SetConfig of(String name, String value, String local) {
    if ("true".equals(local)) {
      return new Local(name == null ? null : Name.fold(name), value);
    }
    if (name == null || value == null || !"false".equals(local)) {
      return new Expression(name == null ? null : Name.fold(name));
    }
    String folded = Name.fold(name);
    if (Settings.isOfTransaction(folded)) {
      return new Local(folded, value);
    }
    return switch (folded) {
      case "role", "session_authorization", "seed" ->
          new Constant(Settings.effect(folded, List.of(value), false));
      default -> new Constant(new SessionEffect.SetParameterText(folded, value));
    };
  }

  private static String constant(Scanner s) {
    if (s.token() == Token.STRING) {
      return s.string();
    }
    return s.word() == Word.TRUE ? "true" : s.word() == Word.FALSE ? "false" : null;
  }
}
