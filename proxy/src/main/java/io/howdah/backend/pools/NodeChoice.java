package io.howdah.backend.pools;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.fleet.NodeRoles;
import io.howdah.backend.wal.ReplayWatch;
import io.howdah.config.CausalReads;
import io.howdah.config.SplitReads;
import io.howdah.error.PgError;
import io.howdah.route.fact.Target;
import io.howdah.route.replica.Decision;
import io.howdah.route.replica.ReplicaChooser;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Topology;
import io.howdah.topology.WalToken;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Which node of the cluster serves a request of one user of one database, as the cluster and the
 * configuration are now, and whether reads may go to replicas at all.
 *
 * <p>Thread: the event loop of its {@link PoolGroup}.
 */
public final class NodeChoice {
  private final Fleet fleet;
  private final PoolGroup group;
  private final ReplayWatch replay;
  private final ToIntFunction<NodeId> outstanding;
  private final Predicate<NodeId> hasReached = this::hasReached;
  private final Predicate<NodeId> isWilling = this::isWilling;
  private ReplicaChooser chooser;
  private Topology topology;
  private NodePool primary;

  /** Kept, because every request asks. */
  private boolean splitsReads;

  private boolean shadowsReads;

  private CausalReads causalReads;

  /** Why the node that was chosen last serves it. */
  private Decision.Why why;

  /** What {@link #hasReached} is about. */
  private WalToken token;

  private NodeId failedNode;

  NodeChoice(Fleet fleet, PoolGroup group, ReplayWatch replay) {
    this.fleet = fleet;
    this.group = group;
    this.replay = replay;
    this.outstanding = group::outstanding;
    reload();
  }

  /** The configuration changed. */
  void reload() {
    chooser = chooser(fleet, group.entry().cluster());
    causalReads = group.entry().causalReads().orElse(fleet.config().routing().causalReads());
    decideSplit();
  }

  /** The rules of a cluster's replicas, as they are configured now. */
  public static ReplicaChooser chooser(Fleet fleet, String cluster) {
    return new ReplicaChooser(
        fleet.config().routing(),
        fleet.config().clusters().get(cluster),
        n -> ThreadLocalRandom.current().nextInt(n));
  }

  void topologyChanged(Topology now) {
    topology = now;
    primary = now.primary() == null ? null : group.pool(now.primary().id());
    decideSplit();
  }

  private void decideSplit() {
    SplitReads mode = fleet.config().splitReads(group.entry(), group.user());
    splitsReads = hasSeveral() && mode == SplitReads.TRUE;
    shadowsReads = hasSeveral() && mode == SplitReads.SHADOW;
  }

  /** Whether reads may go to replicas here. */
  public boolean splitsReads() {
    return splitsReads;
  }

  /** Whether what would go to replicas is only worked out and counted here. */
  public boolean shadowsReads() {
    return shadowsReads;
  }

  /** Whether the cluster has more than one node. */
  public boolean hasSeveral() {
    return topology != null && topology.nodes().size() > 1;
  }

  /** Which commits reads on replicas have to see here. */
  public CausalReads causalReads() {
    return causalReads;
  }

  /** The primary's pool; null while there is no primary. */
  public NodePool primary() {
    return primary;
  }

  /** The timeline of the primary; 0 while it is not known. */
  public int timeline() {
    return topology == null || topology.primary() == null ? 0 : topology.primary().timeline();
  }

  boolean isPrimary(NodeId node) {
    return NodeRoles.isPrimary(topology, node);
  }

  /**
   * The pool for a request, or null when no node is known that may take it. A read keeps away from
   * a node that refuses to open connections, as long as there is another.
   *
   * @param target what the request needs
   */
  public NodePool choose(Target target) {
    if (target == Target.PRIMARY || topology == null) {
      why = Decision.Why.PRIMARY;
      return primary;
    }
    NodePool found = pool(chooser.choose(target, topology, outstanding));
    if (found == null || !found.refusal().isStanding() || found.refusal().allows(now())) {
      return found;
    }
    NodePool other = willing(target);
    return other == null ? found : other;
  }

  private long now() {
    return fleet.loops().nanoTime();
  }

  /** The pool of a node for a read that has not refused to open connections, or null. */
  private NodePool willing(Target target) {
    NodeId node = chooser.chooseAmong(target, isWilling, topology, outstanding);
    if (node != null) {
      return pool(node);
    }
    NodePool instead = primaryForReads(target);
    return instead == null || instead.isLeftAlone(now()) ? null : instead;
  }

  private boolean isWilling(NodeId node) {
    return !group.pool(node).isLeftAlone(now());
  }

  /** Whether a read that a node refused to open a connection for may be served by another one. */
  public boolean hasWilling(Target target) {
    return topology != null && willing(target) != null;
  }

  /**
   * The pool for a read that a node has failed, or null when no node is known that may take it.
   *
   * @param target what the request needs
   * @param failed the node to avoid where there is another
   * @param last whether it is the last attempt
   */
  public NodePool chooseAnother(Target target, NodeId failed, boolean last) {
    if (topology == null) {
      return primary;
    }
    NodePool found = pool(chooser.chooseAnother(target, failed, last, topology, outstanding));
    return found != null && found.isLeftAlone(now()) ? choose(target) : found;
  }

  /**
   * The pool for a read that must see all up to a token, or null when no node is known to have it.
   *
   * @param target what the read needs
   * @param failed a node that is not to be asked, or null
   */
  public NodePool chooseReplayed(Target target, WalToken needed, NodeId failed) {
    if (topology == null) {
      return null;
    }
    token = needed;
    failedNode = failed;
    return pool(chooser.chooseAmong(target, hasReached, topology, outstanding));
  }

  /**
   * The pool of a node that has served a session before, or null if it is none for such a read now.
   *
   * @param needed what it must be known to have replayed besides, or null
   */
  public NodePool stay(Target target, NodeId node, WalToken needed) {
    if (topology == null || !chooser.isReader(target, node, false, topology)) {
      return null;
    }
    if (needed != null) {
      token = needed;
      failedNode = null;
      if (!hasReached(node)) {
        return null;
      }
    }
    NodePool there = group.pool(node);
    return there.refusal().isStanding() && there.isLeftAlone(now()) ? null : there;
  }

  private NodePool pool(Decision chosen) {
    why = chosen.why();
    return pool(chosen.node());
  }

  /** Why the node that {@link #choose} or {@link #chooseAnother} gave last serves the request. */
  public Decision.Why why() {
    return why;
  }

  private NodePool pool(NodeId node) {
    return node == null ? null : group.pool(node);
  }

  private boolean hasReached(NodeId node) {
    if (node.equals(failedNode)) {
      return false;
    }
    if (primary != null && primary.node().equals(node)) {
      return true;
    }
    NodeState state = topology.node(node);
    return state != null && isWilling(node) && replay.places().hasReached(state, token);
  }

  /** Whether a read that must see all up to a token may use a connection that it was given. */
  public boolean isReplayed(NodePool from, ServerConnection connection, WalToken needed) {
    if (from.isPrimary()) {
      return true;
    }
    NodeState state = topology.node(from.node());
    return state != null
        && replay.places().hasReached(state, needed)
        && replay.places().isCertain(connection);
  }

  /**
   * Whether a replica may serve a read, as far as its lag, weight and zone say, and whether it
   * opens connections.
   *
   * @param anyZone whether it may be one that serves only if no nearer one can
   */
  public boolean mayServe(Target target, NodeId replica, boolean anyZone) {
    return topology != null
        && chooser.isReader(target, replica, anyZone, topology)
        && isWilling(replica);
  }

  /** The primary's pool for a read that no replica can serve in time; null if reads may not. */
  public NodePool primaryForReads(Target target) {
    return target != Target.ONLY_REPLICA && chooser.mayReadPrimary() ? primary : null;
  }

  /** The error for a request that no node took in time. */
  public PgError noServer(Target target, Duration waited) {
    String wanted =
        switch (target) {
          case PRIMARY -> "primary";
          case ONLY_REPLICA -> "replica for reads";
          case REPLICA, ANY -> "server for reads";
        };
    return new PgError.NoServer(wanted, group.entry().cluster(), waited, problem(target));
  }

  /** Why no node serves a request, for people; null or empty when that can't be told. */
  public String problem(Target target) {
    if (topology == null) {
      return "No node has answered yet.";
    }
    if (!target.isRead()) {
      return topology.problem();
    }
    return chooser.candidates(target, topology).stream()
        .filter(each -> each.problem() != null)
        .map(each -> each.node().id() + " " + each.problem())
        .collect(Collectors.joining("; "));
  }
}
