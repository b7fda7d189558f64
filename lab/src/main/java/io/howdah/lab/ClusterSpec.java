package io.howdah.lab;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What cluster is wanted. Immutable; the {@code with} methods answer changed copies.
 *
 * @param replicas how many streaming replicas beside the primary, 0 or more
 * @param directory where the data lives and stays between runs; empty for a temporary folder that
 *     goes when the cluster is closed
 * @param ports one port a node, 0 or a missing entry for any free one
 * @param settings postgresql.conf settings over the lab's own, the same for every node; values
 *     without quotes
 */
public record ClusterSpec(
    int replicas, Optional<Path> directory, List<Integer> ports, Map<String, String> settings) {

  public ClusterSpec {
    if (replicas < 0) {
      throw new IllegalArgumentException("replicas must not be negative: " + replicas);
    }
    ports = List.copyOf(ports);
    for (int port : ports) {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("not a port: " + port);
      }
    }
    settings = Map.copyOf(settings);
  }

  /** A cluster in a temporary folder, on free ports, with the lab's settings. */
  public static ClusterSpec ofReplicas(int replicas) {
    return new ClusterSpec(replicas, Optional.empty(), List.of(), Map.of());
  }

  /** Keeps the data in {@code directory}, which a later start finds again. */
  public ClusterSpec withDirectory(Path directory) {
    return new ClusterSpec(replicas, Optional.of(directory), ports, settings);
  }

  /** Gives the nodes these ports, in order. */
  public ClusterSpec withPorts(List<Integer> ports) {
    return new ClusterSpec(replicas, directory, ports, settings);
  }

  /** Adds one postgresql.conf setting, for instance {@code ("work_mem", "8MB")}. */
  public ClusterSpec withSetting(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(settings);
    more.put(name, value);
    return new ClusterSpec(replicas, directory, ports, more);
  }

  int port(int index) {
    return index < ports.size() ? ports.get(index) : 0;
  }
}
