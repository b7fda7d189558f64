package io.howdah.config;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * Limits and lifetimes of server connections, PgBouncer's names in brackets. A pool is the
 * connections of one user to one database on one node. All counts hold for the whole process,
 * across event loops.
 *
 * @param mode when a server connection is given back [pool_mode]
 * @param defaultSize server connections a pool, unless the database or user says otherwise
 *     [default_pool_size]
 * @param minSize connections a pool keeps open once it was used, 0 for none [min_pool_size]
 * @param reserveSize further connections a pool may open once a client has waited {@code
 *     reserveTimeout} [reserve_pool_size]
 * @param reserveTimeout how long a client waits before the reserve is used [reserve_pool_timeout]
 * @param maxDatabaseConnections server connections to one database on one node, over all users; 0
 *     for no limit [max_db_connections]
 * @param maxUserConnections server connections of one user on one node, over all databases; 0 for
 *     no limit [max_user_connections]
 * @param serverLifetime a connection older than this is closed when it is next free; 0 for no limit
 *     [server_lifetime]
 * @param serverIdleTimeout a connection idle for longer is closed; 0 for no limit
 *     [server_idle_timeout]
 * @param leaveAfter idle connections to a database where no client is connected any more are closed
 *     after this, so that the database can be dropped or copied past Howdah; 0 for no sooner than
 *     others
 * @param forgetAfter a pool without clients and connections is forgotten, and its figures with it,
 *     once it has been so for this long; 0 for never [autodb_idle_timeout]
 * @param resetQuery sent to a connection before another client session gets it, where the pool
 *     can't otherwise know that it is clean [server_reset_query]
 * @param reuseUnnamedPlans whether an unnamed statement is kept on the server under a name of
 *     Howdah's, so that the server need not parse it again and may reuse its plan
 * @param pinning whether a session may keep its server connection for state that can't be carried
 * @param leakCheckRate of how many connections that are given back the state is compared with what
 *     Howdah believes, from 0 for none to 1 for all
 */
public record PoolConfig(
    PoolMode mode,
    int defaultSize,
    int minSize,
    int reserveSize,
    Duration reserveTimeout,
    int maxDatabaseConnections,
    int maxUserConnections,
    Duration serverLifetime,
    Duration serverIdleTimeout,
    Duration leaveAfter,
    Duration forgetAfter,
    String resetQuery,
    boolean reuseUnnamedPlans,
    Pinned pinning,
    double leakCheckRate) {

  /** The defaults of the reference configuration. */
  public static final PoolConfig DEFAULT =
      new PoolConfig(
          PoolMode.TRANSACTION,
          20,
          0,
          0,
          Duration.ofSeconds(5),
          0,
          0,
          Duration.ofHours(1),
          Duration.ofMinutes(10),
          Duration.ofSeconds(3),
          Duration.ofHours(1),
          "DISCARD ALL",
          false,
          Pinned.ALLOW,
          0.001);

  /** The same but for what {@code change} sets. */
  public PoolConfig with(Consumer<Change> change) {
    Change changed = new Change(this);
    change.accept(changed);
    return changed.done();
  }

  void validate(String key, Faults faults) {
    faults.range(key + ".default-size", defaultSize, 1, Integer.MAX_VALUE);
    faults.range(key + ".min-size", minSize, 0, Math.max(0, defaultSize));
    faults.range(key + ".reserve-size", reserveSize, 0, Integer.MAX_VALUE);
    faults.zeroOrMore(key + ".reserve-timeout", reserveTimeout);
    faults.range(key + ".max-database-connections", maxDatabaseConnections, 0, Integer.MAX_VALUE);
    faults.range(key + ".max-user-connections", maxUserConnections, 0, Integer.MAX_VALUE);
    faults.zeroOrMore(key + ".server-lifetime", serverLifetime);
    faults.zeroOrMore(key + ".server-idle-timeout", serverIdleTimeout);
    faults.zeroOrMore(key + ".leave-after", leaveAfter);
    faults.zeroOrMore(key + ".forget-after", forgetAfter);
    faults.notBlank(key + ".reset-query", resetQuery);
    faults.check(
        leakCheckRate >= 0 && leakCheckRate <= 1,
        key + ".leak-check-rate",
        "is " + leakCheckRate,
        "0 to 1");
  }

  /** The components, to be set in {@link #with}. */
  public static final class Change {
    public PoolMode mode;
    public int defaultSize;
    public int minSize;
    public int reserveSize;
    public Duration reserveTimeout;
    public int maxDatabaseConnections;
    public int maxUserConnections;
    public Duration serverLifetime;
    public Duration serverIdleTimeout;
    public Duration leaveAfter;
    public Duration forgetAfter;
    public String resetQuery;
    public boolean reuseUnnamedPlans;
    public Pinned pinning;
    public double leakCheckRate;

    private Change(PoolConfig from) {
      mode = from.mode;
      defaultSize = from.defaultSize;
      minSize = from.minSize;
      reserveSize = from.reserveSize;
      reserveTimeout = from.reserveTimeout;
      maxDatabaseConnections = from.maxDatabaseConnections;
      maxUserConnections = from.maxUserConnections;
      serverLifetime = from.serverLifetime;
      serverIdleTimeout = from.serverIdleTimeout;
      leaveAfter = from.leaveAfter;
      forgetAfter = from.forgetAfter;
      resetQuery = from.resetQuery;
      reuseUnnamedPlans = from.reuseUnnamedPlans;
      pinning = from.pinning;
      leakCheckRate = from.leakCheckRate;
    }

    private PoolConfig done() {
      return new PoolConfig(
          mode,
          defaultSize,
          minSize,
          reserveSize,
          reserveTimeout,
          maxDatabaseConnections,
          maxUserConnections,
          serverLifetime,
          serverIdleTimeout,
          leaveAfter,
          forgetAfter,
          resetQuery,
          reuseUnnamedPlans,
          pinning,
          leakCheckRate);
    }
  }
}
