package io.howdah.route.replica;

import io.howdah.config.NodeConfig;
import io.howdah.topology.NodeState;

/**
 * A node as one of those that a read may go to.
 *
 * @param node how it stands
 * @param share its weight and zone
 * @param problem why no read goes there now, in a few words; null when reads do
 */
public record Candidate(NodeState node, NodeConfig share, String problem) {}
