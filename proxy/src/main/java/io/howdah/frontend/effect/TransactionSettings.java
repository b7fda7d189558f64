package io.howdah.frontend.effect;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.settings.Savepoints;
import io.howdah.frontend.settings.Savepoints.Both;
import io.howdah.frontend.settings.SettingChange;
import io.howdah.route.fact.SessionEffect;

/**
 * The settings as the open transaction has made them, the session's and those of the server
 * session, which may lack some: then it gets them before anything else runs there.
 *
 * <p>Thread: the session's event loop.
 */
public final class TransactionSettings {
  private final SessionState state;
  private final UncertainState uncertain;
  private final Savepoints savepoints;
  private final Attachment attachment;

  /** DISCARD ALL was sent to a server session that will then lack the start-up values. */
  private boolean discarding;

  TransactionSettings(SessionState state, UncertainState uncertain, Savepoints savepoints) {
    this.state = state;
    this.attachment = state.attachment;
    this.uncertain = uncertain;
    this.savepoints = savepoints;
  }

  /** The session got a connection that has its settings. */
  void begin() {
    discarding = false;
  }

  /** A statement is being sent that will do this. */
  void sending(SessionEffect effect) {
    discarding |= state.startupValues.concernDiscardAll(effect);
  }

  /** Something was done that may have changed them. */
  void change(SessionEffect effect) {
    Both before = now();
    Both after = SettingChange.of(effect, before, state.startup);
    if (SettingChange.isHalfADateStyle(after, before)) {
      unknown(SessionSettings.DATE_STYLE);
    } else if (after != before) {
      savepoints.change(after);
      state.settingLimits.written(before.session(), after.session(), effect);
      state.session.worker().leakCheck().noteNames(after.session());
    }
  }

  /** One was set to a value that can't be told. */
  void unknown(String name) {
    if (!uncertain.matter()) {
      return;
    }
    uncertain.setTo(name);
    savepoints.change(SettingChange.unknown(name, now()));
  }

  /** DISCARD ALL was run. */
  void discardAll() {
    Both was = now();
    savepoints.change(
        new Both(
            state.startup.withPlaceholder(was.session()),
            SessionSettings.NONE.withPlaceholder(was.server())));
  }

  /** The transaction is committed, or a part of it that nothing takes back any more. */
  void commit() {
    Both made = savepoints.now();
    savepoints.clear();
    if (made != null) {
      state.settings(made.session());
      attachment.server().applied(made.server());
    }
  }

  private Both now() {
    return savepoints.now() != null
        ? savepoints.now()
        : new Both(state.settings(), attachment.server().applied());
  }

  /**
   * Whether what comes next must wait until all is answered, and {@link #isBehind} then tells
   * whether the start-up values have to be set behind a DISCARD ALL.
   */
  public boolean isDiscarding() {
    return discarding;
  }

  /** The note of what sets the start-up values for good, behind DISCARD ALL in a batch. */
  public ReplyLedger.Note startupIsBack() {
    return new ReplyLedger.Note() {
      @Override
      public void done() {
        attachment.server().applied(state.startup.withPlaceholder(attachment.server().applied()));
      }
    };
  }

  /** Whether the server must get settings that the session has, before anything else runs there. */
  public boolean isBehind(byte status) {
    discarding = false;
    if (status == 'I') {
      return !uncertain.areSettingsUnknown() && !attachment.server().has(state.settings());
    }
    Both made = savepoints.now();
    return made != null
        && status == 'T'
        && !uncertain.isBlind()
        && !made.server().satisfies(made.session());
  }

  /**
   * What the session has set, the open transaction included, without values that only the server
   * knows.
   */
  public SessionSettings wanted() {
    return SettingChange.known(now().session());
  }

  /** The server has what was {@link #wanted}. */
  public void caughtUp() {
    Both made = savepoints.now();
    if (made != null) {
      savepoints.change(new Both(made.session(), made.session()));
    }
  }

  /** What the server has now, with the changes of the open transaction. */
  public SessionSettings applied() {
    return SettingChange.known(now().server());
  }
}
