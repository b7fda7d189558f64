package io.howdah.config;

import java.util.Optional;
import java.util.OptionalInt;

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
  void validate(String key, Faults faults) {
    poolSize.ifPresent(n -> faults.range(key + ".pool-size", n, 1, Integer.MAX_VALUE));
    maxConnections.ifPresent(n -> faults.range(key + ".max-connections", n, 0, Integer.MAX_VALUE));
    maxClientConnections.ifPresent(
        n -> faults.range(key + ".max-client-connections", n, 0, Integer.MAX_VALUE));
  }
}
