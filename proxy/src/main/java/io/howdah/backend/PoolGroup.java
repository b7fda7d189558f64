package io.howdah.backend;

import io.howdah.config.CausalReads;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.SplitReads;
import io.howdah.error.PgError;
import io.howdah.route.Catalog;
import io.howdah.route.ReplicaChooser;
import io.howdah.route.Target;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Topology;
import io.howdah.topology.WalToken;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * The pools of one user of one database on one event loop, one a node, and the choice among them.
 *
 * <p>Thread: that loop.
 */
public final class PoolGroup {
  private static final Catalog.View NO_FUNCTIONS = Catalog.UNKNOWN.seenFrom(null);

  private final ServerPools pools;
  private final CatalogWatch catalog;
  private final AtomicInteger schemaEpoch;
  private final ReplayWatch replay;
  private final SequenceInterest sequenceInterest;
  private final String database;
  private final String user;
  private final Map<String, String> startup;
  private final Map<NodeId, NodePool> byNode = new LinkedHashMap<>();
  private DatabaseConfig entry;
  private final ToIntFunction<NodeId> outstanding = this::outstanding;
  private ReplicaChooser chooser;
  private final SerializableDefault serializableDefault;
  private Topology topology;
  private NodePool primary;

  /** Kept, because every request asks. */
  private boolean splitsReads;

  private boolean shadowsReads;

  private CausalReads causalReads;

  /** What {@link #hasReached} is about. */
  private WalToken token;

  private NodeId failedNode;

  /** As far as {@link #leaveIfUnused} has seen. */
  private long lastUsed;

  private final Predicate<NodeId> hasReached = this::hasReached;

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
    this.catalog = pools.catalogWatch(entry.cluster(), serverDatabase());
    this.schemaEpoch = pools.fleet().schemaEpoch(entry.cluster(), serverDatabase());
    this.replay = pools.replayWatch(entry.cluster());
    this.sequenceInterest = pools.fleet().sequenceInterest(entry.cluster(), serverDatabase());
    this.lastUsed = pools.fleet().loops().nanoTime();
    this.serializableDefault = new SerializableDefault(pools.fleet().loops()::nanoTime);
    this.chooser = newChooser();
    decideCausality();
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

  private ListenHub hub(ChannelListener first) {
    return pools.fleet().listening().hub(entry.cluster(), serverDatabase(), first.loop());
  }

  /** What is known of the isolation level of sessions that set none. */
  public SerializableDefault serializableDefault() {
    return serializableDefault;
  }

  /** The pools that were used so far. */
  public Collection<NodePool> pools() {
    return byNode.values();
  }

  /** Whether reads may go to replicas here. */
  public boolean splitsReads() {
    return splitsReads;
  }

  /** Whether the cluster has more than one node. */
  public boolean hasSeveralNodes() {
    return topology != null && topology.nodes().size() > 1;
  }

  /** Whether what would go to replicas is only worked out and counted here. */
  public boolean shadowsReads() {
    return shadowsReads;
  }

  private boolean usesCatalog() {
    return splitsReads || shadowsReads;
  }

  /** The functions that users made in the database, as far as they are known. */
  public Catalog catalog() {
    return usesCatalog() ? catalog.now() : Catalog.UNKNOWN;
  }

  /** Those functions as seen from a search path, which may be null: not known. */
  public Catalog.View functionsSeenFrom(List<String> searchPath) {
    return usesCatalog() ? catalog.seenFrom(searchPath) : NO_FUNCTIONS;
  }

  /**
   * Differs before and after every change of the database's schema that was made through Howdah, as
   * soon as whoever made it may know that it is done.
   */
  public int schemaEpoch() {
    return schemaEpoch.get();
  }

  /** Whether currval and lastval are used in the database. */
  public SequenceInterest sequenceInterest() {
    return sequenceInterest;
  }

  /**
   * A transaction that may have changed the database's schema is done. To be called before anybody
   * is told so.
   */
  public void catalogChanged() {
    schemaEpoch.incrementAndGet();
    pools.catalogChanged(entry.cluster(), serverDatabase());
  }

  /** Which commits reads on replicas have to see here. */
  public CausalReads causalReads() {
    return causalReads;
  }

  /** Where commits are, and how far replicas have come. */
  public ReplayWatch replay() {
    return replay;
  }

  private void decideCausality() {
    causalReads = entry.causalReads().orElse(pools.fleet().config().routing().causalReads());
  }

  private void decideSplit() {
    SplitReads mode = pools.fleet().config().splitReads(entry, user);
    splitsReads = hasSeveralNodes() && mode == SplitReads.TRUE;
    shadowsReads = hasSeveralNodes() && mode == SplitReads.SHADOW;
  }

  /**
   * The pool for a request, or null when no node is known that may take it.
   *
   * @param target what the request needs
   */
  public NodePool choose(Target target) {
    if (target == Target.PRIMARY || topology == null) {
      return primary;
    }
    NodeId node = chooser.choose(target, topology, outstanding).node();
    return node == null ? null : pool(node);
  }

  /**
   * The pool for a read that a node has failed, or null when no node is known that may take it.
   *
   * @param target what the request needs
   * @param failed the node to avoid where there is another
   * @param last whether it is the last attempt
   */
  public NodePool chooseAnother(Target target, NodeId failed, boolean last) {
    if (topology == null) {
      return primary;
    }
    NodeId node = chooser.chooseAnother(target, failed, last, topology, outstanding).node();
    return node == null ? null : pool(node);
  }

  /**
   * The pool for a read that must see all up to a token, or null when no node is known to have it.
   *
   * @param target what the read needs
   * @param failed a node that is not to be asked, or null
   */
  public NodePool chooseReplayed(Target target, WalToken needed, NodeId failed) {
    if (topology == null) {
      return null;
    }
    token = needed;
    failedNode = failed;
    NodeId node = chooser.chooseAmong(target, hasReached, topology, outstanding);
    return node == null ? null : pool(node);
  }

  private boolean hasReached(NodeId node) {
    if (primary != null && primary.node().equals(node)) {
      return true;
    }
    NodeState state = topology.node(node);
    return !node.equals(failedNode) && state != null && replay.hasReached(state, token);
  }

  /**
   * Whether a replica may serve a read, as far as its lag, weight and zone say.
   *
   * @param anyZone whether it may be one that serves only if no nearer one can
   */
  public boolean mayServe(Target target, NodeId replica, boolean anyZone) {
    return topology != null && chooser.isReader(target, replica, anyZone, topology);
  }

  /** Whether a read that must see all up to a token may use a connection that it was given. */
  public boolean isReplayed(NodePool from, ServerConnection connection, WalToken needed) {
    if (from.isPrimary()) {
      return true;
    }
    NodeState state = topology.node(from.node());
    return state != null && replay.hasReached(state, needed) && replay.isCertain(connection);
  }

  /** The primary's pool for a read that no replica can serve in time; null if reads may not. */
  public NodePool primaryForReads(Target target) {
    return target != Target.ONLY_REPLICA && chooser.mayReadPrimary() ? primary : null;
  }

  /** The timeline of the primary; 0 while it is not known. */
  public int timeline() {
    return topology == null || topology.primary() == null ? 0 : topology.primary().timeline();
  }

  /** The primary's pool; null while there is no primary. */
  public NodePool primary() {
    return primary;
  }

  /** Requests that a node has or that wait for it, here. */
  int outstanding(NodeId node) {
    NodePool pool = byNode.get(node);
    return pool == null ? 0 : pool.pool().outstanding();
  }

  /** The error for a request that no node took in time. */
  public PgError noServer(Target target, Duration waited) {
    String wanted =
        switch (target) {
          case PRIMARY -> "primary";
          case ONLY_REPLICA -> "replica for reads";
          case REPLICA, ANY -> "server for reads";
        };
    return new PgError.NoServer(wanted, entry.cluster(), waited, problem(target));
  }

  private String problem(Target target) {
    if (topology == null) {
      return "No node has answered yet.";
    }
    if (!target.isRead()) {
      return topology.problem();
    }
    return chooser.candidates(target, topology).stream()
        .filter(each -> each.problem() != null)
        .map(each -> each.node().id() + " " + each.problem())
        .collect(Collectors.joining("; "));
  }

  /**
   * Looks whether the group can be forgotten, and gives its pools up if so.
   *
   * @param inUse whether a session has the group
   * @param afterNanos how long it must have been unused
   */
  boolean leaveIfUnused(boolean inUse, long now, long afterNanos) {
    if (inUse || byNode.values().stream().anyMatch(each -> !each.pool().isUnused())) {
      lastUsed = now;
      return false;
    }
    if (now - lastUsed < afterNanos) {
      return false;
    }
    for (NodePool each : byNode.values()) {
      each.pool().leave();
      pools.fleet().budgets().leave(each.pool().budget());
    }
    return true;
  }

  /** The pool for one node. */
  NodePool pool(NodeId node) {
    NodePool pool = byNode.get(node);
    if (pool == null) {
      pool = pools.open(this, node);
      pool.primary(NodeRoles.isPrimary(topology, node));
      byNode.put(node, pool);
    }
    return pool;
  }

  void topologyChanged(Topology now) {
    if (!now.cluster().equals(entry.cluster())) {
      return;
    }
    topology = now;
    for (NodePool pool : byNode.values()) {
      pool.primary(NodeRoles.isPrimary(now, pool.node()));
    }
    primary = now.primary() == null ? null : pool(now.primary().id());
    decideSplit();
  }

  private ReplicaChooser newChooser() {
    return new ReplicaChooser(
        pools.fleet().config().routing(),
        pools.fleet().config().clusters().get(entry.cluster()),
        n -> ThreadLocalRandom.current().nextInt(n));
  }

  void reload() {
    chooser = newChooser();
    pools.fleet().config().database(database).ifPresent(e -> entry = e);
    decideCausality();
    decideSplit();
  }

  void tick(long now) {
    if (usesCatalog()) {
      catalog.tick(this, now);
    }
    if (splitsReads && primary != null && causalReads != CausalReads.OFF) {
      replay.keepUp(primary.counters());
    }
    for (NodePool pool : byNode.values()) {
      pool.pool().tick(now);
    }
  }
}
