package io.howdah.frontend.settings;

import io.howdah.backend.settings.AsciiText;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.backend.statement.Statement;
import io.howdah.route.classify.Settings;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.lexer.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The values that a session began with, to which RESET leads back. The server session has other
 * ones, since it was opened before: where a statement leads back to those, statements have to
 * follow at once that set the client's.
 *
 * <p>They are SETs wherever that gives the very same value, as these need no snapshot: SET
 * TRANSACTION may come behind them. Immutable.
 */
public final class StartupValues {
  private final SessionSettings startup;

  public StartupValues(SessionSettings startup) {
    this.startup = startup;
  }

  /** Whether anything has to follow a statement. */
  public boolean concern(Facts facts) {
    if (startup.values().isEmpty()) {
      return false;
    }
    for (int i = 0; i < facts.effects().size(); i++) {
      SessionEffect effect = facts.effects().get(i);
      if ((effect.leadsBack() || effect.discardsAll()) && !behind(effect).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether that is so for a query string that is one statement whose effect is its transaction's
   * only.
   */
  public boolean concernOneLocally(Facts facts) {
    return facts.statements() == 1
        && switch (facts.effects().getFirst()) {
          case SessionEffect.SetParameter set -> set.local();
          case SessionEffect.SetRole set -> set.local();
          case SessionEffect.SetSessionAuthorization set -> set.local();
          default -> false;
        }
        && concern(facts);
  }

  /** Whether something has to follow DISCARD ALL, if that is it. */
  public boolean concernDiscardAll(SessionEffect effect) {
    return effect.discardsAll() && !startup.values().isEmpty();
  }

  /** All that has to follow a statement in the extended protocol, where rows can be swallowed. */
  public List<String> behind(Facts facts) {
    List<String> sql = new ArrayList<>();
    for (SessionEffect effect : facts.effects()) {
      behind(effect).forEach(each -> sql.add(each.statement()));
      if (effect.discardsAll() && !sql.isEmpty()) {
        // It was committed at once itself, so that nothing behind it in the batch takes it back.
        sql.add("COMMIT");
      }
    }
    return sql;
  }

  /**
   * The statements that have to follow one with this effect among several in one string: none of
   * them gives rows.
   */
  List<String> within(SessionEffect effect) {
    List<String> sql = new ArrayList<>();
    behind(effect).forEach(each -> sql.addAll(each.statementsWithoutRows()));
    return sql;
  }

  private List<Value> behind(SessionEffect effect) {
    return switch (effect) {
      case SessionEffect.ResetParameter reset -> one(reset.name(), false);
      case SessionEffect.SetParameter set when set.value() == null -> one(set.name(), set.local());
      case SessionEffect.SetRole set when set.role() == null ->
          one(SessionSettings.ROLE, set.local());
      // The server takes the role back with the user.
      case SessionEffect.SetSessionAuthorization set when set.user() == null ->
          one(SessionSettings.ROLE, set.local());
      case SessionEffect.ResetAll _ -> all();
      case SessionEffect.Discard _ when effect.discardsAll() -> {
        List<Value> all = all();
        all.addAll(one(SessionSettings.ROLE, false));
        yield all;
      }
      default -> List.of();
    };
  }

  private List<Value> one(String name, boolean local) {
    String value = startup.values().get(name);
    return value == null ? List.of() : List.of(new Value(name, value, local));
  }

  /** All that RESET ALL leads back. */
  private List<Value> all() {
    List<Value> all = new ArrayList<>();
    for (Map.Entry<String, String> each : startup.values().entrySet()) {
      String name = each.getKey();
      if (!name.equals(SessionSettings.ROLE)
          && !name.equals(SessionSettings.USER)
          && !name.equals("seed")
          && !Settings.isOfTransaction(name)) {
        all.add(new Value(name, each.getValue(), false));
      }
    }
    return all;
  }

  /** One that is to be set. */
  private record Value(String name, String value, boolean local) {
    private static final String CURSOR = Statement.PREFIX + "sql";

    String statement() {
      String set = set();
      return set == null ? select() : set;
    }

    /** A cursor is moved over the row that set_config gives. */
    List<String> statementsWithoutRows() {
      String set = set();
      return set == null
          ? List.of(
              "DECLARE " + CURSOR + " NO SCROLL CURSOR FOR " + select(),
              "MOVE FROM " + CURSOR,
              "CLOSE " + CURSOR)
          : List.of(set);
    }

    /** Null for a list of identifiers that SET would write otherwise: spaces, quotes are seen. */
    private String set() {
      String list = SettingText.isQuotedList(name) ? elements(value) : AsciiText.literal(value);
      return list == null || !AsciiText.isIdentifier(name)
          ? null
          : (local ? "SET LOCAL " : "SET ") + SessionSettings.identifier(name) + " TO" + list;
    }

    private String select() {
      return "SELECT pg_catalog.set_config("
          + AsciiText.literal(name)
          + ','
          + AsciiText.literal(value)
          + ','
          + local
          + ')';
    }

    private static String elements(String list) {
      StringBuilder sql = new StringBuilder();
      for (String element : list.split(", ", -1)) {
        if (!Name.quotedIfNeeded(element).equals(element)) {
          return null;
        }
        sql.append(sql.isEmpty() ? "" : ",").append(AsciiText.literal(element));
      }
      return sql.toString();
    }
  }
}
