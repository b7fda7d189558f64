package io.howdah.frontend.session;

import io.howdah.backend.statement.Binding;
import io.howdah.config.PoolMode;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.ReadingChange;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import java.nio.charset.StandardCharsets;

/**
 * Whether something that has been sent may change how the session's next text is read: what its
 * quotes and bytes mean, or only which functions its names stand for. Until the outcome is known, a
 * text of a later request waits; one of the same batch, whose end the client decides, is read only
 * if it means the same however it is read, and from an unknown search path.
 *
 * <p>What the open transaction has changed may be taken back by whatever ends it, an error among
 * it, so the barrier stays up behind its requests.
 *
 * <p>Thread: the session's event loop.
 */
public final class ReadingBarrier {
  private final SessionState state;

  /** What was sent and is not answered. */
  private ReadingChange sent = ReadingChange.NONE;

  /** What the open transaction has changed, perhaps. */
  private ReadingChange within = ReadingChange.NONE;

  ReadingBarrier(SessionState state) {
    this.state = state;
  }

  /** Whether a text of another request must wait until all before it is answered. */
  public boolean isUp() {
    return sent != ReadingChange.NONE || within == ReadingChange.QUOTES;
  }

  /** What can't be told of how a text is read that is sent now, without waiting. */
  ReadingChange doubt() {
    return sent;
  }

  /** What the open transaction has changed, perhaps. */
  ReadingChange within() {
    return within;
  }

  /** A statement is being sent. */
  public void sending(Facts facts) {
    if (state.poolMode == PoolMode.SESSION) {
      // Nobody else meets what it does, and nothing of it goes elsewhere.
      return;
    }
    ReadingChange change = of(facts);
    if (change != ReadingChange.NONE) {
      sending(change);
    }
    if (within != ReadingChange.NONE && facts.mayBeginTransaction()) {
      // It may as well end one.
      sending(within);
    }
  }

  /** What a text may change, by what it executes too. */
  public ReadingChange of(Facts facts) {
    if (facts.effects().isEmpty()
        && facts.reason() != Reason.PROCEDURE
        && facts.kind() != Kind.UNKNOWN) {
      return ReadingChange.NONE;
    }
    ReadingChange change = ReadingChange.of(facts);
    for (int i = 0; i < facts.effects().size(); i++) {
      if (facts.effects().get(i) instanceof SessionEffect.ExecuteStatement execute) {
        Binding prepared = state.names.get(execute.name().getBytes(StandardCharsets.UTF_8));
        change =
            change.and(
                prepared == null ? ReadingChange.QUOTES : ReadingChange.of(prepared.facts()));
      }
    }
    return change;
  }

  /** A function is being called by number. */
  public void sendingCall() {
    if (state.poolMode != PoolMode.SESSION) {
      sending(ReadingChange.QUOTES);
    }
  }

  /** Something is being sent that may do this. */
  private void sending(ReadingChange change) {
    ReadingChange now = sent.and(change);
    within = within.and(change);
    if (now != sent) {
      sent = now;
      state.readAnew();
    }
  }

  /**
   * A request ended.
   *
   * @param more whether more has been sent behind it
   */
  public void ready(byte status, boolean more) {
    if (within == ReadingChange.NONE || more) {
      return;
    }
    sent = ReadingChange.NONE;
    if (status == 'I') {
      within = ReadingChange.NONE;
    }
    state.readAnew();
  }

  /** Nothing is on its way, and no transaction is open. */
  public void end() {
    if (within != ReadingChange.NONE) {
      ready((byte) 'I', false);
    }
  }
}
