package io.howdah.admin;

import io.howdah.telemetry.PoolCounters.Figure;
import java.util.List;
import java.util.Map;

// Placeholder: replaced by the console's own.
public record Snapshot(int clients, int clientsWaiting, List<Pool> pools, List<Node> nodes) {
  public record Pool(
      String database,
      String user,
      String node,
      String role,
      int active,
      int idle,
      int waiting,
      long maxWaitMicros,
      Map<Figure, Long> totals) {}

  public record Node(String cluster, String node, String role, boolean up, long lagBytes) {}
}
