package io.howdah.route.classify;

import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.function.Functions;
import java.util.ArrayList;
import java.util.List;

/** What is known so far of one statement. Mutable, reused. */
final class Finding {
  private Reason reason = Reason.EMPTY;
  private String culprit;
  private List<SessionEffect> effects = List.of();

  void begin() {
    reason = Reason.EMPTY;
    culprit = null;
    effects = List.of();
  }

  Reason reason() {
    return reason;
  }

  String culprit() {
    return culprit;
  }

  List<SessionEffect> effects() {
    return effects;
  }

  /** Sets the reason that the statement's first word gives. */
  void is(Reason newReason, String newCulprit) {
    reason = newReason;
    culprit = newCulprit;
  }

  /** Whether {@code other} says more than what is known: unknown over certain over doubtful. */
  boolean wouldRaise(Reason other) {
    return weight(other) > weight(reason);
  }

  /** Takes the reason over if it says more than what is known; of equals the first stays. */
  void raise(Reason other, String otherCulprit) {
    if (wouldRaise(other)) {
      is(other, otherCulprit);
    }
  }

  private static int weight(Reason r) {
    return switch (r.kind()) {
      case UNKNOWN -> 3;
      case EMPTY, READ, SESSION -> 0;
      case WRITE, BEGIN, BEGIN_READ_ONLY, TRANSACTION_CONTROL -> r.doubtful() ? 1 : 2;
    };
  }

  void effect(SessionEffect effect) {
    if (effects.isEmpty()) {
      effects = new ArrayList<>();
    }
    effects.add(effect);
  }

  /** Code runs that may change the session; what ran first is named. */
  void runsCode(String what) {
    for (SessionEffect each : effects) {
      if (each instanceof SessionEffect.RunsCode) {
        return;
      }
    }
    effect(new SessionEffect.RunsCode(what));
  }

  /** Adds what the text does not show to what it does. */
  void addHidden(Functions functions) {
    if (functions.hide(reason.kind())) {
      runsCode("a trigger, a view or the like");
    }
  }
}
