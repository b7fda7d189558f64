package io.howdah.route.replica;

import io.howdah.config.ClusterConfig;
import io.howdah.config.HostPort;
import io.howdah.config.NodeConfig;
import io.howdah.config.ProbeConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.route.fact.Target;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;

/** Nodes, and what a configuration says of them. */
final class Replicas {
  static final NodeState P = node("p", Role.PRIMARY, 0, 0, true);
  static final NodeState A = node("a", Role.REPLICA, 0, 0, true);
  static final NodeState B = node("b", Role.REPLICA, 100, 50, true);

  private Replicas() {}

  static NodeState node(String host, Role role, long bytes, long millis, boolean up) {
    NodeId id = new NodeId("main", host, 5432);
    return new NodeState(id, role, 1, Lsn.NONE, bytes, millis, up, null);
  }

  static Topology topology(NodeState primary, NodeState... nodes) {
    return new Topology("main", 1, primary, List.of(nodes), null);
  }

  static ClusterConfig cluster(Map<NodeState, NodeConfig> shares) {
    Map<HostPort, NodeConfig> nodes =
        shares.entrySet().stream()
            .collect(
                Collectors.toMap(
                    e -> new HostPort(e.getKey().id().host(), e.getKey().id().port()),
                    Map.Entry::getValue));
    ProbeConfig probe = new ProbeConfig("a", "", "a", Duration.ofSeconds(1), Duration.ofSeconds(1));
    return new ClusterConfig("main", List.copyOf(nodes.keySet()), nodes, probe);
  }

  static NodeConfig weight(int weight) {
    return new NodeConfig(weight, Optional.empty());
  }

  static NodeConfig zone(String zone) {
    return new NodeConfig(1, Optional.of(zone));
  }

  static Decision read(ReplicaChooser chooser, Topology topology) {
    return chooser.choose(Target.REPLICA, topology, id -> 0);
  }

  static ReplicaChooser chooser(ReadsOnPrimary onPrimary, Random random) {
    return chooser(onPrimary, null, Map.of(), random);
  }

  static ReplicaChooser chooser(
      ReadsOnPrimary onPrimary, String zone, Map<NodeState, NodeConfig> shares, Random random) {
    RoutingConfig config =
        RoutingConfig.DEFAULT.with(
            r -> {
              r.zone = Optional.ofNullable(zone);
              r.maxLagBytes = 1000;
              r.maxLag = Duration.ofSeconds(1);
              r.readsOnPrimary = onPrimary;
            });
    return new ReplicaChooser(config, cluster(shares), random::nextInt);
  }

  /** What part of so many reads each node gets. */
  static Map<NodeId, Double> shares(ReplicaChooser chooser, Topology t, int reads) {
    Map<NodeId, Double> shares = new HashMap<>();
    for (int i = 0; i < reads; i++) {
      shares.merge(read(chooser, t).node(), 1.0 / reads, Double::sum);
    }
    return shares;
  }

  static NodeId another(ReplicaChooser chooser, NodeState failed, boolean last, Topology t) {
    return chooser.chooseAnother(Target.REPLICA, failed.id(), last, t, id -> 0).node();
  }
}
