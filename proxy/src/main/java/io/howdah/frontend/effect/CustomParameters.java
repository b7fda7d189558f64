package io.howdah.frontend.effect;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.SessionEffect;
import java.util.Set;
import java.util.TreeSet;

/**
 * Parameters of one's own (with a dot in the name) that have come to be in the open transaction: by
 * SET, SET LOCAL, RESET or set_config. They stay, empty, even if it is rolled back.
 *
 * <p>Thread: the session's event loop.
 */
final class CustomParameters {
  private final SessionState state;

  /** Those that were not known before. */
  private Set<String> names = Set.of();

  CustomParameters(SessionState state) {
    this.state = state;
  }

  /** The server did something to the session. */
  void by(SessionEffect effect) {
    String name =
        switch (effect) {
          case SessionEffect.SetParameter set -> set.name();
          case SessionEffect.SetParameterText set -> set.name();
          case SessionEffect.LocalSetting set -> set.name();
          case SessionEffect.ResetParameter reset -> reset.name();
          case SessionEffect.UnknownSetting set -> set.name();
          default -> null;
        };
    if (name != null && SessionSettings.isCustom(name) && !state.settings().knows(name)) {
      names = names.isEmpty() ? new TreeSet<>() : names;
      names.add(name);
    }
  }

  /** No transaction is open. */
  void transactionEnded(ServerConnection server) {
    if (names.isEmpty()) {
      return;
    }
    SessionSettings session = state.settings();
    SessionSettings there = server.applied();
    for (String name : names) {
      session = session.withPlaceholder(name);
      there = there.withPlaceholder(name);
    }
    names = Set.of();
    state.settings(session);
    server.applied(there);
    state.session.worker().leakCheck().noteNames(session);
  }

  /** The session got another connection. */
  void begin() {
    names = Set.of();
  }
}
