package io.howdah.frontend;

import io.howdah.backend.ServerConnection;
import io.howdah.error.PgError;
import io.howdah.route.Facts;

/**
 * The channels that a session hears over the shared connection. Most sessions hear none, and cost
 * next to nothing here.
 *
 * <p>Thread: the session's event loop.
 */
final class SessionChannels {
  private final SessionState state;

  /** Null until the session first listens. */
  private Listening listening;

  /** Comes with {@link #listening}. */
  private ListenGate gate;

  SessionChannels(SessionState state) {
    this.state = state;
  }

  /** Whether the session has ever listened over the shared connection. */
  boolean areInUse() {
    return listening != null;
  }

  /**
   * Asks about a statement that is to be sent. With {@link ListenGate.Answer#WAIT} the session is
   * resumed once it is worth asking again.
   *
   * @param owed requests that were sent and are not answered yet
   */
  ListenGate.Answer ask(Facts facts, int owed) {
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
  PgError refusal() {
    return gate.refusal();
  }

  /** What waits to be listened to waits for this. */
  Wait reason() {
    return gate.reason();
  }

  /** Whether something waits to be listened to. */
  boolean areAwaited() {
    return gate != null && gate.isWaiting();
  }

  /** What waits to be listened to is answered with an error; whether something did wait. */
  boolean refuse(PgError error) {
    return gate != null && gate.refuse(error);
  }

  /** The client wants what waits to be listened to no more; whether something did wait. */
  boolean cancel() {
    return gate != null && gate.cancel();
  }

  /** What waits is answered by somebody else. */
  void forget() {
    if (gate != null) {
      gate.forget();
    }
  }

  /** The session got another server connection. */
  void begin() {
    if (listening != null) {
      listening.begin();
    }
  }

  /** Whether the server connection at hand listens for this session, itself. */
  boolean areHeardHere() {
    return listening != null && listening.isUsedHere();
  }

  /**
   * Whether a statement that begins a request has to wait until the server connection listens to
   * what the session listens to ({@link ChannelsHere}); then the session is resumed.
   *
   * @param server the connection it is to run on, which owes nothing
   */
  boolean areWantedHere(Facts facts, ServerConnection server) {
    return listening != null && listening.here().areWanted(facts, server, state.session::resume);
  }

  /** Whether a channel is heard, or will be if its LISTEN is committed. */
  boolean has(String channel) {
    return listening != null && listening.has(channel);
  }

  /** A LISTEN was committed. */
  void joined(String channel) {
    if (listening != null) {
      listening.joined(channel);
    }
  }

  /** An UNLISTEN was committed; null for all channels. */
  void left(String channel) {
    if (listening != null) {
      listening.left(channel);
    }
  }

  /** A NOTIFY, or a call of pg_notify, was run. */
  void notified() {
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
  void ready(byte status, int owed, ServerConnection server) {
    if (listening != null) {
      listening.ready(status, owed, server);
    }
  }

  /** Nothing is owed, and no transaction open: what is undecided now was never sent. */
  void settled() {
    if (listening != null) {
      listening.settled();
    }
  }

  /** Says what there is to say if the client is between requests, and reads. */
  void sayIfQuiet() {
    if (listening != null) {
      listening.told().sayIfQuiet();
    }
  }

  /** The session ends. */
  void close() {
    if (listening != null) {
      listening.close();
      gate.forget();
    }
  }
}
