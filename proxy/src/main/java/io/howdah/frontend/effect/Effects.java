package io.howdah.frontend.effect;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.parameter.HowdahSettings;
import io.howdah.frontend.session.Attachment;
import io.howdah.frontend.session.Pinning;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.settings.Savepoints;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.PinKind;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.Discard;
import io.howdah.route.fact.SessionEffect.Discarded;
import io.howdah.route.fact.SessionEffect.Listen;
import io.howdah.route.fact.SessionEffect.Unlisten;
import java.util.List;

/**
 * What a session's statements do to its state: settings are taken over when their transaction
 * commits, and what can't be carried to another server connection pins the session. Statements tell
 * what they mean to do, the server's command tags what was done, one by one; where neither tells,
 * the server must be asked ({@link StateCheck}).
 *
 * <p>Thread: the session's event loop.
 */
public final class Effects {
  /** The note of a statement whose text was not looked at: the server's command tags must tell. */
  private static final ReplyLedger.Note UNREAD = new ReplyLedger.Note() {};

  /** What the statements do not tell. */
  public final UncertainState uncertain;

  /** What they do to settings. */
  public final TransactionSettings settings;

  private final SessionState state;
  private final HowdahSettings howdah;
  private final SessionChannels channels;
  private final Pinning pinning;
  private final Savepoints savepoints = new Savepoints();
  private final CustomParameters customParameters;
  private final Attachment attachment;

  /** The note of a request that is about more than the session's state. */
  public interface Wrapped {
    /** The part of it that {@link #noteOf} gave. */
    ReplyLedger.Note own();
  }

  /** The request at hand ended with an error: what it did since the last commit is void. */
  private boolean failed;

  /** The open transaction ran a text that was not looked at. */
  private boolean unread;

  /** The open transaction left something that a rollback takes away. */
  private boolean pinnedHere;

  public Effects(SessionState state, HowdahSettings howdah, SessionChannels channels) {
    this.state = state;
    this.attachment = state.attachment;
    this.howdah = howdah;
    this.channels = channels;
    this.pinning = state.pinning;
    this.uncertain = new UncertainState(state.poolMode);
    this.settings = new TransactionSettings(state, uncertain, savepoints);
    this.customParameters = new CustomParameters(state);
  }

  public void begin() {
    savepoints.clear();
    failed = false;
    unread = false;
    pinnedHere = false;
    settings.begin();
    customParameters.begin();
    uncertain.begin();
  }

  /** The note for a statement that is being sent, or null if it does nothing to the session. */
  public ReplyLedger.Note noteOf(Facts facts) {
    return noteOf(facts.effects());
  }

  /** The same for a statement that does these things to the session. */
  public ReplyLedger.Note noteOf(List<SessionEffect> effects) {
    if (effects.isEmpty()) {
      return null;
    }
    for (int i = 0; i < effects.size(); i++) {
      SessionEffect effect = effects.get(i);
      if (effect instanceof SessionEffect.Unseen) {
        return UNREAD;
      }
      settings.sending(effect);
    }
    return new Steps(effects);
  }

  /** The statements of one text, as the server completes them one after the other. */
  private final class Steps implements ReplyLedger.Note {
    private final List<SessionEffect> effects;
    private int at;

    /** The statement completed last was ROLLBACK TO, whose tag is that of ROLLBACK. */
    boolean backToSavepoint;

    Steps(List<SessionEffect> effects) {
      this.effects = effects;
    }

    /** One more is complete. */
    void next() {
      if (at >= effects.size()) {
        return;
      }
      backToSavepoint = false;
      while (at < effects.size()) {
        SessionEffect effect = effects.get(at++);
        if (effect instanceof SessionEffect.StatementEnd) {
          return;
        }
        backToSavepoint |= effect instanceof SessionEffect.RollbackToSavepoint;
        apply(effect);
      }
    }

    @Override
    public void done() {
      // A portal that was suspended has no command tag, but ran.
      while (at < effects.size()) {
        next();
      }
    }

    @Override
    public void failed() {
      for (; at < effects.size(); at++) {
        switch (effects.get(at)) {
          case SessionEffect.StatementEnd _ -> {
            return;
          }
          // Some state outlives the failure of the statement that made it.
          case SessionEffect.AdvisoryLock _,
              SessionEffect.RandomSeed _,
              SessionEffect.Load _,
              SessionEffect.OtherState _ -> {
            apply(effects.get(at));
            pinning.mayBeGone();
          }
          case SessionEffect.RunsCode _ -> uncertain.codeRan();
          default -> {}
        }
      }
    }
  }

  /** The client was told an error. */
  public void failed() {
    failed = true;
  }

  private void apply(SessionEffect effect) {
    customParameters.by(effect);
    if (effect instanceof Listen listen) {
      listens(listen);
      return;
    }
    if (effect.pins() && state.isPinning(effect, attachment.server().ledger().status())) {
      state.pin(PinKind.of(effect), effect.reason());
      pinnedHere = true;
    }
    switch (effect) {
      case SessionEffect.Savepoint mark -> {
        if (!savepoints.mark(mark.name())) {
          uncertain.blind();
        }
      }
      case SessionEffect.ReleaseSavepoint released -> savepoints.release(released.name());
      case SessionEffect.RollbackToSavepoint back -> {
        if (!savepoints.backTo(back.name())) {
          uncertain.blind();
        }
        rolledBack();
      }
      case SessionEffect.RunsCode _ -> uncertain.codeRan();
      case SessionEffect.CatalogSettings _ -> uncertain.blind();
      case SessionEffect.UnknownSetting setting when setting.name() == null -> uncertain.blind();
      case SessionEffect.UnknownSetting setting -> settings.unknown(setting.name());
      case SessionEffect.ResetAll _ -> {
        howdah.reset();
        settings.change(effect);
      }
      case Discard discard when discard.what() == Discarded.SEQUENCES ->
          pinning.remove(PinKind.SEQUENCE);
      case Unlisten _ -> {
        if (channels.areInUse()) {
          savepoints.channel(effect);
        }
        pinning.mayBeGone();
      }
      case SessionEffect.Notify _ -> channels.notified();
      case SessionEffect.AdvisoryUnlock _,
          SessionEffect.CloseCursor _,
          SessionEffect.Deallocate _,
          SessionEffect.Drop _,
          Discard _ ->
          pinning.mayBeGone();
      case SessionEffect.DatabaseChange _ -> {}
      default -> settings.change(effect);
    }
  }

  private void listens(Listen effect) {
    if (channels.has(effect.channel())) {
      savepoints.channel(effect);
    } else {
      state.listensItself(effect.reason());
      pinnedHere = true;
    }
  }

  /** The server completed a command that changes session state. */
  public void command(CommandTag tag, ReplyLedger.Note note) {
    ReplyLedger.Note own = note instanceof Wrapped wrapped ? wrapped.own() : note;
    boolean backToSavepoint = false;
    unread |= own == UNREAD;
    if (own instanceof Steps steps) {
      steps.next();
      backToSavepoint = steps.backToSavepoint;
    }
    switch (tag) {
      case ROLLBACK -> {
        if (own == UNREAD) {
          if (!savepoints.isEmpty()) {
            uncertain.blind();
          }
          rolledBack();
        } else if (!backToSavepoint) {
          savepoints.clear();
          rolledBack();
        }
      }
      case COMMIT -> commit();
      case DEALLOCATE_ALL -> state.names.clear();
      case DISCARD_ALL -> {
        state.names.clear();
        settings.discardAll();
        // No transaction is open, and what comes behind it in a batch takes nothing of it back.
        commit();
        uncertain.discarded();
        howdah.reset();
        pinning.discardAll();
        channels.left(null);
      }
      case SET, RESET -> {
        if (own == UNREAD) {
          uncertain.blind();
          unread(PinKind.SETTING, tag);
        }
      }
      case PREPARE -> unread(PinKind.PREPARED_STATEMENT, tag, own);
      case LISTEN -> unread(PinKind.LISTEN, tag, own);
      case LOAD -> unread(PinKind.LIBRARY, tag, own);
      case DECLARE_CURSOR -> unread(PinKind.HELD_CURSOR, tag, own);
      case DISCARD, DEALLOCATE, UNLISTEN -> pinning.mayBeGone();
      // What was replaced may have been called before it was committed.
      case CODE, ROUTINE -> uncertain.codeRan();
      case SCHEMA -> {
        if (own == UNREAD) {
          uncertain.codeRan();
        }
      }
      case OTHER -> {}
    }
  }

  private void unread(PinKind kind, CommandTag tag, ReplyLedger.Note note) {
    if (note == UNREAD) {
      unread(kind, tag);
    }
  }

  private void unread(PinKind kind, CommandTag tag) {
    state.pin(kind, tag + " in a statement that was not looked at");
    pinnedHere = true;
  }

  private void rolledBack() {
    if (pinnedHere) {
      pinning.mayBeGone();
    }
  }

  private void commit() {
    savepoints.channels().forEach(this::joinOrLeave);
    settings.commit();
  }

  private void joinOrLeave(SessionEffect effect) {
    switch (effect) {
      case Listen listen -> channels.joined(listen.channel());
      case Unlisten unlisten -> channels.left(unlisten.channel());
      default -> throw new IllegalArgumentException(effect.toString());
    }
  }

  /**
   * Whether a failed transaction may yet change settings as it ends, of which the server tells
   * then: those made before a savepoint, which are still there.
   */
  public boolean mayReportSettingsAtEnd() {
    return unread || uncertain.isBlind() || savepoints.areAny() && savepoints.now() != null;
  }

  /** A request ended. */
  public void ready(byte status) {
    if (status == 'I') {
      if (failed) {
        savepoints.clear();
        rolledBack();
      } else if (!savepoints.isEmpty()) {
        commit();
      }
      customParameters.transactionEnded(attachment.server());
      howdah.transactionEnded();
      pinnedHere = false;
      unread = false;
      uncertain.transactionEnded();
    }
    failed = false;
  }
}
