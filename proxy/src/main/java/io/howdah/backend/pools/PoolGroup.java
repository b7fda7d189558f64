package io.howdah.backend.pools;

import io.howdah.backend.catalog.CatalogSource;
import io.howdah.backend.catalog.Schema;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.NodeRoles;
import io.howdah.backend.listen.ChannelListener;
import io.howdah.backend.listen.ListenHub;
import io.howdah.backend.listen.ListenLogin;
import io.howdah.backend.listen.Subscription;
import io.howdah.backend.wal.ReplayWatch;
import io.howdah.config.CausalReads;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.PoolMode;
import io.howdah.route.fact.SessionEffect.DatabaseChange;
import io.howdah.route.function.Catalog;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.NodeId;
import io.howdah.topology.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The pools of one user of one database on one event loop, one a node: made as nodes are needed,
 * and given up together. {@link NodeChoice} chooses among them; what is known of the database
 * itself is in its {@link Schema}.
 *
 * <p>Thread: that loop.
 */
public final class PoolGroup {
  private static final Catalog.View NO_FUNCTIONS = Catalog.UNKNOWN.seenFrom(null);

  /** A client can ask for any number of start-only parameters: such pools are soon forgotten. */
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final ServerPools pools;
  private final String database;
  private final String user;
  private final Map<String, String> startup;
  private final Map<NodeId, NodePool> byNode = new LinkedHashMap<>();
  private final Schema schema;
  private final ReplayWatch replay;
  private final NodeChoice nodes;
  private final SerializableDefault serializableDefault;
  private DatabaseConfig entry;

  /** Its server connections go from one session to the next. */
  private boolean sharesConnections;

  /** Its database may be gone: nobody needs to wait to forget it. */
  private boolean forsaken;

  /** As far as {@link #leaveIfUnused} has seen. */
  private long lastUsed;

  PoolGroup(
      ServerPools pools,
      DatabaseConfig entry,
      String database,
      String user,
      Map<String, String> startup) {
    this.pools = pools;
    this.entry = entry;
    this.database = database;
    this.user = user;
    this.startup = startup;
    this.schema = pools.schemas().of(entry.cluster(), serverDatabase());
    this.replay = pools.replayWatch(entry.cluster());
    decideSharing();
    this.nodes = new NodeChoice(pools.fleet(), this, replay);
    this.lastUsed = pools.fleet().loops().nanoTime();
    this.serializableDefault = new SerializableDefault(pools.fleet().loops()::nanoTime);
    Topology now = pools.fleet().topology(entry.cluster());
    if (now != null) {
      topologyChanged(now);
    }
  }

  /** The configuration entry that covers the database. */
  public DatabaseConfig entry() {
    return entry;
  }

  /** The database's name as clients give it. */
  public String database() {
    return database;
  }

  /** The user's name as clients give it. */
  public String user() {
    return user;
  }

  /** What its connections are opened with, since it can't be set later. */
  public Map<String, String> startup() {
    return startup;
  }

  /** The database's name on the server. */
  public String serverDatabase() {
    return entry.serverDatabase().orElse(database);
  }

  /** The role on the server. */
  public String serverUser() {
    return entry.serverUser().orElse(user);
  }

  /** The choice among the pools. */
  public NodeChoice nodes() {
    return nodes;
  }

  /** What is known of the database's schema. */
  public Schema schema() {
    return schema;
  }

  /** Where commits are, and how far replicas have come. */
  public ReplayWatch replay() {
    return replay;
  }

  /** What is known of the isolation level of sessions that set none. */
  public SerializableDefault serializableDefault() {
    return serializableDefault;
  }

  private boolean usesCatalog() {
    return nodes.splitsReads() || nodes.shadowsReads() || sharesConnections;
  }

  /** The functions that users made in the database, as far as they are known and of use. */
  public Catalog catalog() {
    return usesCatalog() ? schema.catalog() : Catalog.UNKNOWN;
  }

  /**
   * Whether those functions are known, or can't be, or are of no use. Until then nobody can tell
   * what a call does to its session.
   */
  public boolean isCatalogSettled() {
    return !usesCatalog() || schema.isSettled();
  }

  /** Runs a task once that is so. */
  public void whenCatalogSettled(Runnable task) {
    schema.whenSettled(catalogSource(), task);
  }

  private CatalogSource catalogSource() {
    return new CatalogSource(entry, serverDatabase(), serverUser());
  }

  /** Those functions as seen from a search path, which may be null: not known. */
  public Catalog.View functionsSeenFrom(List<String> searchPath) {
    return usesCatalog() ? schema.functionsSeenFrom(searchPath) : NO_FUNCTIONS;
  }

  /**
   * Has a session hear a channel of this database, over the connection that all of them share.
   *
   * @param channel the name as the server knows it
   */
  public Subscription listen(String channel, ChannelListener listener) {
    return hub(listener).subscribe(new ListenLogin(entry, serverUser()), channel, listener);
  }

  /** Why nobody is heard at this database for now, or null. */
  public String listenProblem(ChannelListener listener) {
    return hub(listener).problem();
  }

  /**
   * Runs a task on a listener's loop once it was told of all that is committed in this database
   * now, or that can't be found out.
   */
  public void afterNotifications(ChannelListener listener, Runnable task) {
    hub(listener).afterNotifications(listener.loop(), task);
  }

  /**
   * A statement is being sent that needs a database of this cluster for itself: Howdah keeps out of
   * it until the server connection owes nothing and is in no transaction. What is known of the
   * database is forgotten then.
   */
  public void keepOutOf(DatabaseChange change, ServerConnection until) {
    String cluster = entry.cluster();
    until.whenQuiet(
        pools
            .fleet()
            .holds()
            .begin(
                cluster, change, pools.loopIndex(), () -> pools.databaseChanged(cluster, change)));
    pools.listenHubs().closeIdle(cluster, change.database());
  }

  private ListenHub hub(ChannelListener first) {
    return pools.listenHubs().hub(entry.cluster(), serverDatabase(), first.loop());
  }

  /** The pools that were used so far. */
  public Collection<NodePool> pools() {
    return byNode.values();
  }

  /** The pool for one node. */
  NodePool pool(NodeId node) {
    NodePool pool = byNode.get(node);
    if (pool == null) {
      pool = pools.open(this, node);
      pool.primary(nodes.isPrimary(node));
      byNode.put(node, pool);
    }
    return pool;
  }

  /** Requests that a node has or that wait for it, here. */
  int outstanding(NodeId node) {
    NodePool pool = byNode.get(node);
    return pool == null ? 0 : pool.pool().outstanding();
  }

  /**
   * Looks whether the group can be forgotten, and gives its pools up if so.
   *
   * @param inUse whether a session has the group
   * @param afterNanos how long it must have been unused
   */
  boolean leaveIfUnused(boolean inUse, long now, long afterNanos) {
    if (inUse || byNode.values().stream().anyMatch(each -> !each.pool().isUnused())) {
      forsaken &= !inUse;
      lastUsed = now;
      return false;
    }
    long bound = startup.isEmpty() ? afterNanos : Math.min(afterNanos, KEPT_NANOS);
    if (!forsaken && now - lastUsed < bound) {
      return false;
    }
    for (NodePool each : byNode.values()) {
      each.pool().leave();
      pools.fleet().budgets().leave(each.pool().budget());
    }
    return true;
  }

  /** Its database may be gone, or may have become another. */
  void databaseChanged() {
    forsaken = true;
  }

  void topologyChanged(Topology now) {
    if (now.cluster().equals(entry.cluster())) {
      for (NodePool pool : byNode.values()) {
        pool.primary(NodeRoles.isPrimary(now, pool.node()));
      }
      nodes.topologyChanged(now);
    }
  }

  void reload() {
    pools.fleet().config().database(database).ifPresent(e -> entry = e);
    decideSharing();
    nodes.reload();
  }

  private void decideSharing() {
    sharesConnections = pools.fleet().config().poolMode(entry, user) != PoolMode.SESSION;
  }

  void tick(long now) {
    Telemetry telemetry = pools.fleet().telemetry();
    if (usesCatalog()) {
      CatalogSource source = catalogSource();
      telemetry.contain("the clock of a database's catalog", () -> schema.tick(source, now));
    }
    NodePool primary = nodes.primary();
    if (nodes.splitsReads() && primary != null && nodes.causalReads() != CausalReads.OFF) {
      telemetry.contain(
          "the clock of the commits to locate", () -> replay.keepUp(primary.counters()));
    }
    for (NodePool pool : new ArrayList<>(byNode.values())) {
      telemetry.contain("the clock of a pool", () -> pool.pool().tick(now));
    }
  }
}
