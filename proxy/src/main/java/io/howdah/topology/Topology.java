package io.howdah.topology;

import java.util.List;

/**
 * One cluster at one moment: immutable, replaced whole.
 *
 * @param cluster its name
 * @param version grows by one with every change of role or health; never goes backwards
 * @param primary the node that takes writes, or null when none may (none known, or two on one
 *     timeline)
 * @param nodes every node, in the order of the configuration
 * @param problem why there is no primary, or null
 */
public record Topology(
    String cluster, long version, NodeState primary, List<NodeState> nodes, String problem) {
  public Topology {
    nodes = List.copyOf(nodes);
  }

  /** The state of one node, or null. */
  public NodeState node(NodeId id) {
    for (NodeState n : nodes) {
      if (n.id().equals(id)) {
        return n;
      }
    }
    return null;
  }
}
