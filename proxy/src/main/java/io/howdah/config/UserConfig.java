package io.howdah.config;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What differs for one user. Users need no entry here; who may enter is {@link AuthConfig}'s.
 *
 * @param name the name that the client gives
 * @param poolMode overrides the database's and {@link PoolConfig#mode()} [pool_mode]
 * @param poolSize overrides the pool size of this user's pools
 * @param maxConnections overrides {@link PoolConfig#maxUserConnections()} [max_user_connections]
 * @param maxClientConnections clients of this user at a time [max_user_client_connections]
 * @param replication overrides {@link AuthConfig#replication()}
 * @param pinning overrides the database's and {@link PoolConfig#pinning()}
 * @param splitReads overrides the database's and {@link RoutingConfig#splitReads()}
 */
public record UserConfig(
    String name,
    Optional<PoolMode> poolMode,
    OptionalInt poolSize,
    OptionalInt maxConnections,
    OptionalInt maxClientConnections,
    Optional<Boolean> replication,
    Optional<Pinned> pinning,
    Optional<SplitReads> splitReads) {

  /** An entry that changes nothing. */
  public static UserConfig of(String name) {
    return new UserConfig(
        name,
        Optional.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        OptionalInt.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** The same but for what {@code change} sets. */
  public UserConfig with(Consumer<Change> change) {
    Change changed = new Change(this);
    change.accept(changed);
    return changed.done();
  }

  void validate(String key, Faults faults) {
    poolSize.ifPresent(n -> faults.range(key + ".pool-size", n, 1, Integer.MAX_VALUE));
    maxConnections.ifPresent(n -> faults.range(key + ".max-connections", n, 0, Integer.MAX_VALUE));
    maxClientConnections.ifPresent(
        n -> faults.range(key + ".max-client-connections", n, 0, Integer.MAX_VALUE));
  }

  /** The components, to be set in {@link #with}. */
  public static final class Change {
    public String name;
    public Optional<PoolMode> poolMode;
    public OptionalInt poolSize;
    public OptionalInt maxConnections;
    public OptionalInt maxClientConnections;
    public Optional<Boolean> replication;
    public Optional<Pinned> pinning;
    public Optional<SplitReads> splitReads;

    private Change(UserConfig from) {
      name = from.name;
      poolMode = from.poolMode;
      poolSize = from.poolSize;
      maxConnections = from.maxConnections;
      maxClientConnections = from.maxClientConnections;
      replication = from.replication;
      pinning = from.pinning;
      splitReads = from.splitReads;
    }

    private UserConfig done() {
      return new UserConfig(
          name,
          poolMode,
          poolSize,
          maxConnections,
          maxClientConnections,
          replication,
          pinning,
          splitReads);
    }
  }
}
