package io.howdah.observe;

import io.howdah.frontend.session.WaitReason;
import io.howdah.observe.Figures.Node;
import io.howdah.observe.Figures.Pool;
import io.howdah.observe.Figures.PoolKey;
import io.howdah.observe.Figures.Route;
import io.howdah.observe.Figures.RouteKey;
import io.howdah.route.fact.PinKind;
import io.howdah.telemetry.PoolCounters.Figure;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Gauges and counters of the pools and nodes, in base units. They follow the snapshot: a pool that
 * appears gets its meters, one that is gone loses them. Pools above a bound share one row, in which
 * a pool once counted stays.
 */
@Singleton
final class ProxyMeters implements MeterBinder {
  static final int MAX_POOLS = 1000;
  private static final Duration MAX_AGE = Duration.ofMillis(500);
  private static final Duration BOUND = Duration.ofSeconds(1);
  private static final double MICROS = 1e-6;

  /** What tells one node's meters from another's. */
  private record NodeKey(String cluster, String node, String role) {}

  private final BoundedLabels<PoolKey> admitted;
  private final LatestFigures latest;

  private volatile Map<PoolKey, Pool> pools = Map.of();
  private volatile Map<NodeKey, Node> nodes = Map.of();
  private volatile Map<RouteKey, Route> routes = Map.of();
  private final Map<Object, List<Meter>> meters = new HashMap<>();
  private MeterRegistry registry;

  @Inject
  ProxyMeters(ObservedProxy proxy) {
    this(proxy, System::nanoTime, MAX_POOLS);
  }

  ProxyMeters(ObservedProxy proxy, LongSupplier nanos, int maxPools) {
    String other = BoundedLabels.OTHER;
    admitted = new BoundedLabels<>(maxPools, new PoolKey(other, other, other, other));
    latest = new LatestFigures(proxy::figures, MAX_AGE, BOUND, nanos, this::follow);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("howdah.clients", latest, l -> l.get().clients())
        .description("Client sessions")
        .register(registry);
    Gauge.builder("howdah.listen.connections", latest, l -> l.get().listening().connections())
        .description("Connections that listen for many clients")
        .register(registry);
    Gauge.builder("howdah.listen.subscriptions", latest, l -> l.get().listening().subscriptions())
        .description("Channels that clients listen to over them, counted by client")
        .register(registry);
    FunctionCounter.builder(
            "howdah.listen.notifications", latest, l -> l.get().listening().received())
        .description("Notifications from servers")
        .register(registry);
    FunctionCounter.builder(
            "howdah.listen.deliveries", latest, l -> l.get().listening().delivered())
        .description("Notifications handed to clients")
        .register(registry);
    for (PinKind kind : PinKind.values()) {
      Gauge.builder("howdah.clients.pinned", latest, l -> pinned(l, kind.label()))
          .description("Client sessions that keep their server connection, by why")
          .tags(Tags.of("kind", kind.label()))
          .register(registry);
    }
    for (WaitReason reason : WaitReason.values()) {
      Gauge.builder("howdah.clients.waiting", latest, l -> waiting(l, reason.label()))
          .description("Client sessions that wait, by what they wait for")
          .tags(Tags.of("reason", reason.label()))
          .register(registry);
    }
  }

  private static double pinned(LatestFigures latest, String kind) {
    return latest.get().pinnedClients().getOrDefault(kind, 0L);
  }

  private static double waiting(LatestFigures latest, String reason) {
    return latest.get().waits().getOrDefault(reason, 0L);
  }

  private synchronized void follow(Figures figures) {
    Map<PoolKey, Pool> byKey = new HashMap<>();
    figures.pools().forEach(p -> byKey.merge(admitted.of(p.key()), p, ProxyMeters::sum));
    Map<NodeKey, Node> byNode = new HashMap<>();
    figures.nodes().forEach(n -> byNode.put(new NodeKey(n.cluster(), n.node(), n.role()), n));
    pools = Map.copyOf(byKey);
    nodes = Map.copyOf(byNode);
    routes = figures.routes().stream().collect(Collectors.toUnmodifiableMap(Route::key, r -> r));
    pools.keySet().forEach(key -> meters.computeIfAbsent(key, k -> poolMeters(key)));
    nodes.keySet().forEach(key -> meters.computeIfAbsent(key, k -> nodeMeters(key)));
    routes.keySet().forEach(key -> meters.computeIfAbsent(key, k -> routeMeters(key)));
    meters
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone =
                  !pools.containsKey(entry.getKey())
                      && !isNode(entry.getKey())
                      && !(entry.getKey() instanceof RouteKey);
              if (gone) {
                entry.getValue().forEach(registry::remove);
              }
              return gone;
            });
  }

  private boolean isNode(Object key) {
    return key instanceof NodeKey node && nodes.containsKey(node);
  }

  private static Pool sum(Pool a, Pool b) {
    Map<Figure, Long> totals = new HashMap<>(a.totals());
    b.totals().forEach((figure, n) -> totals.merge(figure, n, Long::sum));
    return new Pool(
        a.key(),
        a.active() + b.active(),
        a.idle() + b.idle(),
        a.waiting() + b.waiting(),
        Math.max(a.maxWaitMicros(), b.maxWaitMicros()),
        a.refused() || b.refused(),
        totals);
  }

  private List<Meter> poolMeters(PoolKey key) {
    PoolRow row =
        new PoolRow(
            key,
            Tags.of(
                "database",
                key.database(),
                "user",
                key.user(),
                "node",
                key.node(),
                "role",
                key.role()));
    row.servers("active", Pool::active);
    row.servers("idle", Pool::idle);
    row.gauge("howdah.pool.waiting.clients", null, "Clients that wait", Pool::waiting);
    row.gauge(
        "howdah.pool.refused",
        null,
        "1 while the node opens no connections for the pool",
        p -> p.refused() ? 1 : 0);
    row.gauge(
        "howdah.pool.oldest.wait",
        "seconds",
        "How long the first waiting client has waited",
        p -> p.maxWaitMicros() * MICROS);
    row.total("howdah.pool.transactions", null, "Transactions", Figure.XACT_COUNT, 1);
    row.total("howdah.pool.queries", null, "Queries", Figure.QUERY_COUNT, 1);
    row.total("howdah.pool.received", "bytes", "From clients", Figure.RECEIVED_BYTES, 1);
    row.total("howdah.pool.sent", "bytes", "To clients", Figure.SENT_BYTES, 1);
    row.total(
        "howdah.pool.transaction.time",
        "seconds",
        "Time in transactions",
        Figure.XACT_TIME_MICROS,
        MICROS);
    row.total(
        "howdah.pool.query.time", "seconds", "Time in queries", Figure.QUERY_TIME_MICROS, MICROS);
    row.total(
        "howdah.pool.wait.time",
        "seconds",
        "Time that clients waited for a server connection",
        Figure.WAIT_TIME_MICROS,
        MICROS);
    row.total("howdah.pool.waits", null, "Requests that waited", Figure.WAIT_COUNT, 1);
    row.total("howdah.pool.client.parses", null, "Parse by clients", Figure.CLIENT_PARSE_COUNT, 1);
    row.total("howdah.pool.server.parses", null, "Parse sent on", Figure.SERVER_PARSE_COUNT, 1);
    row.total("howdah.pool.binds", null, "Bind messages", Figure.BIND_COUNT, 1);
    row.total(
        "howdah.pool.assignments",
        null,
        "Times that a client was given a server connection",
        Figure.SERVER_ASSIGNMENT_COUNT,
        1);
    row.total(
        "howdah.pool.replays", null, "Requests that were run once more", Figure.REPLAY_COUNT, 1);
    row.total(
        "howdah.causal.reads",
        null,
        "Reads that had to see certain commits",
        Figure.CAUSAL_READ_COUNT,
        1);
    row.total(
        "howdah.causal.waits",
        null,
        "Reads that waited for a replica to have the commits that they must see",
        Figure.CAUSAL_WAIT_COUNT,
        1);
    row.total(
        "howdah.causal.wait.time",
        "seconds",
        "Time that reads waited for a replica to have the commits that they must see",
        Figure.CAUSAL_WAIT_TIME_MICROS,
        MICROS);
    row.total(
        "howdah.causal.primary.reads",
        null,
        "Reads that the primary served because no replica had what they must see in time",
        Figure.CAUSAL_PRIMARY_COUNT,
        1);
    row.total(
        "howdah.causal.questions",
        null,
        "Questions to the primary where its WAL stands",
        Figure.CAUSAL_QUESTION_COUNT,
        1);
    row.total(
        "howdah.causal.polls",
        null,
        "Questions to replicas how far they have replayed",
        Figure.CAUSAL_POLL_COUNT,
        1);
    return row.meters;
  }

  /**
   * Collects the meters of one pool. They read through this bean: the registry holds what a meter
   * reads from weakly, and nobody else holds a row.
   */
  private final class PoolRow {
    private final PoolKey key;
    private final Tags tags;
    private final List<Meter> meters = new ArrayList<>();

    PoolRow(PoolKey key, Tags tags) {
      this.key = key;
      this.tags = tags;
    }

    void servers(String state, ToDoubleFunction<Pool> figure) {
      meters.add(
          Gauge.builder("howdah.pool.servers", ProxyMeters.this, m -> m.read(key, figure))
              .description("Server connections, by state")
              .tags(tags.and("state", state))
              .register(registry));
    }

    void gauge(String name, String unit, String description, ToDoubleFunction<Pool> figure) {
      meters.add(
          Gauge.builder(name, ProxyMeters.this, m -> m.read(key, figure))
              .description(description)
              .baseUnit(unit)
              .tags(tags)
              .register(registry));
    }

    void total(String name, String unit, String description, Figure figure, double factor) {
      meters.add(
          FunctionCounter.builder(
                  name, ProxyMeters.this, m -> m.read(key, p -> p.total(figure) * factor))
              .description(description)
              .baseUnit(unit)
              .tags(tags)
              .register(registry));
    }
  }

  private List<Meter> nodeMeters(NodeKey key) {
    Tags tags = Tags.of("cluster", key.cluster(), "node", key.node(), "role", key.role());
    return List.of(
        Gauge.builder("howdah.node.up", key, k -> read(k, n -> n.up() ? 1 : 0))
            .description("Whether the node answers")
            .tags(tags)
            .strongReference(true)
            .register(registry),
        Gauge.builder("howdah.node.replay.lag", key, k -> read(k, Node::lagBytes))
            .description("WAL that the node has not replayed")
            .baseUnit("bytes")
            .tags(tags)
            .strongReference(true)
            .register(registry));
  }

  private List<Meter> routeMeters(RouteKey key) {
    Tags tags = Tags.of("class", key.kind(), "reason", key.reason());
    return List.of(
        routeMeter(key, "howdah.route.statements", tags.and("role", "primary"), Route::onPrimary),
        routeMeter(key, "howdah.route.statements", tags.and("role", "replica"), Route::onReplica),
        routeMeter(key, "howdah.route.shadow.reads", tags, Route::wouldReplica));
  }

  private Meter routeMeter(RouteKey key, String name, Tags tags, ToDoubleFunction<Route> figure) {
    return FunctionCounter.builder(name, this, m -> m.read(key, figure))
        .description(
            name.endsWith("reads")
                ? "Requests that would go to a replica were reads split"
                : "Statements, by the reason of their class and where they ran")
        .tags(tags)
        .register(registry);
  }

  private double read(RouteKey key, ToDoubleFunction<Route> figure) {
    latest.get();
    Route route = routes.get(key);
    return route == null ? 0 : figure.applyAsDouble(route);
  }

  private double read(PoolKey key, ToDoubleFunction<Pool> figure) {
    latest.get();
    Pool pool = pools.get(key);
    return pool == null ? Double.NaN : figure.applyAsDouble(pool);
  }

  private double read(NodeKey key, ToDoubleFunction<Node> figure) {
    latest.get();
    Node node = nodes.get(key);
    return node == null ? Double.NaN : figure.applyAsDouble(node);
  }
}
