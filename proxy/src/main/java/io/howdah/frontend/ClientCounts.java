package io.howdah.frontend;

import io.howdah.config.ClientConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.UserConfig;
import io.howdah.error.PgError;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How many clients are in, over all loops, against the limits.
 *
 * <p>Thread: any; a login takes a lock, a query never.
 */
final class ClientCounts {
  private final Map<String, Integer> byUser = new HashMap<>();
  private final Map<String, Integer> byDatabase = new HashMap<>();
  private int all;

  /** Counts a client in; the error when a limit is reached. The console is never full. */
  synchronized Optional<PgError> enter(ClientIdentity who, ProxyConfig config, boolean console) {
    ClientConfig limits = config.clients();
    if (!console) {
      if (all >= limits.maxConnections()) {
        return full(limits.maxConnections(), "clients.max-connections");
      }
      UserConfig user = config.users().get(who.user());
      int maxUser =
          user == null
              ? limits.maxConnectionsPerUser()
              : user.maxClientConnections().orElse(limits.maxConnectionsPerUser());
      if (maxUser > 0 && byUser.getOrDefault(who.user(), 0) >= maxUser) {
        return full(maxUser, "clients.max-connections-per-user");
      }
      int maxDatabase =
          who.entry() == null
              ? limits.maxConnectionsPerDatabase()
              : who.entry().maxClientConnections().orElse(limits.maxConnectionsPerDatabase());
      if (maxDatabase > 0 && byDatabase.getOrDefault(who.database(), 0) >= maxDatabase) {
        return full(maxDatabase, "clients.max-connections-per-database");
      }
    }
    all++;
    byUser.merge(who.user(), 1, Integer::sum);
    byDatabase.merge(who.database(), 1, Integer::sum);
    return Optional.empty();
  }

  private static Optional<PgError> full(int limit, String key) {
    return Optional.of(new PgError.TooManyClients(limit, key));
  }

  /** Counts a client out that was counted in. */
  synchronized void exit(ClientIdentity who) {
    all--;
    byUser.computeIfPresent(who.user(), (_, n) -> n == 1 ? null : n - 1);
    byDatabase.computeIfPresent(who.database(), (_, n) -> n == 1 ? null : n - 1);
  }

  /** Clients of a database that are in. */
  synchronized int of(String database) {
    return byDatabase.getOrDefault(database, 0);
  }

  /** Clients that are in. */
  synchronized int all() {
    return all;
  }
}
