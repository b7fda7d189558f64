package io.howdah.frontend.session;

import io.howdah.backend.transport.Outlet;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.error.PgError;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrameReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * The client of a session, as those know it who are no phase of the session: what it sends is read
 * here, and what it is told goes out here.
 *
 * <p>Thread: the session's event loop.
 */
public interface Client {
  /** The number of the session; no other session of this process has it. */
  long id();

  /** What the port is for by which the client came. */
  Purpose port();

  /** What the session's event loop lends it. */
  Loop worker();

  /** Where the session stands between its client and a server; null before its login is over. */
  CurrentTurn turn();

  /** The client's connection. */
  Channel channel();

  /** Cuts what the client sends into messages. */
  FrameReader reader();

  /** When the client last sent something, on the clock of the loops. */
  long lastHeardNanos();

  /** A buffer for a message or a few. */
  ByteBuf buffer();

  /** Sends bytes to the client; they leave at the end of the burst, or with {@link #flush}. */
  void send(ByteBuf bytes);

  /** What it is told goes this way. */
  Outlet output();

  /** Sends an error that does not end the session. */
  void sendError(PgError error);

  /** Has what was sent leave. */
  void flush();

  /** Whether the client takes more bytes for now. */
  boolean isClientWritable();

  /** The client takes more bytes, or no more, for now: tells the phase. */
  void clientWritable(boolean writable);

  /**
   * Stops the reader at the message at hand. Nothing else does: so nobody waits without a reason.
   *
   * @return what the handler of the message returns
   */
  Verdict stop(Wait why);

  /** It waits for something that does not stop its reader; for nothing more with null. */
  void waitsBeside(Wait why);

  /** Lets the client send, which may have been asked to send no more for now. */
  void letSend();

  /** Looks at the messages that were stopped, if any. */
  void resume();

  /**
   * Runs what concerns this session on behalf of somebody else, such as a pool or a clock: if it
   * fails, this session ends and nobody else is concerned.
   */
  void contain(Runnable step);

  /**
   * Has whole messages read once more, as if they had just come, by {@link #resume}.
   *
   * @param messages owned by the session from here on
   */
  void readAgain(ByteBuf messages);

  /** Looks at the messages that were stopped, soon, and not from within this call. */
  void resumeSoon();

  /**
   * The client asked, on a connection of its own, to cancel what this session does.
   *
   * @param over to be run once nothing that the session does later can be hit any more
   */
  void cancel(Runnable over);

  /**
   * Says why, as FATAL, and ends the session. Where the client has got only a part of a message, an
   * error would be taken for the rest of it: then the end must do, as with PostgreSQL.
   */
  void terminate(PgError error);
}
