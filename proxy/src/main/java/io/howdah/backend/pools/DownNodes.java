package io.howdah.backend.pools;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.NodeRoles;
import io.howdah.config.ProxyConfig;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Topology;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes that no longer answer the probe, and which of an event loop's connections to them are given
 * up. A node may have stopped without a word to its connections, and then none of them is ever
 * answered; or it was only the probe that was not answered in time. So a connection counts as dead
 * once it has owed an answer and said nothing for as long as the probe may take (<code>
 * probe.timeout</code>). For a replica, where a read mostly can be run again elsewhere, the time
 * before the probe gave up counts; on the primary it begins then.
 *
 * <p>Thread: the loop.
 */
final class DownNodes {
  private record Down(long sinceNanos, boolean wasPrimary) {}

  private final Map<NodeId, Down> nodes = new HashMap<>();

  /** A cluster changed; {@code before} is null the first time. */
  void topologyChanged(Topology before, Topology now, long nowNanos) {
    for (NodeState node : now.nodes()) {
      if (node.up()) {
        nodes.remove(node.id());
      } else {
        nodes.putIfAbsent(node.id(), new Down(nowNanos, NodeRoles.isPrimary(before, node.id())));
      }
    }
  }

  /** Those of the connections that are dead, as far as can be told. */
  List<ServerConnection> dead(
      Collection<ServerConnection> connections, ProxyConfig config, long nowNanos) {
    return nodes.isEmpty()
        ? List.of()
        : connections.stream().filter(each -> isDead(each, config, nowNanos)).toList();
  }

  private boolean isDead(ServerConnection connection, ProxyConfig config, long nowNanos) {
    NodeId node = connection.identity().node();
    Down down = nodes.get(node);
    if (down == null) {
      return false;
    }
    long silent = connection.silentNanos(nowNanos);
    long counted = down.wasPrimary() ? Math.min(silent, nowNanos - down.sinceNanos()) : silent;
    return counted >= config.clusters().get(node.cluster()).probe().timeout().toNanos();
  }
}
