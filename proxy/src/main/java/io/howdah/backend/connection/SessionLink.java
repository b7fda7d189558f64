package io.howdah.backend.connection;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.error.PgError;
import io.howdah.wire.ErrorFields;
import io.netty.buffer.ByteBuf;

/**
 * What a server connection tells the client session that has it.
 *
 * <p>Thread: the event loop of both.
 */
public interface SessionLink {
  /** Takes replies that go to the client as they are; the link owns the buffer. */
  void replies(ByteBuf run);

  /** The burst of replies is over: flush. */
  void repliesEnd();

  /**
   * A command was completed for the client.
   *
   * @param tag a command tag that tells of a change of session state, such as {@code SET}
   */
  void stateCommand(CommandTag tag, ReplyLedger.Note note);

  /** The client was told an error: what its request did since its last transaction is void. */
  void failed();

  /**
   * A batch of Howdah's own, sent ahead of the client's request, failed unseen.
   *
   * @param error an ErrorResponse's body, to be looked at during the call only
   */
  default void ownFailed(ByteBuf error) {}

  /**
   * The message that goes to the client in place of an error of the server's; null when that may
   * pass.
   *
   * @param error an ErrorResponse's body, to be looked at during the call only
   */
  default ByteBuf errorInstead(ByteBuf error) {
    return null;
  }

  /**
   * The server says an error that is meant for the client; {@link #failed} and its bytes follow.
   *
   * @param at what the error answers; null when nothing was owed
   * @param note the note of that, or null
   */
  default void refused(ErrorFields error, ReplyLedger.Entry at, ReplyLedger.Note note) {}

  /**
   * On a connection that {@link ServerConnection#watch} was asked for: what comes next is more than
   * a preliminary. Errors are told by {@link #refused} instead.
   */
  default void answering() {}

  /**
   * Whether the session is about to part with the connection and has nothing there: then it is no
   * concern of the client's if the server ends it now.
   */
  default boolean isLeaving() {
    return false;
  }

  /** The server ended a request: its ReadyForQuery is about to go to the client. */
  void ready(byte transactionStatus);

  /**
   * Whether the client is to hear what comes on a channel of this server connection. Not so when it
   * hears it elsewhere, or when another session left the LISTEN behind.
   */
  default boolean hears(String channel) {
    return true;
  }

  /** The server owes nothing and all it said was passed on: the lease may end here. */
  void settled();

  /** The server said that a parameter has a new value, because of this session's own doing. */
  void parameterChanged(String name, String value);

  /** Some time has passed: for a link that has no other clock. */
  default void tick(long nowNanos) {}

  /** The server takes more bytes, or no more, for now. */
  void serverWritable(boolean writable);

  /**
   * The connection is gone; the link has it no more.
   *
   * @param error what to tell the client
   * @param told whether the server said a last word (FATAL) which was passed on already
   */
  void lost(PgError error, boolean told);
}
