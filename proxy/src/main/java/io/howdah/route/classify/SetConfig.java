package io.howdah.route.classify;

import static io.howdah.route.fact.SetArguments.EXPRESSION;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.ParseSettings;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.UnknownSetting;
import io.howdah.route.fact.SetArguments;
import io.howdah.route.fact.SetArguments.Argument;
import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.util.ArrayList;
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
   * @param arguments where a Bind may tell more; else null
   */
  record Expression(String name, SetArguments arguments) implements SetConfig {}

  Argument TRUE = new Argument("true", 0);
  Argument FALSE = new Argument("false", 0);

  /** A longer number is of no parameter: there are at most 65535. */
  int MAX_DIGITS = 6;

  /** Bounds the cost of calls within calls. */
  int MAX_TOKENS = 64;

  /** Reads on after the opening parenthesis; {@code s} is the caller's to lose. */
  static SetConfig read(Scanner s) {
    Argument[] arguments = {EXPRESSION, EXPRESSION, EXPRESSION};
    int argument = 0;
    int depth = 0;
    int tokens = 0;
    for (int looked = 0; ; looked++) {
      Token t = s.next();
      if (looked == MAX_TOKENS) {
        return new Expression(argument == 0 ? null : folded(arguments[0].constant()), null);
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
        return new Expression(null, null);
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
        : new Expression(null, null);
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
      return new Expression(folded(name), all);
    }
    return of(name, value, local);
  }

  private static String folded(String name) {
    return name == null ? null : Name.fold(name);
  }

  private static SetConfig of(String name, String value, String local) {
    if ("true".equals(local)) {
      return new Local(folded(name), value);
    }
    if (name == null || value == null || !"false".equals(local)) {
      return new Expression(folded(name), null);
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

  private static Argument argument(Scanner s) {
    if (s.token() == Token.PARAMETER && s.text().length() <= MAX_DIGITS) {
      return new Argument(null, Integer.parseInt(s.text().substring(1)));
    }
    if (s.token() == Token.STRING) {
      return new Argument(s.string(), 0);
    }
    return s.word() == Word.TRUE ? TRUE : s.word() == Word.FALSE ? FALSE : EXPRESSION;
  }

  /**
   * What a call does whose parameters have these values.
   *
   * @return null when nothing of it outlasts the transaction that need be known
   */
  private static SessionEffect bound(UnknownSetting call, SetArguments.Values values) {
    SetArguments all = call.arguments();
    String name = told(all.name(), values);
    String local =
        all.local().parameter() == 0
            ? all.local().constant()
            : values.flag(all.local().parameter());
    return switch (of(name, told(all.value(), values), local)) {
      case Local(String parameter, String value) -> local(parameter, value);
      case Constant(SessionEffect effect) when all.plain() -> effect;
      case Constant(SessionEffect.RandomSeed effect) -> effect;
      case Constant(SessionEffect _) -> new UnknownSetting(call.what(), folded(name));
      case Expression(String parameter, SetArguments _) ->
          new UnknownSetting(call.what(), parameter);
    };
  }

  private static String told(Argument argument, SetArguments.Values values) {
    return argument.parameter() == 0 ? argument.constant() : values.text(argument.parameter());
  }

  /**
   * What has to be known of a setting that ends with its transaction: how that was committed, what
   * texts mean meanwhile, and that a parameter of one's own has come to be. Null where it is none.
   */
  static SessionEffect local(String parameter, String value) {
    return parameter == null
            || parameter.equals(Settings.SYNCHRONOUS_COMMIT)
            || parameter.indexOf('.') >= 0
            || ParseSettings.matter(parameter)
        ? new SessionEffect.LocalSetting(parameter, value)
        : null;
  }

  /** What a statement does to the session whose parameters have these values. */
  static Facts bound(Facts facts, SetArguments.Values values) {
    List<SessionEffect> effects = new ArrayList<>();
    for (SessionEffect effect : facts.effects()) {
      SessionEffect known =
          effect instanceof UnknownSetting call && call.arguments() != null
              ? bound(call, values)
              : effect;
      if (known != null) {
        effects.add(known);
      }
    }
    return facts.withEffects(effects);
  }
}
