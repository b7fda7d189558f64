package io.howdah.frontend.session;

import io.howdah.backend.settings.SessionSettings;
import io.howdah.config.ClientConfig;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a client's settings may take in memory, of its own and of all: Howdah keeps them for as long
 * as the session lives. A statement whose text tells that it is too much is refused; where only the
 * server can tell what was set, the session ends.
 *
 * <p>Thread: the session's event loop; the total is shared by all loops.
 */
public final class SettingLimits {
  private final SessionState state;
  private final AtomicLong total;
  private long held;
  private long writtenInTransaction;
  private boolean ending;

  SettingLimits(SessionState state) {
    this.state = state;
    this.total = state.session.worker().settingsBytes();
  }

  /** Why a statement with effects may not run, or null. */
  PgError refusal(Facts facts) {
    long more = 0;
    List<SessionEffect> effects = facts.effects();
    for (int i = 0; i < effects.size(); i++) {
      more += cost(effects.get(i));
    }
    return more == 0 ? null : excess(Severity.ERROR, held + more, more);
  }

  private static long cost(SessionEffect effect) {
    return switch (effect) {
      case SessionEffect.SetParameter set when set.value() != null ->
          SessionSettings.cost(set.name(), "")
              + set.value().stream().mapToLong(String::length).sum();
      case SessionEffect.SetParameterText set -> SessionSettings.cost(set.name(), set.text());
      default -> 0;
    };
  }

  private PgError excess(Severity severity, long own, long more) {
    ClientConfig limits = state.session.worker().config().clients();
    long most = limits.maxSettingsBytes();
    if (most > 0 && own > most) {
      return new PgError.LimitExceeded(
          severity,
          "settings of this session take too much memory",
          "The limit is " + most + " bytes (clients.max-settings-bytes).",
          "Reset parameters that are no longer needed.");
    }
    long all = limits.maxTotalSettingsBytes();
    if (all > 0 && more > 0 && total.get() + more > all) {
      return new PgError.LimitExceeded(
          severity,
          "settings of all clients take too much memory",
          "The limit is " + all + " bytes (clients.max-total-settings-bytes).",
          "Reset parameters that are no longer needed.");
    }
    return null;
  }

  /** The session has these settings now, committed. */
  void hold(SessionSettings settings) {
    long more = settings.bytes() - held;
    PgError excess = more > 0 ? excess(Severity.FATAL, settings.bytes(), more) : null;
    held += more;
    total.addAndGet(more);
    writtenInTransaction = 0;
    if (excess != null) {
      endSession(excess);
    }
  }

  /**
   * The open transaction has made settings of others. All that it wrote counts, since a savepoint
   * may lead back to each.
   */
  public void written(SessionSettings before, SessionSettings after, SessionEffect effect) {
    writtenInTransaction += cost(effect) + Math.max(0, after.bytes() - before.bytes());
    long most = state.session.worker().config().clients().maxSettingsBytes();
    if (most > 0 && writtenInTransaction > 2 * most) {
      endSession(excess(Severity.FATAL, writtenInTransaction, 0));
    }
  }

  /** Once what is done now is over. */
  private void endSession(PgError why) {
    if (!ending) {
      ending = true;
      state.session.worker().loop().execute(() -> state.session.terminate(why));
    }
  }

  /** The session is over. */
  void end() {
    total.addAndGet(-held);
    held = 0;
  }
}
