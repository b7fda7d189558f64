package io.howdah.backend.pools;

import io.howdah.backend.catalog.Schema;
import io.howdah.backend.catalog.Schemas;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.fleet.NodeRoles;
import io.howdah.backend.listen.ListenHubs;
import io.howdah.backend.wal.ReplayWatch;
import io.howdah.config.DatabaseConfig;
import io.howdah.pool.Budget;
import io.howdah.route.fact.SessionEffect.DatabaseChange;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Topology;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The server side of one event loop: the pools of its users and databases, all their connections,
 * and what it knows of the databases.
 *
 * <p>Thread: that loop.
 */
public final class ServerPools {
  private record GroupKey(String database, String user, Map<String, String> startup) {}

  private final int loopIndex;
  private final EventLoop loop;
  private final Fleet fleet;
  private final ListenHubs listenHubs;
  private final ServerPools[] all;
  private final Map<GroupKey, PoolGroup> groups = new HashMap<>();
  private final Schemas schemas;
  private final Map<String, ReplayWatch> replayWatches = new HashMap<>();
  private final Set<ServerConnection> connections = new LinkedHashSet<>();
  private final DownNodes down = new DownNodes();

  /** The last primary of each cluster, as long as nothing has taken its place. */
  private final Map<String, NodeId> primaries = new HashMap<>();

  private int closings;

  /**
   * @param listenHubs what listens for the sessions of all loops
   * @param all the pools of every loop, by its number; filled in before the first call
   */
  public ServerPools(
      int loopIndex, EventLoop loop, Fleet fleet, ListenHubs listenHubs, ServerPools[] all) {
    this.loopIndex = loopIndex;
    this.loop = loop;
    this.fleet = fleet;
    this.listenHubs = listenHubs;
    this.all = all;
    this.schemas = new Schemas(fleet, loop, i -> all[i].schemas);
  }

  Fleet fleet() {
    return fleet;
  }

  ListenHubs listenHubs() {
    return listenHubs;
  }

  EventLoop loop() {
    return loop;
  }

  int loopIndex() {
    return loopIndex;
  }

  /** The pools of another event loop, which alone may use them. */
  ServerPools ofLoop(int index) {
    return all[index];
  }

  /**
   * The pools of one user of one database.
   *
   * @param startup parameters that its connections must be opened with; empty but for those that
   *     can't be set later
   */
  public PoolGroup group(
      DatabaseConfig entry, String database, String user, Map<String, String> startup) {
    return groups.computeIfAbsent(
        new GroupKey(database, user, startup),
        k -> new PoolGroup(this, entry, database, user, k.startup()));
  }

  /** The same, or null while nobody has asked for them. */
  public PoolGroup knownGroup(String database, String user) {
    return groups.get(new GroupKey(database, user, Map.of()));
  }

  /** What is known of the schemas of databases. */
  public Schemas schemas() {
    return schemas;
  }

  /** Requests to a database that a node has or that wait for it, of all users of this loop. */
  public int outstanding(String database, NodeId node) {
    return groups.values().stream()
        .filter(group -> group.database().equals(database))
        .mapToInt(group -> group.outstanding(node))
        .sum();
  }

  ReplayWatch replayWatch(String cluster) {
    return replayWatches.computeIfAbsent(cluster, c -> new ReplayWatch(fleet, loop, c));
  }

  /** Every group that was asked for. */
  public Collection<PoolGroup> groups() {
    return groups.values();
  }

  /**
   * Forgets the pools of users and databases that nobody has asked for in {@code
   * pool.forget-after}, and that have no connection.
   *
   * @param inUse groups that sessions have
   */
  public void forgetUnused(Set<PoolGroup> inUse) {
    long after = fleet.config().pool().forgetAfter().toNanos();
    long now = fleet.loops().nanoTime();
    if (after > 0
        && groups
            .values()
            .removeIf(group -> group.leaveIfUnused(inUse.contains(group), now, after))) {
      Set<Schema.Key> needed = new HashSet<>();
      for (PoolGroup group : groups.values()) {
        needed.add(group.schema().key());
      }
      schemas.retain(needed);
    }
  }

  /** Every connection of this loop. */
  public Collection<ServerConnection> connections() {
    return connections;
  }

  /** To be called some ten times a second. */
  public void tick() {
    long now = fleet.loops().nanoTime();
    Telemetry telemetry = fleet.telemetry();
    Duration ownWork = fleet.config().timeouts().serverOwnWork();
    for (ServerConnection c : new ArrayList<>(connections)) {
      telemetry.contain("the clock of a server connection", () -> c.tick(now, ownWork));
    }
    for (ServerConnection c : down.dead(connections, fleet.config(), now)) {
      c.destroy("the node does not answer any more");
    }
    for (PoolGroup group : new ArrayList<>(groups.values())) {
      group.tick(now);
    }
    for (ReplayWatch watch : replayWatches.values()) {
      telemetry.contain("the clock of the watch on replay", () -> watch.tick(System.nanoTime()));
    }
  }

  /** Forgets, on every loop, what is known of databases that a statement may have changed. */
  void databaseChanged(String cluster, DatabaseChange change) {
    databaseChanged(cluster, change.database());
    if (change.made() != null) {
      databaseChanged(cluster, change.made());
    }
  }

  private void databaseChanged(String cluster, String serverDatabase) {
    fleet.schemaChanged(cluster, serverDatabase);
    schemas.changed(new Schema.Key(cluster, serverDatabase));
    for (ServerPools each : all) {
      fleet.loops().post(each.loopIndex, () -> each.forsake(cluster, serverDatabase));
    }
  }

  private void forsake(String cluster, String serverDatabase) {
    for (PoolGroup group : groups.values()) {
      if (group.entry().cluster().equals(cluster)
          && group.serverDatabase().equals(serverDatabase)) {
        group.databaseChanged();
        fleet.loginParameters().forget(group.database());
      }
    }
  }

  /** The configuration of databases changed: groups look their entries up anew. */
  public void reload() {
    groups.values().forEach(PoolGroup::reload);
  }

  /**
   * A cluster changed. Connections to a node that took writes and now is something else are
   * severed: what they promise is void. Those to a node that does not answer are given up one by
   * one, as {@link DownNodes} has it.
   */
  public void topologyChanged(Topology before, Topology now) {
    Telemetry telemetry = fleet.telemetry();
    ReplayWatch watch = replayWatches.get(now.cluster());
    if (watch != null) {
      telemetry.contain("the watch on replay", () -> watch.topologyChanged(before, now));
    }
    for (PoolGroup group : groups.values()) {
      telemetry.contain("the choice of a node", () -> group.topologyChanged(now));
    }
    down.topologyChanged(before, now, fleet.loops().nanoTime());
    NodeId former = primaries.get(now.cluster());
    if (former != null && NodeRoles.hasLostPrimary(now, former)) {
      primaries.remove(now.cluster());
      close(c -> c.identity().node().equals(former), "the node is no longer the primary");
    }
    if (now.primary() != null) {
      primaries.put(now.cluster(), now.primary().id());
    }
  }

  /** Closes connections, and those that would be among them but are changing their loop. */
  private void close(Predicate<ServerConnection> which, String reason) {
    closings++;
    connections.stream().filter(which).toList().forEach(c -> c.destroy(reason));
  }

  /**
   * How often connections were closed for what they are: every loop does so as often as the others,
   * each in its time.
   */
  int closings() {
    return closings;
  }

  /** What a node is now, in lower case, for the console. */
  public String role(NodeId node) {
    Topology topology = fleet.topology(node.cluster());
    NodeState state = topology == null ? null : topology.node(node);
    return state == null ? "unknown" : state.role().name().toLowerCase(Locale.ROOT);
  }

  /**
   * Closes the connections of one database, by the name that clients give; of all when it is null.
   */
  public void closeDatabase(String database, String reason) {
    close(
        c ->
            database == null
                || c.owner() instanceof PoolConnections of
                    && of.group().database().equals(database),
        reason);
  }

  /** Whether its loop is the first of all. */
  public boolean isFirst() {
    return loopIndex == 0;
  }

  /**
   * No client has been in a database for a while, by the name that clients give: idle connections
   * to it are closed, on every loop, so that others can drop or copy it.
   */
  public void leave(String database) {
    for (Budget budget : fleet.budgetsOf(database)) {
      if (budget.open() > 0 && budget.limits().minSize() == 0) {
        budget.retireAll("no client is in the database any more");
      }
    }
    fleet
        .config()
        .database(database)
        .ifPresent(
            entry ->
                listenHubs.closeIdle(entry.cluster(), entry.serverDatabase().orElse(database)));
  }

  /** Closes every connection. */
  public void closeAll(String reason) {
    listenHubs.closeAll();
    replayWatches.values().forEach(ReplayWatch::close);
    close(_ -> true, reason);
  }

  NodePool open(PoolGroup group, NodeId node) {
    Budget budget =
        fleet.budget(node, group.entry(), group.database(), group.user(), group.startup());
    return new NodePool(node, new PoolConnections(this, group, node, budget));
  }
}
