package io.howdah.backend.fleet;

import io.howdah.error.PgError;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import java.time.Duration;
import java.util.Objects;

/** What a change of topology means for the connections to a node. */
public final class NodeRoles {
  private NodeRoles() {}

  /** Whether the node may serve anything. */
  static boolean isUsable(Topology topology, NodeId node) {
    NodeState state = topology.node(node);
    return state != null && state.up() && state.role() != Role.UNKNOWN;
  }

  public static boolean isPrimary(Topology topology, NodeId node) {
    return topology != null && topology.primary() != null && topology.primary().id().equals(node);
  }

  /**
   * Whether a node that took writes is something else now, or another takes them. One that merely
   * does not answer may still be the primary.
   */
  public static boolean hasLostPrimary(Topology topology, NodeId node) {
    NodeState state = topology.node(node);
    return !isPrimary(topology, node)
        && (topology.primary() != null || state == null || state.up());
  }

  /** The error that makes those who wait look for another node. */
  static PgError gone(Topology topology, NodeId node) {
    NodeState state = topology.node(node);
    return new PgError.NoServer(
        "connection to " + node,
        topology.cluster(),
        Duration.ZERO,
        state == null ? "The node is no longer part of the cluster." : state.problem());
  }

  /** Tells telemetry what a person on call would like to know. */
  static void report(Telemetry telemetry, Topology before, Topology now) {
    NodeId was = before == null || before.primary() == null ? null : before.primary().id();
    NodeId is = now.primary() == null ? null : now.primary().id();
    if (!Objects.equals(was, is)) {
      telemetry.primaryChanged(
          now.cluster(), Objects.toString(was, null), Objects.toString(is, null), now.version());
    }
    for (NodeState node : now.nodes()) {
      NodeState old = before == null ? null : before.node(node.id());
      // The first answer of a node is no change: what was before it nobody knows.
      if (old != null && old.up() != node.up()) {
        telemetry.nodeChanged(
            now.cluster(), node.id().toString(), node.role().name(), node.up(), node.problem());
      }
    }
  }
}
