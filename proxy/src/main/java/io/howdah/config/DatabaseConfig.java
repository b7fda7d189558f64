package io.howdah.config;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * One database name that clients may ask for, or {@code *} for every name that has no entry of its
 * own.
 *
 * @param name the name that clients give, or {@code *}
 * @param cluster the cluster that has it
 * @param serverDatabase its name on the server; empty for the client's [dbname]
 * @param poolMode overrides {@link PoolConfig#mode()} [pool_mode]
 * @param poolSize overrides {@link PoolConfig#defaultSize()} [pool_size]
 * @param reserveSize overrides {@link PoolConfig#reserveSize()} [reserve_pool]
 * @param maxConnections overrides {@link PoolConfig#maxDatabaseConnections()} [max_db_connections]
 * @param maxClientConnections clients of this database at a time [max_db_client_connections]
 * @param serverUser the role to use on the server in place of the client's own [user]
 * @param serverPassword its password [password]
 * @param splitReads whether reads outside a transaction may go to a replica; overrides {@link
 *     RoutingConfig#splitReads()}
 * @param pinning overrides {@link PoolConfig#pinning()}
 * @param causalReads overrides {@link RoutingConfig#causalReads()}
 */
public record DatabaseConfig(
    String name,
    String cluster,
    Optional<String> serverDatabase,
    Optional<PoolMode> poolMode,
    OptionalInt poolSize,
    OptionalInt reserveSize,
    OptionalInt maxConnections,
    OptionalInt maxClientConnections,
    Optional<String> serverUser,
    Optional<String> serverPassword,
    Optional<SplitReads> splitReads,
    Optional<Pinned> pinning,
    Optional<CausalReads> causalReads) {

  /** The name that stands for every database without an entry of its own. */
  public static final String ANY = "*";

  /** An entry that passes everything on to one cluster. */
  public static DatabaseConfig of(String name, String cluster) {
    return new DatabaseConfig(
        name,
        cluster,
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same but for what {@code change} sets. */
  public DatabaseConfig with(Consumer<Change> change) {
    Change changed = new Change(this);
    change.accept(changed);
    return changed.done();
  }

  void validate(String key, Faults faults) {
    faults.notBlank(key + ".cluster", cluster);
    poolSize.ifPresent(n -> faults.range(key + ".pool-size", n, 1, Integer.MAX_VALUE));
    reserveSize.ifPresent(n -> faults.range(key + ".reserve-size", n, 0, Integer.MAX_VALUE));
    maxConnections.ifPresent(n -> faults.range(key + ".max-connections", n, 0, Integer.MAX_VALUE));
    maxClientConnections.ifPresent(
        n -> faults.range(key + ".max-client-connections", n, 0, Integer.MAX_VALUE));
    faults.check(
        serverPassword.isEmpty() || serverUser.isPresent(),
        key + ".server-password",
        "stands without server-user",
        "both or neither");
  }

  @Override
  public String toString() {
    return "DatabaseConfig[" + name + " -> " + cluster + "]";
  }

  /** The components, to be set in {@link #with}. */
  public static final class Change {
    public String name;
    public String cluster;
    public Optional<String> serverDatabase;
    public Optional<PoolMode> poolMode;
    public OptionalInt poolSize;
    public OptionalInt reserveSize;
    public OptionalInt maxConnections;
    public OptionalInt maxClientConnections;
    public Optional<String> serverUser;
    public Optional<String> serverPassword;
    public Optional<SplitReads> splitReads;
    public Optional<Pinned> pinning;
    public Optional<CausalReads> causalReads;

    private Change(DatabaseConfig from) {
      name = from.name;
      cluster = from.cluster;
      serverDatabase = from.serverDatabase;
      poolMode = from.poolMode;
      poolSize = from.poolSize;
      reserveSize = from.reserveSize;
      maxConnections = from.maxConnections;
      maxClientConnections = from.maxClientConnections;
      serverUser = from.serverUser;
      serverPassword = from.serverPassword;
      splitReads = from.splitReads;
      pinning = from.pinning;
      causalReads = from.causalReads;
    }

    private DatabaseConfig done() {
      return new DatabaseConfig(
          name,
          cluster,
          serverDatabase,
          poolMode,
          poolSize,
          reserveSize,
          maxConnections,
          maxClientConnections,
          serverUser,
          serverPassword,
          splitReads,
          pinning,
          causalReads);
    }
  }
}
