package io.howdah.frontend.listen;

import io.howdah.config.PoolMode;
import io.howdah.error.PgError;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.Listen;

/**
 * Holds back a client's LISTEN until the shared connection listens too, so that nothing is missed
 * from the moment in which the client hears that it listens. What takes longer than {@code
 * timeouts.query-wait} is refused by the session's clock.
 *
 * <p>Thread: the session's event loop.
 */
public final class ListenGate {
  /** What to do with the message at hand. */
  public enum Answer {
    SEND,
    WAIT,
    REFUSE
  }

  private final SessionState state;
  private final Listening listening;

  /** What waits, or null. */
  private Facts waiting;

  private Wait reason;
  private PgError refusal;

  ListenGate(SessionState state, Listening listening) {
    this.state = state;
    this.listening = listening;
    listening.whenDecided = this::lookAgain;
  }

  /**
   * Whether a statement listens, and to channels that the shared connection can hear for this
   * session: it speaks UTF-8, and knows a channel by its plain name.
   */
  static boolean isShared(SessionState state, Facts facts) {
    if (state.poolMode == PoolMode.SESSION || state.hearsItself() || !state.isUtf8()) {
      return false;
    }
    boolean any = false;
    for (SessionEffect effect : facts.effects()) {
      if (effect instanceof Listen(String channel)) {
        if (channel.isEmpty() || channel.startsWith("U&\"") || channel.startsWith("u&\"")) {
          return false;
        }
        any = true;
      }
    }
    return any;
  }

  /**
   * Asks about a statement that is to be sent, and is {@link #isShared}. With {@link Answer#WAIT}
   * the session is resumed once it is worth asking again.
   *
   * @param owed requests that were sent and are not answered yet
   */
  Answer ask(Facts facts, int owed) {
    if (!facts.equals(waiting)) {
      refusal = listening.tooMany(facts);
      if (refusal != null) {
        forget();
        return Answer.REFUSE;
      }
      begin(facts);
    }
    boolean decided = listening.reserve(facts, owed);
    if (refusal == null) {
      refusal = listening.refusal(facts);
    }
    if (refusal != null) {
      listening.release(facts);
      forget();
      return Answer.REFUSE;
    }
    if (!decided) {
      return Answer.WAIT;
    }
    forget();
    listening.sent();
    return Answer.SEND;
  }

  /** The error for what was refused last. */
  PgError refusal() {
    return refusal;
  }

  /** What it waits for. */
  Wait reason() {
    return reason;
  }

  /** Whether something waits. */
  boolean isWaiting() {
    return waiting != null;
  }

  /** The client wants what it waits for no more; whether it did wait. */
  boolean cancel() {
    return refuse(new PgError.QueryCanceled());
  }

  /** What waits is answered with an error; whether something did. */
  boolean refuse(PgError error) {
    if (waiting == null) {
      return false;
    }
    if (!state.session.turn().isAttached()) {
      // There is no need for a server connection, which may be hard to come by.
      listening.release(waiting);
      state.session.turn().refuse(error);
      return true;
    }
    refusal = error;
    lookAgain();
    return true;
  }

  /** What waits is answered by somebody else. */
  void forget() {
    waiting = null;
    reason = null;
  }

  private void begin(Facts facts) {
    waiting = facts;
    refusal = null;
    reason = new Wait.Listen(channel(facts), () -> state.pools.listenProblem(listening));
  }

  private static String channel(Facts facts) {
    String channel = "";
    for (SessionEffect effect : facts.effects()) {
      if (effect instanceof Listen listen) {
        channel = listen.channel();
      }
    }
    return channel;
  }

  private void lookAgain() {
    if (waiting != null) {
      state.session.resume();
    }
  }
}
