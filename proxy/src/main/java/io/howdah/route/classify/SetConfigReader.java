package io.howdah.route.classify;

import static io.howdah.route.fact.SetArguments.EXPRESSION;

import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SetArguments;
import io.howdah.route.fact.SetArguments.Argument;
import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.util.List;

/** Reads the arguments of a call of set_config, and tells what they set. */
final class SetConfigReader {
  private static final Argument TRUE = new Argument("true", 0);
  private static final Argument FALSE = new Argument("false", 0);

  /**
   * A parameter with more characters, its dollar sign included, is none: there are at most 65535.
   */
  private static final int MAX_PARAMETER_CHARS = 6;

  /** Bounds the cost of calls within calls. */
  private static final int MAX_TOKENS = 64;

  /** Reads on after the opening parenthesis; {@code s} is the caller's to lose. */
  static SetConfig read(Scanner s) {
    Argument[] arguments = {EXPRESSION, EXPRESSION, EXPRESSION};
    int argument = 0;
    int depth = 0;
    int tokens = 0;
    for (int looked = 0; ; looked++) {
      Token t = s.next();
      if (looked == MAX_TOKENS) {
        return new SetConfig.Expression(
            argument == 0 ? null : folded(arguments[0].constant()), null);
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
        return new SetConfig.Expression(null, null);
      }
      tokens++;
      if (tokens == 1) {
        arguments[argument] = argument(s);
      } else if (!isCast(s, tokens)) {
        arguments[argument] = EXPRESSION;
      }
    }
    return argument == 2
        ? of(new SetArguments(arguments[0], arguments[1], arguments[2], false))
        : new SetConfig.Expression(null, null);
  }

  /** Whether this is within the cast of a constant to text, as in a body that was parsed. */
  private static boolean isCast(Scanner s, int tokens) {
    return switch (tokens) {
      case 2 -> s.token() == Token.TYPECAST;
      case 3 -> s.token() == Token.NAME && s.nameText().equals("text");
      default -> false;
    };
  }

  private static SetConfig of(SetArguments all) {
    String name = all.name().constant();
    String value = all.value().constant();
    String local = all.local().constant();
    if (all.isBound() && !"true".equals(local)) {
      return new SetConfig.Expression(folded(name), all);
    }
    return of(name, value, local);
  }

  /** A parameter's name as PostgreSQL looks it up; null stays null. */
  static String folded(String name) {
    return name == null ? null : Name.fold(name);
  }

  /** What a call with these constants sets; null for an argument that can't be told. */
  static SetConfig of(String name, String value, String local) {
    if ("true".equals(local)) {
      return new SetConfig.Local(folded(name), value);
    }
    if (name == null || value == null || !"false".equals(local)) {
      return new SetConfig.Expression(folded(name), null);
    }
    String folded = Name.fold(name);
    if (Settings.isOfTransaction(folded)) {
      return new SetConfig.Local(folded, value);
    }
    return switch (folded) {
      case "role", "session_authorization", "seed" ->
          new SetConfig.Constant(Settings.effect(folded, List.of(value), false));
      default -> new SetConfig.Constant(new SessionEffect.SetParameterText(folded, value));
    };
  }

  private static Argument argument(Scanner s) {
    if (s.token() == Token.PARAMETER && s.text().length() <= MAX_PARAMETER_CHARS) {
      return new Argument(null, Integer.parseInt(s.text().substring(1)));
    }
    if (s.token() == Token.STRING) {
      return new Argument(s.string(), 0);
    }
    return s.word() == Word.TRUE ? TRUE : s.word() == Word.FALSE ? FALSE : EXPRESSION;
  }

  private SetConfigReader() {}
}
