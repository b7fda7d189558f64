package io.howdah.observe;

import io.howdah.telemetry.PoolCounters;
import java.util.List;
import java.util.Map;

/**
 * What the proxy looks like at one moment, over all event loops.
 *
 * @param clients client sessions
 * @param pools every pool
 * @param nodes every node of every cluster
 * @param listening the connections that LISTEN for many clients, all together
 * @param pinnedClients clients that keep their server connection, by the kind of the reason
 * @param waits client sessions that wait, by what they wait for
 * @param routes where statements went, by the reason of their class
 */
public record Figures(
    int clients,
    List<Pool> pools,
    List<Node> nodes,
    Listening listening,
    Map<String, Long> pinnedClients,
    Map<String, Long> waits,
    List<Route> routes) {
  /** Nothing yet. */
  public static final Figures NONE =
      new Figures(0, List.of(), List.of(), Listening.NONE, Map.of(), Map.of(), List.of());

  public Figures {
    pools = List.copyOf(pools);
    nodes = List.copyOf(nodes);
    pinnedClients = Map.copyOf(pinnedClients);
    waits = Map.copyOf(waits);
    routes = List.copyOf(routes);
  }

  /** Without statements, and without waits. */
  public Figures(
      int clients,
      List<Pool> pools,
      List<Node> nodes,
      Listening listening,
      Map<String, Long> pinnedClients) {
    this(clients, pools, nodes, listening, pinnedClients, Map.of(), List.of());
  }

  /** Which statements: those of one class, for one reason. */
  public record RouteKey(String kind, String reason) {}

  /**
   * Statements, since start.
   *
   * @param wouldReplica requests that a shadow would have sent to a replica
   */
  public record Route(RouteKey key, long onPrimary, long onReplica, long wouldReplica) {}

  /** Which pool: the connections of one user to one database on one node in one role. */
  public record PoolKey(String database, String user, String node, String role) {}

  /**
   * One pool.
   *
   * @param active server connections that serve a client
   * @param idle server connections free to be used
   * @param waiting clients that wait for one
   * @param maxWaitMicros how long the first of them has waited, in microseconds
   * @param refused whether the node opens no connections for it
   * @param totals since start
   */
  public record Pool(
      PoolKey key,
      int active,
      int idle,
      int waiting,
      long maxWaitMicros,
      boolean refused,
      Map<PoolCounters.Figure, Long> totals) {
    public Pool {
      totals = Map.copyOf(totals);
    }

    /** A total, 0 if it isn't known. */
    public long total(PoolCounters.Figure figure) {
      return totals.getOrDefault(figure, 0L);
    }
  }

  /**
   * The connections that LISTEN for many clients.
   *
   * @param connections open now
   * @param subscriptions of clients to channels
   * @param received notifications of servers since the start
   * @param delivered notifications handed to clients since the start
   */
  public record Listening(int connections, int subscriptions, long received, long delivered) {
    static final Listening NONE = new Listening(0, 0, 0, 0);
  }

  /**
   * One node.
   *
   * @param up whether it answers
   * @param lagBytes WAL that it has not replayed, in bytes; 0 for a primary
   */
  public record Node(String cluster, String node, String role, boolean up, long lagBytes) {}
}
