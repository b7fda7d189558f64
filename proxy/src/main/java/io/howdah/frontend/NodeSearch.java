package io.howdah.frontend;

import io.howdah.backend.NodeChoice;
import io.howdah.backend.NodePool;
import io.howdah.backend.ServerConnection;
import io.howdah.route.Decision;
import io.howdah.route.Target;
import io.howdah.topology.NodeId;

/**
 * Which node a request may go to: by what it needs, by what failed it before, and by the commits
 * that a read must see.
 *
 * <p>Thread: the session's event loop.
 */
final class NodeSearch {
  private final SessionState state;
  private final NodeChoice nodes;
  private final WaitingTurn turn;

  private Target target;

  /** The node that failed this request before, or null. */
  private NodeId failed;

  private boolean lastAttempt;
  private long sinceNanos;

  /** Made for the first read that must see certain commits. */
  private CausalRead causal;

  /** The last wait for replicas, kept as the next is mostly the same. */
  private Wait.Replay replay;

  /** Why the connection given last leads to the primary, for a read; or null. */
  private String because;

  NodeSearch(SessionState state, WaitingTurn turn) {
    this.state = state;
    this.nodes = state.pools.nodes();
    this.turn = turn;
  }

  /**
   * A request begins that may have been sent before.
   *
   * @param failedNode the node that could not answer it, or null
   * @param last whether there will be no further attempt
   * @param nowNanos the time on the clock of the loops
   */
  void begin(Target wanted, NodeId failedNode, boolean last, long nowNanos) {
    target = wanted;
    failed = failedNode;
    lastAttempt = last;
    sinceNanos = nowNanos;
    if (target.isRead()) {
      beginRead();
    } else {
      end();
    }
  }

  /** The same request is looked at anew. */
  void again() {
    if (target.isRead()) {
      beginRead();
    }
  }

  private void beginRead() {
    if (causal == null && state.writes.concernRead()) {
      causal = new CausalRead(state, turn);
    }
    if (causal != null) {
      causal.begin(target, sinceNanos);
    }
  }

  /** The request is over, or is looked at anew. */
  void end() {
    if (causal != null) {
      causal.end();
    }
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

  /** The pool of a node for the request, or null while there is none. */
  NodePool choose() {
    if (isCausal()) {
      return causal.choose(failed, lastAttempt);
    }
    return failed == null || target == Target.PRIMARY
        ? nodes.choose(target)
        : nodes.chooseAnother(target, failed, lastAttempt);
  }

  /** The wait for a node. */
  Wait forNode() {
    return isCausal() ? forReplay() : new Wait.Node(target, nodes);
  }

  /** The wait for what a read must see. */
  Wait forReplay() {
    if (replay == null || replay.target() != target) {
      replay = new Wait.Replay(target, nodes);
    }
    return replay;
  }

  /** Whether it is told of what becomes known of replicas. */
  boolean isAwaited() {
    return isCausal() && causal.isAwaited();
  }

  private boolean isCausal() {
    return causal != null && causal.isUnder();
  }

  /** Whether the request may use a connection; if not it waits once more. */
  boolean allows(NodePool pool, ServerConnection connection) {
    return !isCausal() || causal.allows(pool, connection);
  }

  /** Where a read that was not {@link #allows allowed} a connection goes; null: it waits. */
  NodePool instead() {
    return causal.keepOn();
  }

  /**
   * Whether a pool is still one for the request.
   *
   * @param queued whether the request stands in its queue
   */
  boolean isStillRight(NodePool pool, boolean queued) {
    if (pool != nodes.primary()) {
      return target.isRead() && nodes.mayServe(target, pool.node(), true);
    }
    // A read that no replica could serve leaves the primary's line for one that can.
    return !queued || !target.isRead() || isCausal() || choose() == pool;
  }

  /**
   * A node broke off before anything of the request was sent.
   *
   * @return whether the request may go wherever it could have gone at first: once
   */
  boolean failedOn(NodeId node) {
    if (failed != null) {
      return false;
    }
    failed = node;
    return true;
  }

  /** The request begins on a connection of this pool. */
  void served(NodePool pool) {
    because = whyThere(pool);
    if (isCausal()) {
      causal.served(pool);
    }
  }

  /**
   * Why a read is led to the primary, for people; null where it is not, or is no read by itself.
   */
  private String whyThere(NodePool pool) {
    if (!pool.isPrimary()) {
      return null;
    }
    if (failed != null) {
      return "another node could not answer it";
    }
    if (!target.isRead()) {
      return null;
    }
    if (!isCausal()) {
      return nodes.why().text();
    }
    if (causal.isOverdue()) {
      return "no replica had replayed in time what the session must see";
    }
    return nodes.mayServe(target, pool.node(), true)
        ? Decision.Why.PRIMARY_READS_TOO.text()
        : Decision.Why.NO_FRESH_REPLICA.text();
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
