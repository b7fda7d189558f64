package io.howdah.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything the data plane needs to know. Build one, then {@link #validate}: a record may hold
 * values that can't work, so that all faults can be told at once.
 *
 * @param eventLoops event loop threads; 0 for one to every two processors, at least one
 * @param listener where clients connect
 * @param clusters by name
 * @param databases by the name that clients give
 * @param users by name; users without an entry have the defaults
 */
public record ProxyConfig(
    int eventLoops,
    ListenerConfig listener,
    Map<String, ClusterConfig> clusters,
    Map<String, DatabaseConfig> databases,
    Map<String, UserConfig> users,
    AuthConfig auth,
    ClientConfig clients,
    PoolConfig pool,
    TimeoutConfig timeouts,
    RoutingConfig routing,
    DnsConfig dns) {

  public ProxyConfig {
    clusters = unmodifiable(clusters);
    databases = unmodifiable(databases);
    users = unmodifiable(users);
  }

  private static <V> Map<String, V> unmodifiable(Map<String, V> map) {
    return java.util.Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /**
   * Adds every fault to {@code faults}, with keys below {@code prefix} (such as {@code howdah}).
   */
  public void validate(String prefix, Faults faults) {
    faults.range(prefix + ".event-loops", eventLoops, 0, 1024);
    listener.validate(prefix + ".listen", faults);
    faults.check(
        !clusters.isEmpty(),
        prefix + ".clusters",
        "is empty",
        "at least one cluster with its hosts");
    clusters.forEach((name, c) -> c.validate(prefix + ".clusters." + name, faults));
    faults.check(
        !databases.isEmpty(), prefix + ".databases", "is empty", "at least one database, or \"*\"");
    databases.forEach(
        (name, d) -> {
          String key = prefix + ".databases." + name;
          d.validate(key, faults);
          faults.check(
              clusters.containsKey(d.cluster()),
              key + ".cluster",
              "is \"" + d.cluster() + "\", which is no cluster",
              "one of " + clusters.keySet());
        });
    users.forEach((name, u) -> u.validate(prefix + ".users." + name, faults));
    auth.validate(prefix + ".auth", faults);
    clients.validate(prefix + ".clients", faults);
    pool.validate(prefix + ".pool", faults);
    timeouts.validate(prefix + ".timeouts", faults);
    routing.validate(prefix + ".routing", faults);
    dns.validate(prefix + ".dns", faults);
  }

  /**
   * This configuration, if it has no fault.
   *
   * @throws InvalidConfig with every fault
   */
  public ProxyConfig checked(String prefix) {
    Faults faults = new Faults();
    validate(prefix, faults);
    if (!faults.isEmpty()) {
      throw new InvalidConfig(faults.list());
    }
    return this;
  }

  /** The entry that covers a database name: its own, else {@code *}'s, else none. */
  public Optional<DatabaseConfig> database(String name) {
    DatabaseConfig own = databases.get(name);
    return Optional.ofNullable(own != null ? own : databases.get(DatabaseConfig.ANY));
  }

  /** Whether a user may open replication connections: the user's switch, else the default. */
  public boolean allowsReplication(String user) {
    UserConfig own = users.get(user);
    return Optional.ofNullable(own).flatMap(UserConfig::replication).orElse(auth.replication());
  }

  /**
   * The cluster of a physical replication connection, which belongs to no database: that of the
   * entry for the name that the client gives (libpq's tools say {@code replication}), else the only
   * one there is.
   */
  public Optional<String> replicationCluster(String name) {
    return database(name)
        .map(DatabaseConfig::cluster)
        .or(() -> clusters.size() == 1 ? clusters.keySet().stream().findFirst() : Optional.empty());
  }

  /**
   * The pool mode of one user on one database: the user's, else the database's, else the default.
   */
  public PoolMode poolMode(DatabaseConfig database, String user) {
    UserConfig own = users.get(user);
    return Optional.ofNullable(own)
        .flatMap(UserConfig::poolMode)
        .or(database::poolMode)
        .orElse(pool.mode());
  }

  /**
   * Whether a user's reads on a database may go to replicas: as the user's entry says, else the
   * database's, else the default.
   */
  public SplitReads splitReads(DatabaseConfig database, String user) {
    return Optional.ofNullable(users.get(user))
        .flatMap(UserConfig::splitReads)
        .or(database::splitReads)
        .orElse(routing.splitReads());
  }

  /**
   * What becomes of a user's session on a database that must keep its server connection: as the
   * user's entry says, else the database's, else the default.
   */
  public Pinned pinning(DatabaseConfig database, String user) {
    return Optional.ofNullable(users.get(user))
        .flatMap(UserConfig::pinning)
        .or(database::pinning)
        .orElse(pool.pinning());
  }
}
