package io.howdah.frontend.session;

/** Who ends a {@link Wait}. A session that nobody can wake any more is a fault. */
public enum Waker {
  /** The pool that the session stands in line at. */
  POOL,
  /** A change of the cluster. */
  TOPOLOGY,
  /** Who watches the commits, and the replay of replicas. */
  REPLAY_WATCH,
  /** The end of Howdah's own work on the session's server connection, or its clock. */
  OWN_WORK,
  /** The server's replies, or the loss of its connection. */
  REPLIES,
  /** The server that has acted on a cancel request. */
  CANCEL,
  /** The server's socket, once it takes bytes. */
  SERVER,
  /** The client: its socket once it takes bytes, or its next message. */
  CLIENT,
  /** Who reads the database's catalog. */
  CATALOG,
  /** The shared connection that listens. */
  LISTENER,
  /** A task that the loop has already. */
  LOOP,
  /** The admin console. */
  CONSOLE,
  /** The connection to a server that is being opened for this session alone. */
  CONNECTOR
}
