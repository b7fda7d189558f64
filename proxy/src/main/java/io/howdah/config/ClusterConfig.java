package io.howdah.config;

import java.util.List;

/**
 * One PostgreSQL cluster: a primary and its replicas. Which is which is found by asking.
 *
 * @param name the name used by databases and shown on the console
 * @param hosts every node that may be part of the cluster
 * @param probe how the nodes are asked for their role
 */
public record ClusterConfig(String name, List<HostPort> hosts, ProbeConfig probe) {
  public ClusterConfig {
    hosts = List.copyOf(hosts);
  }

  void validate(String key, Faults faults) {
    faults.notBlank(key, name);
    faults.check(!hosts.isEmpty(), key + ".hosts", "is empty", "a list of host:port");
    for (int i = 0; i < hosts.size(); i++) {
      hosts.get(i).validate(key + ".hosts[" + i + "]", faults);
      faults.check(
          hosts.indexOf(hosts.get(i)) == i,
          key + ".hosts[" + i + "]",
          "repeats " + hosts.get(i),
          "each node once");
    }
    probe.validate(key + ".probe", faults);
  }
}
