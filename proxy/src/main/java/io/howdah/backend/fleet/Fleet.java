package io.howdah.backend.fleet;

import io.howdah.auth.Credential;
import io.howdah.auth.ScramKeys;
import io.howdah.auth.ServerSecret;
import io.howdah.auth.Users;
import io.howdah.backend.login.ServerCancel;
import io.howdah.backend.login.ServerConnector;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.PoolConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.UserConfig;
import io.howdah.pool.Budget;
import io.howdah.pool.Budgets;
import io.howdah.pool.Loops;
import io.howdah.pool.PoolKey;
import io.howdah.pool.PoolLimits;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.Commits;
import io.howdah.topology.NodeId;
import io.howdah.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the server side of all event loops has in common: the configuration, who may log in with
 * what, the budgets of the pools, and the clusters as they are now.
 *
 * <p>Thread: any.
 */
public final class Fleet {
  private final ServerConnector connector;
  private final ServerCancel canceller;
  private final Budgets budgets;
  private final Loops loops;
  private final Telemetry telemetry;
  private final Map<String, Topology> topologies = new ConcurrentHashMap<>();
  private final Map<String, ScramKeys> capturedKeys = new ConcurrentHashMap<>();
  private final Map<String, Commits> commits = new ConcurrentHashMap<>();
  private final LoginParameters loginParameters = new LoginParameters();
  private final DatabaseHolds holds = new DatabaseHolds(this);
  private final AtomicInteger firstEpoch = new AtomicInteger();
  private final ByDatabase<AtomicInteger> schemaEpochs = new ByDatabase<>(this::newEpoch);
  private final ByDatabase<AtomicInteger> routineEpochs = new ByDatabase<>(this::newEpoch);
  private final ByDatabase<SequenceInterest> sequenceInterests =
      new ByDatabase<>(SequenceInterest::new);
  private final Pauses pauses = new Pauses();
  private volatile ProxyConfig config;
  private volatile Users users;

  public Fleet(
      ServerConnector connector,
      Loops loops,
      Telemetry telemetry,
      ProxyConfig config,
      Users users) {
    this.connector = connector;
    this.canceller = new ServerCancel(connector);
    this.loops = loops;
    this.budgets = new Budgets(loops, Budgets.SLACK);
    this.telemetry = telemetry;
    this.config = config;
    this.users = users;
  }

  public ServerConnector connector() {
    return connector;
  }

  /** Sends cancel requests to servers. */
  public ServerCancel canceller() {
    return canceller;
  }

  /** The event loops. */
  public Loops loops() {
    return loops;
  }

  /** Who hears of rare events. */
  public Telemetry telemetry() {
    return telemetry;
  }

  /** The configuration that counts now. */
  public ProxyConfig config() {
    return config;
  }

  /** Who may enter. */
  public Users users() {
    return users;
  }

  /** What clients are told of servers at login. */
  public LoginParameters loginParameters() {
    return loginParameters;
  }

  /** The databases that Howdah keeps out of for now. */
  public DatabaseHolds holds() {
    return holds;
  }

  /**
   * Counts the changes of one database's schema that were made through Howdah. All event loops read
   * the one counter: a task posted to a loop could come behind bytes that its clients sent later.
   */
  public AtomicInteger schemaEpoch(String cluster, String serverDatabase) {
    return schemaEpochs.of(cluster, serverDatabase);
  }

  /** The same for changes of one database's functions and triggers. */
  public AtomicInteger routineEpoch(String cluster, String serverDatabase) {
    return routineEpochs.of(cluster, serverDatabase);
  }

  /** A database may have become another: whatever is known of its schema is out of date. */
  public void schemaChanged(String cluster, String serverDatabase) {
    schemaEpochs.ifKnown(cluster, serverDatabase, AtomicInteger::incrementAndGet);
    routineEpochs.ifKnown(cluster, serverDatabase, AtomicInteger::incrementAndGet);
  }

  /** Begins far from where one of the same database began before that nobody had any more. */
  private AtomicInteger newEpoch() {
    return new AtomicInteger(firstEpoch.addAndGet(1 << 10));
  }

  /** Whether currval and lastval are used in a database. */
  public SequenceInterest sequenceInterest(String cluster, String serverDatabase) {
    return sequenceInterests.of(cluster, serverDatabase);
  }

  /** The budgets of all pools. */
  public Budgets budgets() {
    return budgets;
  }

  /** The commits of a cluster that clients were told of. */
  public Commits commits(String cluster) {
    return commits.computeIfAbsent(cluster, _ -> new Commits());
  }

  /** The cluster as it is now; null before anything was heard of it. */
  public Topology topology(String cluster) {
    return topologies.get(cluster);
  }

  /** Takes over a reloaded configuration and users; pool sizes change at once. */
  public void reload(ProxyConfig newConfig, Users newUsers) {
    config = newConfig;
    users = newUsers;
    capturedKeys.keySet().removeIf(u -> newUsers.credential(u) == null);
    for (Budget budget : budgets.all()) {
      // Another password may be in force, here and at the server.
      budget.refusal().reconsider(loops.nanoTime());
      PoolKey key = budget.key();
      newConfig
          .database(key.database())
          .ifPresent(
              entry -> {
                limitOwners(key, entry);
                budget.resize(limits(entry, key));
              });
    }
  }

  /**
   * Remembers the keys that a client's login gave away, for logins at servers with the same
   * verifier.
   */
  public void captured(String user, ScramKeys keys) {
    capturedKeys.put(user, keys);
  }

  /**
   * Takes in what a cluster looks like now. Pools of nodes that can't serve refuse those who wait,
   * who then look for another node; pools of usable nodes serve.
   *
   * @param tellLoops has every loop learn of it, before anybody is refused
   */
  public void topologyChanged(Topology now, Runnable tellLoops) {
    Topology before = topologies.put(now.cluster(), now);
    List<Budget> unusable = new ArrayList<>();
    for (Budget budget : budgets.all()) {
      NodeId node = node(now, budget.key().node());
      if (node == null) {
        continue;
      }
      if (NodeRoles.isUsable(now, node)) {
        budget.reopen();
      } else {
        unusable.add(budget);
      }
    }
    tellLoops.run();
    for (Budget budget : unusable) {
      budget.close(NodeRoles.gone(now, node(now, budget.key().node())));
    }
    NodeRoles.report(telemetry, before, now);
  }

  private static NodeId node(Topology topology, String name) {
    return topology.nodes().stream()
        .map(n -> n.id())
        .filter(id -> id.toString().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** The budgets of a database's pools; of all pools when it is null. */
  public List<Budget> budgetsOf(String database) {
    return budgets.all().stream()
        .filter(b -> database == null || b.key().database().equals(database))
        .toList();
  }

  /**
   * Keeps clients of a database (of all, when it is null) waiting and closes its server
   * connections.
   *
   * @param killed whether its clients are ended
   */
  public void pause(String database, boolean killed) {
    pauses.begin(database, killed);
    budgetsOf(database).forEach(pauses::apply);
  }

  /** Ends a pause; whether there was one. */
  public boolean resume(String database) {
    boolean was = pauses.end(database);
    budgetsOf(database).forEach(pauses::apply);
    return was;
  }

  /** Whether a database is paused because it was killed. */
  public boolean isKilled(String database) {
    return pauses.isKilled(database);
  }

  /** Whether a database is paused; with null, whether all are. */
  public boolean isPaused(String database) {
    return pauses.isPaused(database);
  }

  /**
   * The budget of one user's pool for one database on one node, for a pool that is being made;
   * {@link Budgets#leave} when it is given up.
   */
  public Budget budget(
      NodeId node,
      DatabaseConfig entry,
      String database,
      String user,
      Map<String, String> startup) {
    PoolKey key =
        new PoolKey(
            node.toString(),
            database,
            user,
            startup.isEmpty() ? "" : new TreeMap<>(startup).toString());
    Budget budget = budgets.enter(key, limits(entry, key));
    // Behind that, for now nobody forgets what the owners' limits are kept in.
    limitOwners(key, entry);
    pauses.apply(budget);
    closeIfUnusable(budget, node);
    holds.apply(budget);
    return budget;
  }

  /** For a pool that is made of a node that can't serve, whoever hears of another topology now. */
  private void closeIfUnusable(Budget budget, NodeId node) {
    Topology now;
    do {
      now = topologies.get(node.cluster());
      if (now != null && now.node(node) != null && !NodeRoles.isUsable(now, node)) {
        budget.close(NodeRoles.gone(now, node));
      } else {
        budget.reopen();
      }
    } while (now != topologies.get(node.cluster()));
  }

  /** Sets what the pool's database and its user may have open on the node, over all their pools. */
  private void limitOwners(PoolKey key, DatabaseConfig entry) {
    PoolConfig pool = config.pool();
    UserConfig own = userConfig(key.user());
    int maxUser = pool.maxUserConnections();
    if (own != null) {
      maxUser = own.maxConnections().orElse(maxUser);
    }
    budgets.limitDatabase(
        key.node(), key.database(), entry.maxConnections().orElse(pool.maxDatabaseConnections()));
    budgets.limitUser(key.node(), key.user(), maxUser);
    PoolLimits ofThePool = limits(entry, key);
    budgets.limitPools(
        key.node(), key.database(), key.user(), ofThePool.size() + ofThePool.reserveSize());
  }

  private UserConfig userConfig(String user) {
    return config.users().get(user);
  }

  private PoolLimits limits(DatabaseConfig entry, PoolKey key) {
    PoolConfig pool = config.pool();
    UserConfig own = userConfig(key.user());
    int size = entry.poolSize().orElse(pool.defaultSize());
    if (own != null) {
      size = own.poolSize().orElse(size);
    }
    return new PoolLimits(
        size,
        // Connections with start-up parameters of their own are kept only while they are used.
        key.startup().isEmpty() ? Math.min(pool.minSize(), size) : 0,
        entry.reserveSize().orElse(pool.reserveSize()),
        pool.reserveTimeout(),
        pool.serverLifetime(),
        pool.serverIdleTimeout(),
        config.timeouts().queryWait());
  }

  /** What proves to a server that Howdah may act for a client. */
  public ServerSecret secretFor(DatabaseConfig entry, String serverUser) {
    if (entry.serverPassword().isPresent()) {
      return new ServerSecret.Password(entry.serverPassword().get());
    }
    Credential credential = users.credential(serverUser);
    return switch (credential) {
      case Credential.PlainPassword plain -> new ServerSecret.Password(plain.password());
      case Credential.Md5 md5 -> new ServerSecret.Md5Hash(md5.hash());
      case Credential.Verifier _ -> {
        ScramKeys keys = capturedKeys.get(serverUser);
        yield keys == null ? new ServerSecret.None() : new ServerSecret.Keys(keys);
      }
      case Credential.NoSecret _ -> new ServerSecret.None();
      case null -> new ServerSecret.None();
    };
  }
}
