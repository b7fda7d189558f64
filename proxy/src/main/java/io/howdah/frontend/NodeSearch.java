package io.howdah.frontend;

import io.howdah.backend.pools.NodeChoice;
import io.howdah.backend.pools.NodePool;
import io.howdah.error.PgError;
import io.howdah.frontend.session.Deadline;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.route.fact.Target;
import io.howdah.topology.NodeId;

/**
 * Which pool the request that waits goes to, whether that is still so, and why.
 *
 * <p>Thread: the session's event loop.
 */
final class NodeSearch {
  /** More nodes than this are not asked for one request. */
  private static final int MOST_REFUSALS = 8;

  private final SessionState state;
  private final WaitingTurn turn;
  private final NodeChoice nodes;

  private Target target;

  /** The node that failed the request before, or null. */
  private NodeId failed;

  private boolean lastAttempt;

  /** How many nodes refused to open a connection for the request. */
  private int refusals;

  private long sinceNanos;

  /** Made for the first read that must see certain commits. */
  private CausalRead causal;

  /** Kept, as the next wait for it is mostly the same. */
  private Wait.Replay replay;

  private Wait.Lease lease;

  /** Why the connection given last leads to the primary, for a read; or null. */
  private String because;

  NodeSearch(SessionState state, WaitingTurn turn) {
    this.state = state;
    this.turn = turn;
    this.nodes = state.pools.nodes();
  }

  /**
   * A request begins to be looked after.
   *
   * @param failedNode the node that could not answer it, or null
   * @param last whether there will be no further attempt
   * @param nowNanos the time on the clock of the loops
   */
  void begin(Target wanted, NodeId failedNode, boolean last, long nowNanos) {
    target = wanted;
    failed = failedNode;
    lastAttempt = last;
    refusals = 0;
    sinceNanos = nowNanos;
    begin();
  }

  /** The same request is looked after anew. */
  void begin() {
    if (!target.isRead()) {
      end();
      return;
    }
    if (causal == null && state.writes.concernRead()) {
      causal = new CausalRead(state, turn);
    }
    if (causal != null) {
      causal.begin(target, sinceNanos);
    }
  }

  /** What the request needs. */
  Target target() {
    return target;
  }

  /** A request of the session's has ended, with no transaction open. */
  void ended() {
    if (causal != null) {
      causal.ended();
    }
  }

  /** The session is over. */
  void leave() {
    if (causal != null) {
      causal.leave();
    }
  }

  /** Whether a read that a node opens no connection for may be served by another one now. */
  boolean hasWilling() {
    return target.isRead() && nodes.hasWilling(target);
  }

  /**
   * A node opens no connections: whether the request goes to another one.
   *
   * @param pool that of the node
   */
  boolean goesElsewhere(NodePool pool) {
    boolean may =
        !Deadline.QUERY_WAIT.isOver(state.session.worker(), sinceNanos)
            && !(causal() != null && pool.isPrimary())
            && refusals < MOST_REFUSALS
            && hasWilling();
    refusals += may ? 1 : 0;
    return may;
  }

  /** The request waits no more. */
  void end() {
    if (causal != null) {
      causal.end();
    }
  }

  /** The read that must see certain commits; null where the request is none. */
  CausalRead causal() {
    return causal != null && causal.isUnder() ? causal : null;
  }

  /**
   * A node broke off before anything of the request was sent to it.
   *
   * @return whether the request may go wherever it could have gone at first
   */
  boolean survives(PgError error, NodeId node) {
    boolean lost =
        error.isConnectionLoss()
            || error instanceof PgError.ServerError said && said.code().startsWith("57P0");
    if (!lost || failed != null) {
      return false;
    }
    failed = node;
    return true;
  }

  /** The pool for the request now, or null. */
  NodePool choose() {
    CausalRead read = causal();
    if (read != null) {
      return read.choose(failed, lastAttempt);
    }
    return failed == null || target == Target.PRIMARY
        ? nodes.choose(target)
        : nodes.chooseAnother(target, failed, lastAttempt);
  }

  /** What the request waits for while its pool has no connection free. */
  Wait forLease(NodePool pool) {
    if (lease == null || lease.from() != pool) {
      lease = new Wait.Lease(pool);
    }
    return lease;
  }

  /** What the request waits for while there is no pool for it, or none of which it is certain. */
  Wait wait(boolean noPool) {
    if (noPool && causal() == null) {
      return new Wait.Node(target, nodes);
    }
    if (replay == null || replay.target() != target) {
      replay = new Wait.Replay(target, nodes);
    }
    return replay;
  }

  /**
   * Whether a pool that was chosen before is still one for the request.
   *
   * @param inLine whether the request waits for a connection there; else it has one
   */
  boolean isRight(NodePool pool, boolean inLine) {
    if (pool != nodes.primary()) {
      return target.isRead() && nodes.mayServe(target, pool.node(), true);
    }
    // A read that no replica could serve leaves the primary's line for one that can.
    return !inLine || !target.isRead() || causal() != null || choose() == pool;
  }

  /**
   * Why a read is led to the primary, for people; null where it is not, or is no read by itself.
   */
  private String reason(NodePool pool) {
    if (!pool.isPrimary()) {
      return null;
    }
    if (failed != null) {
      return "another node could not answer it";
    }
    if (!target.isRead()) {
      return null;
    }
    CausalRead read = causal();
    if (read != null && read.isOverdue()) {
      return "no replica had replayed in time what the session must see";
    }
    if (read != null && nodes.choose(target) != pool) {
      return "the session goes on where it has read before";
    }
    return nodes.why().text();
  }

  /** The request begins on a connection of this pool. */
  void served(NodePool pool) {
    because = reason(pool);
    CausalRead read = causal();
    if (read != null) {
      read.served(pool);
    }
  }

  /**
   * Why the read for which the connection at hand was chosen is on the primary, for people; null
   * where it was not chosen for a read. Says so once: what follows goes with it.
   */
  String takeReason() {
    String reason = because;
    because = null;
    return reason;
  }
}
