package io.howdah.frontend.settings;

import static io.howdah.backend.settings.SessionSettings.ROLE;
import static io.howdah.backend.settings.SessionSettings.USER;

import io.howdah.backend.settings.SessionSettings;
import io.howdah.frontend.settings.Savepoints.Both;
import io.howdah.route.fact.SessionEffect;
import java.util.Map;
import java.util.TreeMap;

/** What one statement makes of the settings. Pure. */
public final class SettingChange {
  /** Stands for a value that only the server knows. */
  public static final String UNKNOWN = "?";

  private SettingChange() {}

  /**
   * The settings behind a statement, and behind what has to {@linkplain StartupValues follow it};
   * {@code before} itself when it sets nothing beyond its transaction.
   *
   * @param startup where RESET leads the session back to
   */
  public static Both of(SessionEffect effect, Both before, SessionSettings startup) {
    return switch (effect) {
      case SessionEffect.SetParameter set when set.local() -> before;
      case SessionEffect.SetParameter set when set.value() != null ->
          with(before, set.name(), SettingText.flatten(set.name(), set.value()));
      case SessionEffect.SetParameter set -> without(before, set.name(), startup);
      case SessionEffect.SetParameterText set -> with(before, set.name(), set.text());
      case SessionEffect.ResetParameter reset -> without(before, reset.name(), startup);
      case SessionEffect.SetRole role when role.local() -> before;
      case SessionEffect.SetRole role when "none".equals(role.role()) -> noRole(before, startup);
      case SessionEffect.SetRole role when role.role() != null -> with(before, ROLE, role.role());
      case SessionEffect.SetRole _ -> without(before, ROLE, startup);
      case SessionEffect.SetSessionAuthorization user when user.local() -> before;
      // The server takes the role back with the user: to none, or to where both began.
      case SessionEffect.SetSessionAuthorization user when user.user() != null ->
          with(noRole(before, startup), USER, user.user());
      case SessionEffect.SetSessionAuthorization _ ->
          without(
              both(before.session().without(USER), before.server().without(USER)), ROLE, startup);
      case SessionEffect.ResetAll _ ->
          both(
              keepingIdentity(startup, before.session()),
              keepingIdentity(startup, before.server()));
      default -> before;
    };
  }

  private static Both noRole(Both before, SessionSettings startup) {
    return startup.values().containsKey(ROLE)
        ? with(before, ROLE, "none")
        : both(before.session().without(ROLE), before.server().without(ROLE));
  }

  /** A parameter has a value that only the server knows: it is taken to be right there. */
  public static Both unknown(String name, Both before) {
    return with(before, name, UNKNOWN);
  }

  /** Without parameters whose value only the server knows: those are right there. */
  public static SessionSettings known(SessionSettings settings) {
    SessionSettings known = settings;
    for (Map.Entry<String, String> each : settings.values().entrySet()) {
      if (each.getValue().equals(UNKNOWN)) {
        known = known.without(each.getKey());
      }
    }
    return known;
  }

  /** Whether a statement set the style or the order alone: the other half stays what it was. */
  public static boolean isHalfADateStyle(Both after, Both before) {
    String value = after.server().values().get(SessionSettings.DATE_STYLE);
    return value != null
        && !value.equals(before.server().values().get(SessionSettings.DATE_STYLE))
        && value.indexOf(',') < 0;
  }

  private static Both both(SessionSettings session, SessionSettings server) {
    return new Both(session, server);
  }

  private static Both with(Both before, String name, String value) {
    SessionSettings session = before.session().with(name, value);
    // Mostly both are the same: then they stay one object, and need not be compared.
    return both(
        session, before.server() == before.session() ? session : before.server().with(name, value));
  }

  private static Both without(Both before, String name, SessionSettings startup) {
    String first = startup.values().get(name);
    return first == null
        ? both(before.session().without(name), before.server().without(name))
        : with(before, name, first);
  }

  /** RESET ALL leaves the role and the user as they are. */
  private static SessionSettings keepingIdentity(SessionSettings startup, SessionSettings before) {
    Map<String, String> values = new TreeMap<>(startup.values());
    for (String name : new String[] {ROLE, USER}) {
      String value = before.values().get(name);
      if (value == null) {
        values.remove(name);
      } else {
        values.put(name, value);
      }
    }
    return SessionSettings.of(values).withPlaceholder(before);
  }
}
