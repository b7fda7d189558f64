package io.howdah.frontend;

import io.howdah.error.PgError;
import io.howdah.route.Hint;
import java.util.Locale;

/**
 * {@code howdah.route}: where the statements of the session go that have no hint of their own.
 * {@code primary} and {@code replica} mean what a comment with that word does, {@code auto} what
 * the configuration says of the user and the database.
 */
final class RouteSetting implements HowdahSetting {
  @Override
  public String name() {
    return "howdah.route";
  }

  @Override
  public String shown(SessionState state) {
    return switch (state.route()) {
      case NONE -> "auto";
      case PRIMARY -> "primary";
      case REPLICA -> "replica";
    };
  }

  @Override
  public PgError refusal(SessionState state, String value) {
    return hint(value) != null
        ? null
        : new PgError.InvalidOwnSetting(name(), value, "Available values: auto, primary, replica.");
  }

  @Override
  public void set(SessionState state, String value) {
    state.askedRoute(value == null ? null : hint(value));
  }

  private static Hint hint(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "auto" -> Hint.NONE;
      case "primary" -> Hint.PRIMARY;
      case "replica" -> Hint.REPLICA;
      default -> null;
    };
  }
}
