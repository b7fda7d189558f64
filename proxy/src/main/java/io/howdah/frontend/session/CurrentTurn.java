package io.howdah.frontend.session;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodePool;
import io.howdah.error.PgError;
import io.netty.buffer.ByteBuf;

/**
 * Where a session that has logged in stands between its client and a server, as far as those need
 * it who know nothing of the turns themselves.
 *
 * <p>Thread: the session's event loop.
 */
public interface CurrentTurn {
  /** The server connection that the session has, or null. */
  ServerConnection server();

  /** Whether the session has a server connection, and its client hears what that says. */
  boolean isAttached();

  /** Whether the server connection leads to the primary; only where there is one. */
  boolean isOnPrimary();

  /** Whether a request is under way on a server connection. */
  boolean isBusy();

  /**
   * Whether the server has answered all that it was sent; else it is made to, and the message that
   * waits is looked at again.
   */
  boolean isAnswered();

  /** Whether the client is between two requests and in no transaction. */
  boolean isQuiet();

  /** Says something of Howdah's own to the client among the server's replies; owns it. */
  void say(ByteBuf message);

  /** Goes on with a connection that has the session's settings, and is in nobody's use. */
  void attach(NodePool from, ServerConnection connection);

  /**
   * Why the read for which the connection at hand was chosen is on the primary, for people; null
   * where it was not chosen for a read. Says so once: what follows goes with it.
   */
  String takeReason();

  /** Answers the request that is stopped with an error, where no server has any of it. */
  void refuse(PgError error);

  /** The session has parted with its connection, and needs none for now. */
  void goIdle();

  /** Whether no request of the session's has ended yet. */
  boolean isUnused();
}
