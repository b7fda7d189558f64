package io.howdah.route.classify;

import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.OwnVerb;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** SET, RESET and SHOW: what they set, in a form from which they can be said again. */
public final class Settings {
  static final String SYNCHRONOUS_COMMIT = "synchronous_commit";

  private static final String OWN_PREFIX = "howdah.";

  private Settings() {}

  /**
   * Whether a parameter is one of Howdah's own: all that begin with {@code howdah.}.
   *
   * @param name folded to lower case
   */
  public static boolean isHowdahSetting(String name) {
    return name.startsWith(OWN_PREFIX);
  }

  /** Whether a parameter is one of the open transaction, so that nothing of it stays. */
  public static boolean isOfTransaction(String name) {
    return switch (name) {
      case "transaction_read_only", "transaction_isolation", "transaction_deferrable" -> true;
      default -> false;
    };
  }

  /**
   * Whether a value switches a parameter on.
   *
   * @param value as it was said; anything but a boolean, and null, does not
   * @see <a href="https://www.postgresql.org/docs/18/config-setting.html">PostgreSQL, section
   *     19.1.1</a>
   */
  public static boolean isOn(String value) {
    if (value == null) {
      return false;
    }
    String said = value.strip().toLowerCase(Locale.ROOT);
    return !said.isEmpty()
        && ("true".startsWith(said)
            || "yes".startsWith(said)
            || said.equals("on")
            || said.equals("1"));
  }

  /** The effect of setting a parameter; role and session_authorization have their own. */
  static SessionEffect effect(String name, List<String> value, boolean local) {
    String first = value == null ? null : value.getFirst();
    return switch (name) {
      case "role" ->
          new SessionEffect.SetRole("none".equalsIgnoreCase(first) ? "none" : first, local);
      case "session_authorization" -> new SessionEffect.SetSessionAuthorization(first, local);
      case "seed" -> new SessionEffect.RandomSeed();
      default -> new SessionEffect.SetParameter(name, value, local);
    };
  }

  /** From SET (current) to the statement's end. */
  static void set(Scanner s, Finding f) {
    f.is(Reason.SETTING, null);
    boolean local = false;
    s.next();
    if (s.word() == Word.LOCAL) {
      local = true;
      s.next();
    } else if (s.word() == Word.SESSION) {
      Scanner ahead = s.fork();
      ahead.next();
      // SET SESSION AUTHORIZATION and SET SESSION CHARACTERISTICS use the word for themselves.
      if (ahead.word() != Word.AUTHORIZATION && ahead.word() != Word.CHARACTERISTICS) {
        s.next();
      }
    }
    if (!special(s, f, local)) {
      parameter(s, f, local);
    }
    StatementEnd.check(s, f);
  }

  /** The forms that are not SET name TO value; false when it is none of them. */
  private static boolean special(Scanner s, Finding f, boolean local) {
    switch (s.word()) {
      case TRANSACTION -> {
        s.next();
        TransactionModes modes = TransactionModes.read(s);
        f.is(modes == null ? Reason.SET_TRANSACTION : modes.reasonWithin(), null);
        StatementEnd.skipTo(s);
      }
      case CONSTRAINTS -> {
        f.is(Reason.SET_TRANSACTION, null);
        StatementEnd.skipTo(s);
      }
      case SESSION -> session(s, f, local);
      case ROLE -> {
        if (assigns(s)) {
          return false;
        }
        s.next();
        identity(s, f, "role", local);
      }
      case TIME -> {
        s.next();
        s.next();
        boolean reset = s.word() == Word.LOCAL || s.word() == Word.DEFAULT;
        add(f, "timezone", reset ? null : SettingValue.zone(s), local);
        StatementEnd.skipTo(s);
      }
      case NAMES -> one(s, f, "client_encoding", local);
      case SCHEMA -> one(s, f, "search_path", local);
      case CATALOG -> {
        f.is(Reason.UNKNOWN_STATEMENT, "SET CATALOG");
        StatementEnd.skipTo(s);
      }
      case XML -> {
        s.next();
        s.next();
        add(f, "xmloption", List.of(s.text().toLowerCase(Locale.ROOT)), local);
        s.next();
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private static final Word[] CHARACTERISTICS = {Word.CHARACTERISTICS, Word.AS, Word.TRANSACTION};

  private static void session(Scanner s, Finding f, boolean local) {
    s.next();
    if (s.word() == Word.AUTHORIZATION) {
      s.next();
      identity(s, f, "session_authorization", local);
      return;
    }
    // CHARACTERISTICS AS TRANSACTION modes
    for (Word word : CHARACTERISTICS) {
      if (s.word() != word) {
        f.is(Reason.UNKNOWN_STATEMENT, "SET SESSION");
        return;
      }
      s.next();
    }
    TransactionModes modes = TransactionModes.read(s);
    if (modes == null) {
      f.is(Reason.UNKNOWN_STATEMENT, "SET SESSION CHARACTERISTICS");
      return;
    }
    modes.asDefaults().forEach(f::effect);
  }

  /** The role or user; DEFAULT is none. */
  private static void identity(Scanner s, Finding f, String name, boolean local) {
    boolean none = s.word() == Word.DEFAULT;
    add(f, name, none ? null : SettingValue.values(s), local);
    s.next();
  }

  /** SET NAMES 'x', SET SCHEMA 'x'; SET names = … and schema = … are parameters of that name. */
  private static void one(Scanner s, Finding f, String name, boolean local) {
    s.next();
    boolean none = s.word() == Word.DEFAULT || StatementEnd.isAt(s);
    add(f, name, none ? null : SettingValue.values(s), local);
    if (!StatementEnd.isAt(s)) {
      s.next();
    }
  }

  private static boolean assigns(Scanner s) {
    Scanner ahead = s.fork();
    ahead.next();
    return ahead.word() == Word.TO || ahead.token() == Token.OPERATOR;
  }

  private static void parameter(Scanner s, Finding f, boolean local) {
    String name = SettingValue.parameterName(s);
    if (name == null || (s.word() != Word.TO && !s.isText(EQUALS))) {
      f.is(Reason.UNKNOWN_STATEMENT, "SET");
      StatementEnd.skipTo(s);
      return;
    }
    if (name.equals(SettingValue.ILLEGIBLE)) {
      f.effect(new SessionEffect.UnknownSetting("SET of a name that can't be read", null));
      StatementEnd.skipTo(s);
      return;
    }
    s.next();
    if (s.word() == Word.DEFAULT) {
      s.next();
      add(f, name, null, local);
      return;
    }
    List<String> values = new ArrayList<>();
    while (true) {
      String v = SettingValue.value(s);
      values.add(v);
      s.next();
      if (s.token() != Token.COMMA) {
        break;
      }
      s.next();
    }
    add(f, name, values, local);
  }

  private static final byte[] EQUALS = {'='};

  /** A list with an element that can't be told makes the whole setting unknown. */
  private static void add(Finding f, String name, List<String> value, boolean local) {
    if (isOfTransaction(name)) {
      boolean readOnly =
          name.equals("transaction_read_only")
              && value != null
              && value.size() == 1
              && isOn(value.getFirst());
      f.is(readOnly ? Reason.SET_TRANSACTION_READ_ONLY : Reason.SET_TRANSACTION, null);
    } else if (value != null && value.stream().anyMatch(Objects::isNull)) {
      SessionEffect effect =
          local
              ? SetConfig.local(name, null)
              : new SessionEffect.UnknownSetting("SET " + name, name);
      if (effect != null) {
        f.effect(effect);
      }
    } else if (isHowdahSetting(name)) {
      String text = value == null ? null : String.join(", ", value);
      own(f, local ? OwnVerb.SET_LOCAL : OwnVerb.SET, name, text);
    } else {
      f.effect(effect(name, value, local));
    }
  }

  /** From RESET (current) to the statement's end. */
  static void reset(Scanner s, Finding f) {
    f.is(Reason.SETTING, null);
    s.next();
    switch (s.word()) {
      case ALL -> {
        f.effect(new SessionEffect.ResetAll());
        s.next();
      }
      case SESSION -> {
        f.effect(new SessionEffect.SetSessionAuthorization(null, false));
        s.next();
        s.next();
      }
      case TIME -> {
        f.effect(new SessionEffect.ResetParameter("timezone"));
        s.next();
        s.next();
      }
      case TRANSACTION -> {
        f.is(Reason.SET_TRANSACTION, null);
        StatementEnd.skipTo(s);
      }
      default -> {
        String name = SettingValue.parameterName(s);
        if (name == null) {
          f.is(Reason.UNKNOWN_STATEMENT, "RESET");
          StatementEnd.skipTo(s);
        } else if (name.equals(SettingValue.ILLEGIBLE)) {
          f.effect(new SessionEffect.UnknownSetting("RESET of a name that can't be read", null));
        } else if (name.equals("role")) {
          f.effect(new SessionEffect.SetRole(null, false));
        } else if (name.equals("session_authorization")) {
          f.effect(new SessionEffect.SetSessionAuthorization(null, false));
        } else if (isHowdahSetting(name)) {
          own(f, OwnVerb.RESET, name, null);
        } else {
          f.effect(new SessionEffect.ResetParameter(name));
        }
      }
    }
    StatementEnd.check(s, f);
  }

  /** What comes behind SHOW (current), if that is a setting of Howdah's own. */
  static void show(Scanner s, Finding f) {
    s.next();
    String name = SettingValue.parameterName(s);
    if (name != null && isHowdahSetting(name) && StatementEnd.isAt(s)) {
      own(f, OwnVerb.SHOW, name, null);
    }
  }

  private static void own(Finding f, OwnVerb verb, String name, String value) {
    f.is(Reason.OWN_SETTING, name);
    f.effect(new SessionEffect.OwnSetting(verb, name, value));
  }
}
