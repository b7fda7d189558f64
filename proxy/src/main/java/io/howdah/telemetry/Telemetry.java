package io.howdah.telemetry;

import java.time.Duration;

/**
 * Rare events that somebody may want to log, count or trace. What happens for every query is
 * counted in {@link PoolCounters} instead, where no call is made.
 *
 * <p>Thread: any event loop; implementations neither block nor throw.
 */
public interface Telemetry {
  /** Does nothing. */
  Telemetry NONE = new Telemetry() {};

  /** A client finished its login. */
  default void clientConnected(long session, String user, String database, String peer) {}

  /** A client session ended. {@code reason} is for people. */
  default void clientDisconnected(long session, String user, String database, String reason) {}

  /** A client was turned away during start-up or authentication. */
  default void loginRefused(
      String peer, String user, String database, String sqlstate, String message) {}

  /** An error of Howdah's own was sent to a client. */
  default void errorSent(long session, String sqlstate, String message) {}

  /** A server connection finished its login. */
  default void serverConnected(String node, String user, String database, Duration took) {}

  /** A server connection could not be opened. */
  default void serverConnectFailed(String node, String user, String database, String reason) {}

  /**
   * A node opens no connections for a user of a database, though it did or was not asked before.
   * Reads keep away from it for a while, and try it again from time to time.
   *
   * @param sqlstate what the server said, or what a client would be told
   * @param message for people
   */
  default void serverRefuses(
      String node, String user, String database, String sqlstate, String message) {}

  /** A node that opened no connections for a user of a database has opened one. */
  default void serverAccepts(String node, String user, String database) {}

  /**
   * A server connection was closed. {@code reason} is for people; {@code violation}: see the log at
   * once.
   */
  default void serverClosed(
      String node, String user, String database, String reason, boolean violation) {}

  /** The primary of a cluster changed; either may be null. */
  default void primaryChanged(String cluster, String from, String to, long version) {}

  /** The name of a server has other addresses than before; both are lists for people. */
  default void addressChanged(String host, String before, String now) {}

  /**
   * The name of a server can't be looked up; told once until it can be again.
   *
   * @param kept the addresses that count meanwhile, for people; null when none are known
   */
  default void nameUnresolved(String host, String problem, String kept) {}

  /** A node went up or down. */
  default void nodeChanged(String cluster, String node, String role, boolean up, String problem) {}

  /**
   * The connection that listens for all sessions of a database was lost while somebody listened; it
   * is opened anew. {@code reason} is for people.
   */
  default void listeningLost(String cluster, String database, String node, String reason) {}

  /** The functions of a database could not be read; they count as before. */
  default void catalogUnread(String problem) {}

  /**
   * A session was bound to its server connection.
   *
   * @param kind a word of a fixed set, such as {@code temporary-object}
   * @param reason for people
   */
  default void pinned(long session, String kind, String reason) {}

  /** What bound a session to its server connection is gone. */
  default void unpinned(long session, String kind) {}

  /**
   * A server connection that was given back held state that Howdah did not know of; it is closed.
   *
   * @param kind a word of a fixed set, such as {@code setting}
   * @param what the state, for people
   * @param suspects the statements that may have left it, for people
   */
  default void leaked(
      String node, String user, String database, String kind, String what, String suspects) {}

  /**
   * A request is run once more, as that is certainly safe; its client notices nothing.
   *
   * @param node who could not answer it
   * @param reason one of a few fixed clauses, for people and as a label
   * @param sqlstate what the server said, or null when the connection was lost
   */
  default void replayed(long session, String node, String reason, String sqlstate) {}

  /** Whether {@link #routed} is of use; asked ten times a second. */
  default boolean wantsRoutes() {
    return false;
  }

  /**
   * A statement is sent to a node. Told only where {@link #wantsRoutes}.
   *
   * @param role primary or replica
   * @param reason the reason of its class, a word of a fixed set
   * @param why it went there, for people
   */
  default void routed(long session, String node, String role, String reason, String why) {}

  /**
   * A fault of Howdah itself that was contained; {@code cause} has the stack.
   *
   * @param where one of a few fixed phrases: floods of one place are told once a minute
   */
  default void fault(String where, Throwable cause) {}

  /**
   * Runs a step that must not keep others from running: what it throws is a {@link #fault} of this
   * place and goes no further. Whether the step ran to its end.
   */
  default boolean contain(String where, Runnable step) {
    try {
      step.run();
      return true;
    } catch (RuntimeException | Error e) {
      fault(where, e);
      return false;
    }
  }
}
