package io.howdah.frontend.session;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodePool;

/**
 * The server connection to which a session's messages go, or went last, and the pool it is from. In
 * one place for all who look at them: to note them anew for each transaction, in a dozen places, is
 * work for the garbage collector.
 *
 * <p>Thread: the session's event loop.
 */
public final class Attachment {
  private NodePool pool;
  private ServerConnection server;

  /** The session gets a connection. */
  public void begin(NodePool from, ServerConnection connection) {
    pool = from;
    server = connection;
  }

  /** The connection; null before the first. */
  public ServerConnection server() {
    return server;
  }

  /** Where it is from. */
  public NodePool pool() {
    return pool;
  }
}
