package io.howdah.frontend;

import io.howdah.error.PgError;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;

/**
 * Where a client session stands. Each phase holds only what is legal in it and answers the events
 * that it names; an event that a phase does not name is a violation of the protocol, or of no
 * interest, as the default says.
 *
 * <p>Thread: the session's event loop.
 */
public sealed interface Phase
    permits StartupPhase,
        AuthenticationPhase,
        WelcomePhase,
        Turn,
        ReplicationWelcomePhase,
        ReplicationPhase,
        ConsolePhase,
        ClosedPhase {

  /** What SHOW CLIENTS says of it. */
  String state();

  /** How much of a message's body must be there for {@link #frame}. */
  default int needs(byte type, int bodyLength) {
    return 0;
  }

  /** A message of the client. */
  default Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    throw new ProtocolException("unexpected message type 0x" + Integer.toHexString(type & 0xFF));
  }

  /** Bytes of messages that passed. */
  default void pass(ByteBuf run) {
    run.release();
  }

  /** The burst of bytes that was read is over. */
  default void readEnd() {}

  /** The client takes more bytes, or no more, for now. */
  default void clientWritable(boolean writable) {}

  /** Whether the client has got only a part of a message. */
  default boolean isWithinReply() {
    return false;
  }

  /** Some time has passed; checks what must not take too long. */
  default void tick(long nowNanos) {}

  /**
   * Whether somebody can still end what the session waits for.
   *
   * @param waker who should
   */
  default boolean isAwaited(Waker waker) {
    return false;
  }

  /**
   * What the session waits for has not come in time.
   *
   * @param error what to tell the client
   * @return whether that was done; else the session is ended with it
   */
  default boolean tellOverdue(Wait wait, PgError error) {
    return false;
  }

  /**
   * The roles of servers, the configuration, or what an administrator has paused changed: what
   * waits chooses anew.
   */
  default void chooseAnew() {}

  /**
   * The client asked, on a connection of its own, to cancel what this session does.
   *
   * @param over to be run once nothing that the session does later can be hit any more
   */
  default void cancel(Runnable over) {
    over.run();
  }

  /**
   * Whether the client's Terminate can be heard now. If not, it waits as any other message does:
   * for what the client asked for before it.
   */
  default boolean mayTerminate() {
    return true;
  }

  /** The client says goodbye: what it asked for before is still done. */
  void terminate();

  /** The proxy wants to stop: end the session as soon as it has no transaction. */
  default void drain() {}

  /** The client is gone, or is being sent away: give back all that is held. No event follows. */
  default void leave() {}

  /** What to tell the client of a session that has to end for this reason. */
  default PgError lastWord(PgError error) {
    return error;
  }
}
