package io.howdah.admin;

import io.howdah.telemetry.PoolCounters.Figure;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Everything that the console can show, at one moment.
 *
 * @param version Howdah's version, such as {@code 0.1.0}
 * @param paused whether all databases are paused
 * @param loginClients clients that have not finished their login
 * @param waits how many sessions wait for what, those at their login too; by a word of a fixed set
 * @param totals one entry a database
 * @param routes one entry a reason
 */
public record Snapshot(
    String version,
    boolean paused,
    int loginClients,
    Map<String, Long> waits,
    List<Pool> pools,
    List<Client> clients,
    List<Server> servers,
    List<Database> databases,
    List<User> users,
    List<Node> nodes,
    List<Listener> listeners,
    List<Setting> settings,
    List<Totals> totals,
    List<Route> routes) {
  public Snapshot {
    waits = Map.copyOf(waits);
    pools = List.copyOf(pools);
    clients = List.copyOf(clients);
    servers = List.copyOf(servers);
    databases = List.copyOf(databases);
    users = List.copyOf(users);
    nodes = List.copyOf(nodes);
    listeners = List.copyOf(listeners);
    settings = List.copyOf(settings);
    totals = List.copyOf(totals);
    routes = List.copyOf(routes);
  }

  /**
   * One pool over all event loops.
   *
   * @param clientsActive with a server connection, or idle
   * @param clientsWaiting for a server connection
   * @param cancelsActive cancel requests passed on and not yet answered
   * @param cancelsWaiting cancel requests not yet passed on
   * @param serversBeingCanceled held back until a cancel request is through
   * @param serversTested being reset
   * @param serversLogin being opened
   * @param maxWaitMicros how long the oldest waiting client has waited
   * @param refusal the SQLSTATE and message with which the node opens no connections, or null
   * @param totals figures since the start
   */
  public record Pool(
      String database,
      String user,
      int clientsActive,
      int clientsWaiting,
      int cancelsActive,
      int cancelsWaiting,
      int serversActive,
      int serversBeingCanceled,
      int serversIdle,
      int serversTested,
      int serversLogin,
      long maxWaitMicros,
      String poolMode,
      String node,
      String role,
      String refusal,
      Map<Figure, Long> totals) {
    public Pool {
      totals = Map.copyOf(totals);
    }
  }

  /** An end of a TCP connection. */
  public record Address(String host, int port) {}

  /**
   * One client.
   *
   * @param state active, idle or waiting
   * @param requestTime of its last request, null before the first
   * @param waitMicros how long it has been waiting for a server connection
   * @param link the id of its server connection, 0 for none
   * @param tls protocol and cipher, empty without TLS
   * @param pin why it keeps its server connection, null when it does not
   * @param pinKind the kind of the first reason, a word of a fixed set; null when there is none
   * @param waitReason what it waits for, for people; null when for nothing
   * @param waitMillis for how long it has waited for that
   */
  public record Client(
      long id,
      String user,
      String database,
      String state,
      Address peer,
      Address local,
      Instant connectTime,
      Instant requestTime,
      long waitMicros,
      long link,
      String tls,
      String applicationName,
      int preparedStatements,
      String pin,
      String pinKind,
      String waitReason,
      long waitMillis) {}

  /**
   * One server connection.
   *
   * @param state active, idle, tested, new or being_canceled
   * @param closeNeeded whether it is closed when it is next free
   * @param link the id of its client, 0 for none
   * @param remotePid the server process
   */
  public record Server(
      long id,
      String user,
      String database,
      String state,
      Address peer,
      Address local,
      Instant connectTime,
      Instant requestTime,
      boolean closeNeeded,
      long link,
      int remotePid,
      String tls,
      String applicationName,
      int preparedStatements,
      String node,
      String role) {}

  /**
   * One database of the configuration; null where a value is not set there.
   *
   * @param primary where its writes go now, null when there is no primary
   */
  public record Database(
      String name,
      Address primary,
      String serverDatabase,
      String forceUser,
      int poolSize,
      int minPoolSize,
      int reservePoolSize,
      long serverLifetimeSeconds,
      String poolMode,
      int maxConnections,
      int currentConnections,
      int maxClientConnections,
      int currentClientConnections,
      boolean paused,
      String cluster,
      boolean splitReads) {}

  /** One user; null where a value is not set for it. */
  public record User(
      String name,
      Integer poolSize,
      Integer reservePoolSize,
      String poolMode,
      int maxConnections,
      int currentConnections,
      int maxClientConnections,
      int currentClientConnections) {}

  /** One node of a cluster; -1 for a lag that is not known, null for no zone. */
  public record Node(
      String cluster,
      String node,
      String role,
      int timeline,
      String lsn,
      long lagBytes,
      long lagMillis,
      boolean up,
      int active,
      int idle,
      String problem,
      int weight,
      String zone) {}

  /**
   * One connection that listens for all sessions of a database.
   *
   * @param database its name on the server
   * @param node the server, null while there is no connection; then user is too
   * @param remotePid the server process
   * @param subscriptions of clients to channels
   * @param received notifications of the server since the start
   * @param delivered notifications handed to clients since the start
   * @param losses how often it was lost while somebody listened
   * @param problem why there is no connection though one is wanted, or null
   */
  public record Listener(
      String cluster,
      String database,
      String node,
      String user,
      int remotePid,
      int channels,
      int subscriptions,
      long received,
      long delivered,
      long losses,
      String problem) {}

  /** One setting of the configuration. */
  public record Setting(String key, String value, String defaultValue, boolean changeable) {}

  /** One database's figures since the start. */
  public record Totals(String database, Map<Figure, Long> figures) {
    public Totals {
      figures = Map.copyOf(figures);
    }

    /** One figure, 0 when it is missing. */
    public long get(Figure figure) {
      return figures.getOrDefault(figure, 0L);
    }
  }

  /**
   * How many statements of one reason went where, since the start.
   *
   * @param kind the class of statements, a word of a fixed set
   * @param reason a word of a fixed set
   * @param wouldReplica requests of a shadow that would have gone to a replica
   * @param meaning the reason for people
   */
  public record Route(
      String kind,
      String reason,
      long onPrimary,
      long onReplica,
      long wouldReplica,
      String meaning) {

    /** Both together, which are of one reason. */
    public Route plus(Route other) {
      return new Route(
          kind,
          reason,
          onPrimary + other.onPrimary,
          onReplica + other.onReplica,
          wouldReplica + other.wouldReplica,
          meaning);
    }
  }
}
