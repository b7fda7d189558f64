package io.howdah.frontend;

import io.howdah.backend.NodePool;
import io.howdah.backend.PoolGroup;
import io.howdah.backend.ReplayWatch;
import io.howdah.backend.ServerConnection;
import io.howdah.route.Target;
import io.howdah.telemetry.PoolCounters;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.NodeId;
import io.howdah.topology.WalToken;

/**
 * Finds the node for a read that must see certain commits: a replica that is known to have replayed
 * them, if need be after a short wait; else the primary.
 *
 * <p>Thread: the session's event loop.
 */
final class CausalRead implements ReplayWatch.Waiter {
  private final WaitingTurn turn;
  private final OwnWrites writes;
  private final PoolGroup pools;
  private final Client session;
  private final ReplayWatch replay;

  private Target target;
  private boolean under;
  private boolean joined;
  private boolean waited;
  private boolean overdue;
  private long sinceNanos;

  /** The node that is not to serve it, or null. */
  private NodeId failed;

  /** The only node that is of use, because the read has a connection to it already; or null. */
  private NodeId held;

  CausalRead(SessionState state, WaitingTurn turn) {
    this.turn = turn;
    this.writes = state.writes;
    this.pools = state.pools;
    this.session = state.session;
    this.replay = pools.replay();
  }

  /** A read begins; whether it must see certain commits. */
  boolean begin(Target wanted) {
    target = wanted;
    under = writes.concernRead();
    if (under) {
      waited = false;
      overdue = false;
      sinceNanos = session.worker().nanoTime();
    }
    return under;
  }

  /** Whether the request at hand is such a read. */
  boolean isUnder() {
    return under;
  }

  /** The request at hand is no such read, or is over. */
  void end() {
    under = false;
    leave();
  }

  /**
   * The pool of the node for it, or null while none may serve it.
   *
   * @param failed the node that failed it before, or null
   */
  NodePool choose(NodeId failedNode) {
    failed = failedNode;
    held = null;
    NodePool found =
        writes.unlocated() == 0
            ? pools.nodes().chooseReplayed(target, writes.token(), failed)
            : null;
    if (found == null) {
      return keepOn();
    }
    leave();
    return found;
  }

  /** Whether it may use the connection that it was given; if not it waits once more. */
  boolean allows(NodePool pool, ServerConnection connection) {
    if (pool.isPrimary() || writes.unlocated() == 0 && isReplayed(pool, connection)) {
      leave();
      return true;
    }
    held = pool.node();
    return false;
  }

  private boolean isReplayed(NodePool pool, ServerConnection connection) {
    return pools.nodes().isReplayed(pool, connection, writes.token());
  }

  /** The primary's pool once the time is over, unless it serves no reads; else null: waits on. */
  NodePool keepOn() {
    overdue |= session.worker().nanoTime() - untilNanos() >= 0;
    NodePool instead = overdue ? pools.nodes().primaryForReads(target) : null;
    if (instead != null) {
      if (!joined) {
        replay.ask(this);
      }
      leave();
    } else if (!joined) {
      joined = true;
      waited = true;
      replay.join(this);
    }
    return instead;
  }

  @Override
  public long unlocated() {
    return writes.unlocated();
  }

  @Override
  public WalToken token() {
    return writes.token();
  }

  @Override
  public boolean mayUse(NodeId replica, boolean any) {
    return held != null
        ? held.equals(replica)
        : !replica.equals(failed) && pools.nodes().mayServe(target, replica, any);
  }

  @Override
  public long untilNanos() {
    return sinceNanos + session.worker().config().routing().causalWait().toNanos();
  }

  @Override
  public PoolCounters counters() {
    NodePool primary = pools.nodes().primary();
    return primary == null ? null : primary.counters();
  }

  /** It got a connection of this pool. */
  void served(NodePool pool) {
    PoolCounters counters = pool.counters();
    counters.add(Figure.CAUSAL_READ_COUNT, 1);
    if (waited) {
      counters.add(Figure.CAUSAL_WAIT_COUNT, 1);
      long nanos = session.worker().nanoTime() - sinceNanos;
      counters.add(Figure.CAUSAL_WAIT_TIME_MICROS, nanos / 1000);
    }
    if (overdue && pool.isPrimary()) {
      counters.add(Figure.CAUSAL_PRIMARY_COUNT, 1);
    }
    end();
  }

  private void leave() {
    if (joined) {
      joined = false;
      replay.leave(this);
    }
  }

  @Override
  public void lookAgain() {
    turn.lookAgain();
  }
}
