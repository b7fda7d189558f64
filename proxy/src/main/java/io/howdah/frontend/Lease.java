package io.howdah.frontend;

import io.howdah.backend.NodePool;
import io.howdah.backend.ServerConnection;

/**
 * The server connection that a session has for now, the pool it came from, and the ways to part
 * with it.
 *
 * <p>Thread: the session's event loop.
 */
final class Lease {
  private final SessionState state;
  private final Client session;
  private final RequestAccount account;
  private final Replay replay;
  private final CancelRequests cancels;
  private final SessionChannels channels;
  private final Farewell farewell;

  private NodePool pool;
  private ServerConnection server;

  /** The unnamed statement was too long to be kept: only this connection has it. */
  private boolean hasUnnamed;

  Lease(
      SessionState state,
      RequestAccount account,
      Replay replay,
      CancelRequests cancels,
      SessionChannels channels,
      Farewell farewell) {
    this.state = state;
    this.session = state.session;
    this.account = account;
    this.replay = replay;
    this.cancels = cancels;
    this.channels = channels;
    this.farewell = farewell;
  }

  /** The session gets a connection. */
  void begin(NodePool from, ServerConnection connection) {
    pool = from;
    server = connection;
    account.begin(from.counters());
    cancels.serverIs(connection);
  }

  /** The connection, or null when there is none. */
  ServerConnection server() {
    return server;
  }

  /** Where it came from. */
  NodePool pool() {
    return pool;
  }

  /** Whether it leads to the primary. */
  boolean isPrimary() {
    return pool.isPrimary();
  }

  /** Whether it stays with the session when a transaction ends. */
  boolean isKept() {
    return state.keepsConnection() || hasUnnamed;
  }

  /** Whether it has an unnamed statement that can't be made elsewhere. */
  boolean hasUnnamed() {
    return hasUnnamed;
  }

  /** It has, or has no more, an unnamed statement that can't be made elsewhere. */
  void hasUnnamed(boolean now) {
    hasUnnamed = now;
  }

  /** Whether the session listens there, by the LISTEN that its client sent. */
  boolean isListenedOn() {
    return channels.areHeardHere();
  }

  /** Whether no reset makes it fit for another session. */
  private boolean isIndelible() {
    return state.pinning.isIndelible() || state.refusesPins() && state.pinning.isPinned();
  }

  /** Gives it back clean. */
  void release() {
    ServerConnection free = letGo();
    if (free.isClosing()) {
      free.destroy("the server ended it behind its last answer");
    } else if (isListenedOn()) {
      farewell.unlisten(pool, free);
    } else {
      session.worker().leakCheck().release(pool, free);
    }
  }

  /**
   * Gives it back behind a request whose answer was held back whole.
   *
   * @param used whether the request may have left something there
   */
  void releaseVoid(boolean used) {
    ServerConnection free = letGo();
    if (free.isReusable() && used) {
      farewell.part(pool, free, true, false);
    } else if (free.isReusable()) {
      session.worker().leakCheck().release(pool, free);
    } else if (!free.isClosing() && free.ledger().status() != 'I') {
      // It began a transaction.
      farewell.part(pool, free, used, false);
    } else {
      free.destroy("not clean after a request that is run again");
    }
  }

  /** Closes it. */
  void destroy(String reason) {
    letGo().destroy(reason);
  }

  /** Has what it still owes answered, unheard; then it is free. */
  void finish() {
    ServerConnection was = letGo();
    farewell.finish(pool, was, isIndelible(), () -> state.pools.schema().changed(true));
  }

  /**
   * The session ends: it is brought into a state for others, or closed.
   *
   * @param used whether the session may have left something there
   * @param doubtful whether it can't be told what it will still do
   */
  void part(boolean used, boolean doubtful) {
    ServerConnection was = letGo();
    if (isIndelible()) {
      farewell.destroy(was);
    } else {
      farewell.part(pool, was, used, doubtful);
    }
  }

  /** Parts with it, whatever becomes of it. */
  private ServerConnection letGo() {
    replay.drop();
    ServerConnection was = lost();
    was.detach();
    return was;
  }

  /** It was closed by somebody else. */
  ServerConnection lost() {
    ServerConnection was = server;
    server = null;
    cancels.serverIs(null);
    account.end(was.statements().takeParses());
    return was;
  }
}
