package io.howdah.config;

import java.util.List;
import java.util.Map;

/**
 * One PostgreSQL cluster: a primary and its replicas. Which is which is found by asking.
 *
 * @param name the name used by databases and shown on the console
 * @param hosts every node that may be part of the cluster
 * @param nodes what else is said of hosts; those of which nothing is said have no entry
 * @param probe how the nodes are asked for their role
 */
public record ClusterConfig(
    String name, List<HostPort> hosts, Map<HostPort, NodeConfig> nodes, ProbeConfig probe) {
  public ClusterConfig {
    hosts = List.copyOf(hosts);
    nodes = Map.copyOf(nodes);
  }

  /** A cluster of nodes that are all alike. */
  public ClusterConfig(String name, List<HostPort> hosts, ProbeConfig probe) {
    this(name, hosts, Map.of(), probe);
  }

  /** What is said of one node besides its address. */
  public NodeConfig node(String host, int port) {
    return nodes.getOrDefault(new HostPort(host, port), NodeConfig.DEFAULT);
  }

  void validate(String key, Faults faults) {
    faults.notBlank(key, name);
    faults.check(!hosts.isEmpty(), key + ".hosts", "is empty", "a list of host:port");
    for (int i = 0; i < hosts.size(); i++) {
      HostPort host = hosts.get(i);
      host.validate(key + ".hosts[" + i + "]", faults);
      node(host.host(), host.port()).validate(key + ".hosts[" + i + "]", faults);
      faults.check(
          hosts.indexOf(hosts.get(i)) == i,
          key + ".hosts[" + i + "]",
          "repeats " + hosts.get(i),
          "each node once");
    }
    probe.validate(key + ".probe", faults);
  }
}
