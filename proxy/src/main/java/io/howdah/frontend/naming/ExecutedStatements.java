package io.howdah.frontend.naming;

import io.howdah.backend.statement.Binding;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.Deallocate;
import io.howdah.route.fact.SessionEffect.ExecuteStatement;
import io.howdah.route.fact.SessionEffect.PrepareStatement;
import io.howdah.route.fact.SessionEffect.Unseen;
import java.util.List;

/**
 * What the statement does to the session that an EXECUTE runs.
 *
 * <p>Thread: the session's event loop.
 */
final class ExecutedStatements {
  private final SessionState state;

  ExecutedStatements(SessionState state) {
    this.state = state;
  }

  /**
   * What it does in the place of the EXECUTE.
   *
   * @param before what the same string has made and dropped before
   */
  List<SessionEffect> effects(ExecuteStatement execute, List<SessionEffect> before) {
    Facts facts = facts(execute.name(), before);
    if (facts == null || facts.effects().isEmpty()) {
      return List.of();
    }
    if (facts.effects().getFirst() instanceof Unseen) {
      state.pin("EXECUTE of a statement that was not looked at");
      return List.of();
    }
    return facts.effects().stream()
        .filter(each -> !(each instanceof SessionEffect.StatementEnd))
        .toList();
  }

  private Facts facts(String name, List<SessionEffect> before) {
    for (SessionEffect change : before.reversed()) {
      switch (change) {
        case PrepareStatement made when made.name().equals(name) -> {
          return made.statement();
        }
        case PrepareStatement _ -> {}
        case Deallocate dropped when dropped.name() != null && !dropped.name().equals(name) -> {}
        default -> {
          return null;
        }
      }
    }
    Binding binding = state.names.get(StatementNames.bytes(name));
    return binding == null ? null : binding.facts();
  }
}
