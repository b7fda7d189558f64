package io.howdah.frontend;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodeChoice;
import io.howdah.backend.pools.NodePool;
import io.howdah.backend.pools.PoolGroup;
import io.howdah.backend.wal.ReplayWatch;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.SessionWrites;
import io.howdah.frontend.session.Stay;
import io.howdah.route.fact.Target;
import io.howdah.telemetry.PoolCounters;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.NodeId;
import io.howdah.topology.WalToken;
import java.util.concurrent.TimeUnit;

/**
 * Finds the node for a read that must see certain commits, or no less than the session has read
 * already: where it has read last, or a replica that is known to have replayed so far, if need be
 * after a short wait; else the primary.
 *
 * <p>Thread: the session's event loop.
 */
final class CausalRead implements ReplayWatch.Waiter {
  /** So long a read waits at most only in order to be served by a node that is less busy. */
  private static final long LEAVING_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** So many times as long as a read waited in vain those behind it do not wait. */
  private static final int SPARED = 10;

  /** So long it is looked for a replica on behalf of reads that may follow one on the primary. */
  private static final long FOLLOWED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final WaitingTurn turn;
  private final SessionWrites writes;
  private final PoolGroup pools;
  private final NodeChoice nodes;
  private final Client session;
  private final ReplayWatch replay;
  private final Stay stay = new Stay();

  private Target target;
  private boolean under;
  private boolean joined;
  private boolean waited;
  private boolean overdue;
  private long sinceNanos;

  /** A read that no replica had in time is on the primary. */
  private boolean follows;

  /** It waits on behalf of reads to come. */
  private boolean ahead;

  /** Until when reads do not wait, because one has waited in vain. */
  private long sparedUntilNanos;

  private boolean spared;

  /** The node that is not to serve it, or null. */
  private NodeId failed;

  /** The only node that is of use, because the read has a connection to it already; or null. */
  private NodeId held;

  CausalRead(SessionState state, WaitingTurn turn) {
    this.turn = turn;
    this.writes = state.writes;
    this.pools = state.pools;
    this.nodes = pools.nodes();
    this.session = state.session;
    this.replay = pools.replay();
  }

  /** A read begins; whether it must see certain commits. */
  boolean begin(Target wanted, long nowNanos) {
    leave();
    follows = false;
    target = wanted;
    under = writes.concernRead();
    if (under) {
      waited = false;
      overdue = false;
      sinceNanos = nowNanos;
      stay.begin();
    }
    return under;
  }

  /** Whether no replica had replayed in time what it must see. */
  boolean isOverdue() {
    return overdue;
  }

  /** Whether it is told of what becomes known. */
  boolean isAwaited() {
    return joined;
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
   * @param failedNode the node that failed it before, or null
   * @param last whether it is the last attempt, for which the primary is preferred
   */
  NodePool choose(NodeId failedNode, boolean last) {
    failed = failedNode;
    held = null;
    NodePool found = last ? nodes.primaryForReads(target) : null;
    if (found == null) {
      found = find();
    }
    if (found == null) {
      return keepOn();
    }
    leave();
    return found;
  }

  private NodePool find() {
    long now = joined ? session.worker().nanoTime() : sinceNanos;
    if (stay.isLeaving() && now - sinceNanos >= leavingNanos()) {
      stay.giveUp(now);
    }
    boolean located = writes.unlocated() == 0;
    if (located && writes.unsettled() == null) {
      return nodes.chooseReplayed(target, writes.token(), stay.isLeaving() ? stay.left() : failed);
    }
    NodePool there = stay.isLeaving() ? null : there(located);
    if (there != null) {
      NodePool other = stay.isLong(there.node(), now) ? nodes.choose(target) : there;
      if (there.equals(other) || leavingNanos() == 0 || !located && other.isPrimary()) {
        return there;
      }
      if (other.isPrimary()) {
        return other;
      }
      if (located && !writes.lastRead().canBeTold()) {
        stay.giveUp(now);
        return there;
      }
      stay.leave(there.node());
    } else if (located && (failed != null || !writes.lastRead().canBeTold())) {
      writes.settleByPrimary();
    }
    return null;
  }

  /** Where the session may go on reading though it is not known what it must see; or null. */
  private NodePool there(boolean located) {
    if (located) {
      NodeId last = writes.lastRead().replica();
      return last.equals(failed) ? null : nodes.stay(target, last, writes.token());
    }
    NodePool primary = nodes.primary();
    return primary == null ? null : nodes.stay(target, primary.node(), null);
  }

  private long leavingNanos() {
    return Math.min(LEAVING_NANOS, waitNanos());
  }

  private long waitNanos() {
    return session.worker().config().routing().causalWait().toNanos();
  }

  /** Whether it may use the connection that it was given; if not it waits once more. */
  boolean allows(NodePool pool, ServerConnection connection) {
    if (pool.isPrimary() || writes.unlocated() == 0 && isAllowed(pool, connection)) {
      leave();
      return true;
    }
    held = pool.node();
    return false;
  }

  private boolean isAllowed(NodePool pool, ServerConnection connection) {
    NodeId unsettled = writes.unsettled();
    if (unsettled != null
        && !(unsettled.equals(pool.node()) && writes.lastRead().isBy(connection))) {
      if (!writes.lastRead().canBeTold()) {
        writes.settleByPrimary();
      }
      return false;
    }
    return writes.token() == null || nodes.isReplayed(pool, connection, writes.token());
  }

  /** The primary's pool once the time is over, unless it serves no reads; else null: waits on. */
  NodePool keepOn() {
    if (!overdue) {
      spared &= sinceNanos - sparedUntilNanos < 0;
      overdue = spared || session.worker().nanoTime() - sinceNanos >= waitNanos();
    }
    NodePool instead = overdue ? nodes.primaryForReads(target) : null;
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

  /** It waits on without the connection that it was given: any node is of use. */
  void leavesNode() {
    held = null;
  }

  /** It got a connection of this pool. */
  void served(NodePool pool) {
    long now = waited || overdue ? session.worker().nanoTime() : sinceNanos;
    follows = overdue && pool.isPrimary();
    if (follows && waited) {
      spared = true;
      sparedUntilNanos = now + SPARED * waitNanos();
    }
    stay.served(pool.node(), now);
    count(pool, now);
    end();
  }

  private void count(NodePool pool, long now) {
    if (writes.token() == null && writes.unlocated() == 0) {
      return;
    }
    PoolCounters counters = pool.counters();
    counters.add(Figure.CAUSAL_READ_COUNT, 1);
    if (waited) {
      counters.add(Figure.CAUSAL_WAIT_COUNT, 1);
      counters.add(Figure.CAUSAL_WAIT_TIME_MICROS, (now - sinceNanos) / 1000);
    }
    if (follows) {
      counters.add(Figure.CAUSAL_PRIMARY_COUNT, 1);
    }
  }

  /**
   * A request has ended outside a transaction. Behind a read that no replica had in time it is
   * found out when one has: no later read may see less than the primary had, and to begin with that
   * only then would be too late for it.
   */
  void ended() {
    if (follows) {
      follows = false;
      ahead = true;
      joined = true;
      sinceNanos = session.worker().nanoTime();
      replay.join(this);
    }
  }

  @Override
  public long unlocated() {
    return writes.unlocated();
  }

  @Override
  public NodeId unsettled() {
    return writes.unsettled();
  }

  @Override
  public WalToken token() {
    return writes.token();
  }

  @Override
  public boolean mayUse(NodeId replica, boolean any) {
    if (held != null) {
      return held.equals(replica);
    }
    return !replica.equals(failed)
        && !replica.equals(stay.left())
        && nodes.mayServe(target, replica, any);
  }

  @Override
  public long untilNanos() {
    return sinceNanos + (ahead ? FOLLOWED_NANOS : stay.isLeaving() ? leavingNanos() : waitNanos());
  }

  @Override
  public PoolCounters counters() {
    NodePool primary = nodes.primary();
    return primary == null ? null : primary.counters();
  }

  /** Waits no more. */
  void leave() {
    if (joined) {
      joined = false;
      ahead = false;
      replay.leave(this);
    }
  }

  @Override
  public void lookAgain() {
    if (ahead) {
      leave();
    } else {
      turn.lookAgain();
    }
  }
}
