package io.howdah.route.classify;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.ParseSettings;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.UnknownSetting;
import io.howdah.route.fact.SetArguments;
import io.howdah.route.fact.SetArguments.Argument;
import io.howdah.route.lexer.Scanner;
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

  /** Reads on after the opening parenthesis; {@code s} is the caller's to lose. */
  static SetConfig read(Scanner s) {
    return SetConfigReader.read(s);
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
    return switch (SetConfigReader.of(name, told(all.value(), values), local)) {
      case Local(String parameter, String value) -> local(parameter, value);
      case Constant(SessionEffect effect) when all.plain() -> effect;
      case Constant(SessionEffect.RandomSeed effect) -> effect;
      case Constant(SessionEffect _) ->
          new UnknownSetting(call.what(), SetConfigReader.folded(name));
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
