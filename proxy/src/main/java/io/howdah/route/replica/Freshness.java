package io.howdah.route.replica;

import io.howdah.config.RoutingConfig;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;

/**
 * Whether a node may serve as a replica. What is not known of it counts against it, but one that
 * has replayed all is in time. Pure.
 */
final class Freshness {
  private final long maxBytes;
  private final long maxMillis;

  Freshness(RoutingConfig config) {
    maxBytes = config.maxLagBytes();
    maxMillis = config.maxLag().toMillis();
  }

  /** Why the node takes no reads as a replica, in a few words; null when it does. */
  String problem(NodeState node) {
    if (node.role() != Role.REPLICA) {
      return node.role() == Role.PRIMARY ? "is the primary" : "is not known to be a replica";
    }
    if (!node.up()) {
      return "does not answer";
    }
    if (maxBytes != 0 && node.lagBytes() < 0) {
      return "nobody knows how many bytes it is behind";
    }
    if (maxBytes != 0 && node.lagBytes() > maxBytes) {
      return node.lagBytes() + " bytes behind, above max-lag-bytes " + maxBytes;
    }
    if (maxMillis == 0 || node.lagBytes() == 0) {
      return null;
    }
    if (node.lagMillis() < 0) {
      return "nobody knows for how long it has been behind";
    }
    return node.lagMillis() > maxMillis
        ? node.lagMillis() + " ms behind, above max-lag " + maxMillis + " ms"
        : null;
  }

  boolean passes(NodeState node) {
    return problem(node) == null;
  }
}
