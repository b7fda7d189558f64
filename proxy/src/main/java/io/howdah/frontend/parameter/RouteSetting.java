package io.howdah.frontend.parameter;

import io.howdah.error.PgError;
import io.howdah.frontend.session.CurrentTurn;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.lexer.Hint;
import java.util.Locale;

/**
 * {@code howdah.route}: where the statements of the session go that have no hint of their own.
 * {@code primary} means what a comment with that word does, {@code auto} what the configuration
 * says of the user and the database. {@code replica} promises more than the comment: replicas serve
 * whatever comes, and refuse what writes, as on the read-only port, where nothing else can be set.
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
    Hint asked = hint(value);
    if (asked == null) {
      return new PgError.InvalidOwnSetting(
          name(), value, "Available values: auto, primary, replica.");
    }
    if (asked != Hint.REPLICA) {
      return state.isBarredFromPrimary()
          ? new PgError.InvalidOwnSetting(
              name(), value, "The read-only port leads to replicas only: it can only be replica.")
          : null;
    }
    CurrentTurn turn = state.session.turn();
    return state.keepsConnection() && turn != null && turn.server() != null && turn.isOnPrimary()
        ? new PgError.OwnSettingMisused(
            name() + " can't become replica: the session keeps its connection to the primary",
            "In session mode, say so when you connect (options=-c howdah.route=replica), or use"
                + " the read-only port. Elsewhere, give up first what keeps the connection.")
        : null;
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
