package io.howdah.frontend.parameter;

import io.howdah.error.PgError;
import io.howdah.frontend.session.SessionState;
import java.util.Locale;

/**
 * {@code howdah.explain_route}: whether the client is told by a NOTICE, before the answer to each
 * statement, which node serves it and why.
 */
final class ExplainRouteSetting implements HowdahSetting {
  @Override
  public String name() {
    return "howdah.explain_route";
  }

  @Override
  public String shown(SessionState state) {
    return state.explainsRoute() ? "on" : "off";
  }

  @Override
  public PgError refusal(SessionState state, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "on", "true", "yes", "1", "off", "false", "no", "0" -> null;
      default -> new PgError.InvalidOwnSetting(name(), value, "Available values: on, off.");
    };
  }

  @Override
  public void set(SessionState state, String value) {
    state.explainRoute(
        value != null
            && switch (value.toLowerCase(Locale.ROOT)) {
              case "on", "true", "yes", "1" -> true;
              default -> false;
            });
  }
}
