package io.howdah;

import io.howdah.admin.Snapshot;
import io.howdah.admin.Snapshot.Address;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.listen.ListenFigures;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.NodeConfig;
import io.howdah.config.PoolConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.SplitReads;
import io.howdah.config.UserConfig;
import io.howdah.frontend.Rows;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.NodeState;
import io.howdah.topology.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/** Makes one picture of what every worker reported. Thread: any. */
final class Snapshots {
  private record PoolKey(String database, String user, String node) {}

  private final Fleet fleet;
  private final List<ListenFigures> listening;
  private final Host host;
  private final ProxyConfig config;

  Snapshots(Fleet fleet, List<ListenFigures> listening, Host host) {
    this.fleet = fleet;
    this.listening = listening;
    this.host = host;
    this.config = fleet.config();
  }

  Snapshot of(List<Rows> rows) {
    List<Snapshot.Pool> pools = merge(rows);
    List<Snapshot.Client> clients = all(rows, Rows::clients);
    List<Snapshot.Server> servers = all(rows, Rows::servers);
    return new Snapshot(
        host.version(),
        fleet.isPaused(null),
        rows.stream().mapToInt(Rows::loginClients).sum(),
        waits(rows),
        pools,
        clients,
        servers,
        databases(servers, clients),
        users(servers, clients),
        nodes(servers),
        listening.stream().map(Snapshots::listener).toList(),
        host.settings(),
        totals(pools),
        routes(rows));
  }

  private static Map<String, Long> waits(List<Rows> rows) {
    Map<String, Long> waits = new TreeMap<>();
    for (Rows of : rows) {
      of.waits().forEach((reason, n) -> waits.merge(reason, n, Long::sum));
    }
    return waits;
  }

  private static List<Snapshot.Route> routes(List<Rows> rows) {
    Map<String, Snapshot.Route> merged = new TreeMap<>();
    for (Snapshot.Route route : all(rows, Rows::routes)) {
      merged.merge(route.kind() + " " + route.reason(), route, Snapshot.Route::plus);
    }
    return List.copyOf(merged.values());
  }

  private static Snapshot.Listener listener(ListenFigures f) {
    return new Snapshot.Listener(
        f.cluster(),
        f.database(),
        f.link().node(),
        f.link().user(),
        f.link().processId(),
        f.channels(),
        f.subscriptions(),
        f.received(),
        f.delivered(),
        f.losses(),
        f.problem());
  }

  private static <T> List<T> all(List<Rows> rows, Function<Rows, List<T>> part) {
    return rows.stream().map(part).flatMap(Collection::stream).toList();
  }

  private static List<Snapshot.Pool> merge(List<Rows> rows) {
    Map<PoolKey, Snapshot.Pool> merged = new LinkedHashMap<>();
    for (Snapshot.Pool pool : all(rows, Rows::pools)) {
      merged.merge(new PoolKey(pool.database(), pool.user(), pool.node()), pool, Snapshots::sum);
    }
    return List.copyOf(merged.values());
  }

  private static Snapshot.Pool sum(Snapshot.Pool a, Snapshot.Pool b) {
    return new Snapshot.Pool(
        a.database(),
        a.user(),
        a.clientsActive() + b.clientsActive(),
        a.clientsWaiting() + b.clientsWaiting(),
        a.cancelsActive() + b.cancelsActive(),
        a.cancelsWaiting() + b.cancelsWaiting(),
        a.serversActive() + b.serversActive(),
        a.serversBeingCanceled() + b.serversBeingCanceled(),
        a.serversIdle() + b.serversIdle(),
        a.serversTested() + b.serversTested(),
        a.serversLogin() + b.serversLogin(),
        Math.max(a.maxWaitMicros(), b.maxWaitMicros()),
        a.poolMode(),
        a.node(),
        a.role(),
        a.refusal() == null ? b.refusal() : a.refusal(),
        sum(a.totals(), b.totals()));
  }

  private static Map<Figure, Long> sum(Map<Figure, Long> a, Map<Figure, Long> b) {
    Map<Figure, Long> sum = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      sum.put(figure, a.getOrDefault(figure, 0L) + b.getOrDefault(figure, 0L));
    }
    return sum;
  }

  private static List<Snapshot.Totals> totals(List<Snapshot.Pool> pools) {
    Map<String, Map<Figure, Long>> byDatabase = new LinkedHashMap<>();
    for (Snapshot.Pool pool : pools) {
      byDatabase.merge(pool.database(), pool.totals(), Snapshots::sum);
    }
    return byDatabase.entrySet().stream()
        .map(e -> new Snapshot.Totals(e.getKey(), e.getValue()))
        .toList();
  }

  private List<Snapshot.Database> databases(
      List<Snapshot.Server> servers, List<Snapshot.Client> clients) {
    List<Snapshot.Database> list = new ArrayList<>();
    for (DatabaseConfig entry : config.databases().values()) {
      boolean any = entry.name().equals(DatabaseConfig.ANY);
      String onServer = entry.serverDatabase().orElse(any ? "" : entry.name());
      PoolConfig pool = config.pool();
      list.add(
          new Snapshot.Database(
              entry.name(),
              primary(entry.cluster()),
              onServer,
              entry.serverUser().orElse(null),
              entry.poolSize().orElse(pool.defaultSize()),
              pool.minSize(),
              entry.reserveSize().orElse(pool.reserveSize()),
              pool.serverLifetime().toSeconds(),
              entry.poolMode().orElse(pool.mode()).name().toLowerCase(Locale.ROOT),
              entry.maxConnections().orElse(pool.maxDatabaseConnections()),
              count(servers, s -> covers(entry, s.database(), onServer)),
              entry.maxClientConnections().orElse(config.clients().maxConnectionsPerDatabase()),
              count(clients, c -> covers(entry, c.database(), entry.name())),
              fleet.isPaused(entry.name()),
              entry.cluster(),
              entry.splitReads().orElse(config.routing().splitReads()) == SplitReads.TRUE));
    }
    return list;
  }

  /**
   * Whether a database belongs to an entry: by name, or to {@code *} when no other entry names it.
   */
  private boolean covers(DatabaseConfig entry, String database, String name) {
    return entry.name().equals(DatabaseConfig.ANY)
        ? !config.databases().containsKey(database)
        : database.equals(name);
  }

  private static <T> int count(List<T> list, Predicate<T> which) {
    return (int) list.stream().filter(which).count();
  }

  private Address primary(String cluster) {
    Topology topology = fleet.topology(cluster);
    return topology == null || topology.primary() == null
        ? null
        : new Address(topology.primary().id().host(), topology.primary().id().port());
  }

  private List<Snapshot.User> users(List<Snapshot.Server> servers, List<Snapshot.Client> clients) {
    TreeSet<String> names = new TreeSet<>(fleet.users().names());
    names.addAll(config.users().keySet());
    clients.forEach(c -> names.add(c.user()));
    List<Snapshot.User> list = new ArrayList<>();
    for (String name : names) {
      UserConfig own = config.users().get(name);
      list.add(
          new Snapshot.User(
              name,
              own == null || own.poolSize().isEmpty() ? null : own.poolSize().getAsInt(),
              null,
              own == null
                  ? null
                  : own.poolMode().map(m -> m.name().toLowerCase(Locale.ROOT)).orElse(null),
              own == null
                  ? config.pool().maxUserConnections()
                  : own.maxConnections().orElse(config.pool().maxUserConnections()),
              count(servers, s -> s.user().equals(name)),
              own == null
                  ? config.clients().maxConnectionsPerUser()
                  : own.maxClientConnections().orElse(config.clients().maxConnectionsPerUser()),
              count(clients, c -> c.user().equals(name))));
    }
    return list;
  }

  private List<Snapshot.Node> nodes(List<Snapshot.Server> servers) {
    List<Snapshot.Node> list = new ArrayList<>();
    for (String cluster : config.clusters().keySet()) {
      Topology topology = fleet.topology(cluster);
      if (topology == null) {
        continue;
      }
      for (NodeState node : topology.nodes()) {
        String name = node.id().toString();
        NodeConfig share = config.clusters().get(cluster).node(node.id().host(), node.id().port());
        list.add(
            new Snapshot.Node(
                cluster,
                name,
                node.role().name().toLowerCase(Locale.ROOT),
                node.timeline(),
                node.position().toString(),
                node.lagBytes(),
                node.lagMillis(),
                node.up(),
                count(servers, s -> s.node().equals(name) && s.state().equals("active")),
                count(servers, s -> s.node().equals(name) && s.state().equals("idle")),
                node.problem(),
                share.weight(),
                share.zone().orElse(null)));
      }
    }
    return list;
  }
}
