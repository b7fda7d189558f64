package io.howdah.backend;

import io.howdah.config.DatabaseConfig;
import io.howdah.error.PgError;
import io.howdah.pool.Budget;
import io.howdah.pool.Pool;
import io.howdah.pool.PoolActions;
import io.howdah.pool.PoolSlot;
import io.howdah.route.Catalog;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Topology;
import io.howdah.wire.Protocol;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * All server connections of one event loop: opens, closes and moves what the loop's pools ask for.
 *
 * <p>Thread: that loop.
 */
public final class ServerPools {
  private record GroupKey(String database, String user, Map<String, String> startup) {}

  private record CatalogKey(String cluster, String serverDatabase) {}

  private final int loopIndex;
  private final EventLoop loop;
  private final Fleet fleet;
  private final ServerPools[] all;
  private final Map<GroupKey, PoolGroup> groups = new HashMap<>();
  private final Map<CatalogKey, CatalogWatch> catalogs = new HashMap<>();
  private final Map<String, ReplayWatch> replayWatches = new HashMap<>();
  private final Set<ServerConnection> connections = new LinkedHashSet<>();

  /**
   * @param all the pools of every loop, by its number; filled in before the first call
   */
  public ServerPools(int loopIndex, EventLoop loop, Fleet fleet, ServerPools[] all) {
    this.loopIndex = loopIndex;
    this.loop = loop;
    this.fleet = fleet;
    this.all = all;
  }

  Fleet fleet() {
    return fleet;
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

  CatalogWatch catalogWatch(String cluster, String serverDatabase) {
    return catalogs.computeIfAbsent(
        new CatalogKey(cluster, serverDatabase), _ -> new CatalogWatch(this, loop));
  }

  /** The functions that users made in a database, as far as this loop knows them. */
  public Catalog catalog(String cluster, String serverDatabase) {
    CatalogWatch watch = catalogs.get(new CatalogKey(cluster, serverDatabase));
    return watch == null ? Catalog.UNKNOWN : watch.now();
  }

  /** Those functions as seen from a search path. */
  public Catalog.View functionsSeenFrom(
      String cluster, String serverDatabase, List<String> searchPath) {
    CatalogWatch watch = catalogs.get(new CatalogKey(cluster, serverDatabase));
    return watch == null ? Catalog.UNKNOWN.seenFrom(searchPath) : watch.seenFrom(searchPath);
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

  /** Has every loop read a database's catalog again soon. */
  void catalogChanged(String cluster, String serverDatabase) {
    CatalogKey key = new CatalogKey(cluster, serverDatabase);
    for (int i = 0; i < all.length; i++) {
      ServerPools pools = all[i];
      fleet
          .loops()
          .post(
              i,
              () -> {
                CatalogWatch watch = pools.catalogs.get(key);
                if (watch != null) {
                  watch.changed();
                }
              });
    }
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
      Set<CatalogKey> needed = new HashSet<>();
      for (PoolGroup group : groups.values()) {
        needed.add(new CatalogKey(group.entry().cluster(), group.serverDatabase()));
      }
      catalogs.keySet().retainAll(needed);
    }
  }

  /** Every connection of this loop. */
  public Collection<ServerConnection> connections() {
    return connections;
  }

  /** To be called some ten times a second. */
  public void tick() {
    long now = fleet.loops().nanoTime();
    for (PoolGroup group : groups.values()) {
      group.tick(now);
    }
    for (ReplayWatch watch : replayWatches.values()) {
      watch.tick(System.nanoTime());
    }
  }

  /** The configuration of databases changed: groups look their entries up anew. */
  public void reload() {
    groups.values().forEach(PoolGroup::reload);
  }

  /**
   * A cluster changed. Connections to a node that took writes and does so no longer are severed:
   * what they promise is void.
   */
  public void topologyChanged(Topology before, Topology now) {
    ReplayWatch watch = replayWatches.get(now.cluster());
    if (watch != null) {
      watch.topologyChanged(before, now);
    }
    for (PoolGroup group : groups.values()) {
      group.topologyChanged(now);
    }
    for (ServerConnection c : new ArrayList<>(connections)) {
      NodeId node = c.identity().node();
      if (node.cluster().equals(now.cluster())
          && NodeRoles.isPrimary(before, node)
          && !NodeRoles.isPrimary(now, node)) {
        c.destroy("the node is no longer the primary");
      }
    }
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
    for (PoolGroup group : groups.values()) {
      if (database == null || group.database().equals(database)) {
        for (ServerConnection c : new ArrayList<>(connections)) {
          if (c.owner() instanceof Actions actions && actions.group == group) {
            c.destroy(reason);
          }
        }
      }
    }
  }

  /** Closes every connection. */
  public void closeAll(String reason) {
    fleet.listening().closeAll();
    replayWatches.values().forEach(ReplayWatch::close);
    new ArrayList<>(connections).forEach(c -> c.destroy(reason));
  }

  NodePool open(PoolGroup group, NodeId node) {
    Budget budget =
        fleet.budget(node, group.entry(), group.database(), group.user(), group.startup());
    Actions actions = new Actions(group, node);
    actions.pool = new Pool<>(budget, loopIndex, actions);
    return new NodePool(node, actions.pool, actions);
  }

  /** What one pool asks for. */
  private final class Actions implements PoolActions<ServerConnection>, ServerConnection.Owner {
    private final PoolGroup group;
    private final NodeId node;
    private Pool<ServerConnection> pool;

    Actions(PoolGroup group, NodeId node) {
      this.group = group;
      this.node = node;
    }

    @Override
    public void open(PoolSlot slot) {
      fleet.connector().connect(loop, request(), new Opening(this, slot));
    }

    private LoginRequest request() {
      return new LoginRequest(
          node,
          group.serverDatabase(),
          group.serverUser(),
          fleet.secretFor(group.entry(), group.serverUser()),
          group.startup(),
          Protocol.VERSION_3_2,
          fleet.config().timeouts().serverConnect(),
          fleet.config().timeouts().serverLogin());
    }

    @Override
    public void close(ServerConnection connection, String reason) {
      connection.destroy(reason);
    }

    @Override
    public void gone(ServerConnection connection, String reason, boolean violation) {
      connections.remove(connection);
      fleet
          .telemetry()
          .serverClosed(node.toString(), group.user(), group.database(), reason, violation);
      pool.discard(connection, fleet.loops().nanoTime());
    }

    @Override
    public void move(ServerConnection connection, int to) {
      connections.remove(connection);
      Channel channel = connection.channel();
      ServerPools target = all[to];
      channel
          .deregister()
          .addListener(
              left -> {
                if (left.isSuccess()) {
                  target.loop.execute(() -> target.arrive(group, connection));
                } else {
                  loop.execute(() -> connection.destroy("could not leave its event loop"));
                }
              });
    }
  }

  /** Takes in a connection that left another loop. */
  private void arrive(PoolGroup from, ServerConnection connection) {
    PoolGroup group = group(from.entry(), from.database(), from.user(), from.startup());
    NodePool pool = group.pool(connection.identity().node());
    connections.add(connection);
    connection.movedTo(pool.owner());
    loop.register(connection.channel())
        .addListener(
            joined -> {
              if (joined.isSuccess() && connection.channel().isActive()) {
                pool.pool().adopted(connection, fleet.loops().nanoTime());
              } else {
                connection.destroy("lost on its way to another event loop");
                // It may have ended over there before it came here: then nobody says so again.
                connections.remove(connection);
              }
            });
  }

  /** A connection that is being opened for a pool. */
  private final class Opening implements LoginListener {
    private final Actions actions;
    private final PoolSlot slot;

    Opening(Actions actions, PoolSlot slot) {
      this.actions = actions;
      this.slot = slot;
    }

    @Override
    public void loggedIn(ServerGreeting greeting) {
      PoolGroup group = actions.group;
      ServerIdentity identity =
          new ServerIdentity(
              actions.node,
              group.serverDatabase(),
              group.serverUser(),
              greeting.processId(),
              greeting.secretKey(),
              new LinkedHashMap<>(greeting.parameters()),
              greeting.protocolVersion());
      ServerConnection connection =
          new ServerConnection(
              greeting.channel(),
              identity,
              slot,
              fleet.config().clients().maxServerPreparedStatements(),
              actions);
      greeting.channel().pipeline().addLast(connection);
      connections.add(connection);
      actions.pool.opened(connection, fleet.loops().nanoTime());
    }

    @Override
    public void failed(PgError error) {
      boolean permanent =
          error instanceof PgError.ServerLoginRefused refused && refused.isPermanent();
      actions.pool.openFailed(error, permanent, fleet.loops().nanoTime());
    }
  }
}
