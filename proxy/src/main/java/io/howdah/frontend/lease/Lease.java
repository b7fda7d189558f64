package io.howdah.frontend.lease;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodePool;
import io.howdah.frontend.cancel.CancelRequests;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.Loop;
import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;

/**
 * The server connection that a session has for now, the pool it came from, and the ways to part
 * with it.
 *
 * <p>Thread: the session's event loop.
 */
public final class Lease {
  /** The session has it no more, and nobody else has it yet. */
  private static final String FAILED = "an internal error while giving the connection back";

  private final SessionState state;
  private final Client session;
  private final RequestAccount account;
  private final Retry retry;
  private final CancelRequests cancels;
  private final SessionChannels channels;
  private final Farewell farewell;

  private NodePool pool;
  private ServerConnection server;
  private long sinceNanos;

  /** The unnamed statement was too long to be kept: only this connection has it. */
  private boolean hasUnnamed;

  public Lease(
      SessionState state,
      RequestAccount account,
      Retry retry,
      CancelRequests cancels,
      SessionChannels channels,
      Farewell farewell) {
    this.state = state;
    this.session = state.session;
    this.account = account;
    this.retry = retry;
    this.cancels = cancels;
    this.channels = channels;
    this.farewell = farewell;
  }

  /** The session gets a connection; {@code nowNanos} on the clock of the loops. */
  public void begin(NodePool from, ServerConnection connection, long nowNanos) {
    pool = from;
    server = connection;
    state.attachment.begin(from, connection);
    account.begin(from.counters(), nowNanos);
    sinceNanos = nowNanos;
    cancels.serverIs(connection);
  }

  /** The connection, or null when there is none. */
  public ServerConnection server() {
    return server;
  }

  /** When the session got it, on the clock of the loops. */
  public long sinceNanos() {
    return sinceNanos;
  }

  /** Where it came from. */
  public NodePool pool() {
    return pool;
  }

  /** Whether it leads to the primary. */
  public boolean isPrimary() {
    return pool.isPrimary();
  }

  /** Whether it stays with the session when a transaction ends. */
  public boolean isKept() {
    return state.keepsConnection() || hasUnnamed;
  }

  /** Whether it has an unnamed statement that can't be made elsewhere. */
  public boolean hasUnnamed() {
    return hasUnnamed;
  }

  /** It has, or has no more, an unnamed statement that can't be made elsewhere. */
  public void hasUnnamed(boolean now) {
    hasUnnamed = now;
  }

  /** Whether the session listens there, by the LISTEN that its client sent. */
  public boolean isListenedOn() {
    return channels.areHeardHere();
  }

  /** Whether no reset makes it fit for another session. */
  private boolean isIndelible() {
    return state.pinning.isIndelible() || state.refusesPins() && state.pinning.isPinned();
  }

  /** Gives it back clean. */
  public void release() {
    ServerConnection free = letGo();
    try {
      if (free.isClosing()) {
        free.destroy("the server ended it behind its last answer");
      } else if (isListenedOn()) {
        farewell.unlisten(pool, free);
      } else {
        giveBack(session.worker(), pool, free);
      }
    } catch (RuntimeException | Error e) {
      free.destroy(FAILED);
      throw e;
    }
  }

  /**
   * Gives it back behind a request whose answer was held back whole.
   *
   * @param used whether the request may have left something there
   */
  public void releaseVoid(boolean used) {
    ServerConnection free = letGo();
    try {
      giveBackVoid(free, used);
    } catch (RuntimeException | Error e) {
      free.destroy(FAILED);
      throw e;
    }
  }

  private void giveBackVoid(ServerConnection free, boolean used) {
    if (free.isReusable() && used) {
      farewell.part(pool, free, true, false);
    } else if (free.isReusable()) {
      giveBack(session.worker(), pool, free);
    } else if (!free.isClosing() && free.ledger().status() != 'I') {
      // It began a transaction.
      farewell.part(pool, free, used, false);
    } else {
      free.destroy("not clean after a request that is run again");
    }
  }

  /** Gives a clean connection back to its pool, once it was looked at if it is its turn. */
  static void giveBack(Loop worker, NodePool pool, ServerConnection free) {
    if (worker.leakCheck().isTurnOf(free)) {
      worker.leakCheck().look(pool, free);
    } else {
      pool.pool().release(free, worker.nanoTime());
    }
  }

  /** Closes it. */
  public void destroy(String reason) {
    letGo().destroy(reason);
  }

  /** Has what it still owes answered, unheard; then it is free. */
  public void finish() {
    ServerConnection was = letGo();
    try {
      farewell.finish(pool, was, account, isIndelible(), () -> state.pools.schema().changed(true));
    } catch (RuntimeException | Error e) {
      was.destroy(FAILED);
      throw e;
    }
  }

  /**
   * The session ends: it is brought into a state for others, or closed.
   *
   * @param used whether the session may have left something there
   * @param doubtful whether it can't be told what it will still do
   */
  public void part(boolean used, boolean doubtful) {
    ServerConnection was = letGo();
    try {
      if (isIndelible()) {
        farewell.destroy(was);
      } else {
        farewell.part(pool, was, used, doubtful);
      }
    } catch (RuntimeException | Error e) {
      was.destroy(FAILED);
      throw e;
    }
  }

  /** Parts with it, whatever becomes of it. */
  private ServerConnection letGo() {
    retry.drop();
    ServerConnection was = lost();
    was.detach();
    return was;
  }

  /** It was closed by somebody else. */
  public ServerConnection lost() {
    ServerConnection was = server;
    server = null;
    cancels.serverIs(null);
    account.end(was.statements().takeParses());
    // Its back-pressure ends with it: nobody else would tell.
    session.letSend();
    session.waitsBeside(null);
    return was;
  }
}
