package io.howdah.frontend.listen;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.error.PgError;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.fact.Facts;

/**
 * The channels that a session hears over the shared connection. Most sessions hear none, and cost
 * next to nothing here.
 *
 * <p>Thread: the session's event loop.
 */
public final class SessionChannels {
  private final SessionState state;

  /** Null until the session first listens. */
  private Listening listening;

  /** Comes with {@link #listening}. */
  private ListenGate gate;

  public SessionChannels(SessionState state) {
    this.state = state;
  }

  /** Whether the session has ever listened over the shared connection. */
  public boolean areInUse() {
    return listening != null;
  }

  /**
   * Asks about a statement that is to be sent. With {@link ListenGate.Answer#WAIT} the session is
   * resumed once it is worth asking again.
   *
   * @param owed requests that were sent and are not answered yet
   */
  public ListenGate.Answer ask(Facts facts, int owed) {
    if (!ListenGate.isShared(state, facts)) {
      return ListenGate.Answer.SEND;
    }
    if (listening == null) {
      listening = new Listening(state);
      gate = new ListenGate(state, listening);
    }
    return gate.ask(facts, owed);
  }

  /** The error for what was refused last. */
  public PgError refusal() {
    return gate.refusal();
  }

  /** What waits to be listened to waits for this. */
  public Wait reason() {
    return gate.reason();
  }

  /** Whether something waits to be listened to. */
  public boolean areAwaited() {
    return gate != null && gate.isWaiting();
  }

  /** What waits to be listened to is answered with an error; whether something did wait. */
  public boolean refuse(PgError error) {
    return gate != null && gate.refuse(error);
  }

  /** The client wants what waits to be listened to no more; whether something did wait. */
  public boolean cancel() {
    return gate != null && gate.cancel();
  }

  /** What waits is answered by somebody else. */
  public void forget() {
    if (gate != null) {
      gate.forget();
    }
  }

  /** The session got another server connection. */
  public void begin() {
    if (listening != null) {
      listening.begin();
    }
  }

  /** Whether the server connection at hand listens for this session, itself. */
  public boolean areHeardHere() {
    return listening != null && listening.isUsedHere();
  }

  /**
   * Whether a statement that begins a request has to wait until the server connection listens to
   * what the session listens to ({@link ChannelsHere}); then the session is resumed.
   *
   * @param server the connection it is to run on, which owes nothing
   */
  public boolean areWantedHere(Facts facts, ServerConnection server) {
    return listening != null && listening.here().areWanted(facts, server, state.session::resume);
  }

  /** Whether a statement asks for the channels, and there are some. */
  public boolean areAskedFor(Facts facts) {
    return listening != null && ChannelsHere.asks(facts) && !listening.liveChannels().isEmpty();
  }

  /** Whether a channel is heard, or will be if its LISTEN is committed. */
  public boolean has(String channel) {
    return listening != null && listening.has(channel);
  }

  /** A LISTEN was committed. */
  public void joined(String channel) {
    if (listening != null) {
      listening.joined(channel);
    }
  }

  /** An UNLISTEN was committed; null for all channels. */
  public void left(String channel) {
    if (listening != null) {
      listening.left(channel);
    }
  }

  /** A NOTIFY, or a call of pg_notify, was run. */
  public void notified() {
    if (listening != null) {
      listening.own().sent();
    }
  }

  /**
   * A request ended, and what it committed was told. Says what there is to say, ahead of the
   * ReadyForQuery at hand.
   *
   * @param owed requests that are not answered yet
   */
  public void ready(byte status, int owed, ServerConnection server) {
    if (listening != null) {
      listening.ready(status, owed, server);
    }
  }

  /** Nothing is owed, and no transaction open: what is undecided now was never sent. */
  public void settled() {
    if (listening != null) {
      listening.settled();
    }
  }

  /** Says what there is to say if the client is between requests, and reads. */
  public void sayIfQuiet() {
    if (listening != null) {
      listening.told().sayIfQuiet();
    }
  }

  /** The session ends. */
  public void close() {
    if (listening != null) {
      listening.close();
      gate.forget();
    }
  }
}
