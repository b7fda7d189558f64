package io.howdah.frontend.startup;

import io.howdah.config.ClientConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.UserConfig;
import io.howdah.error.PgError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How many clients are in, over all loops, against the limits.
 *
 * <p>Thread: any; a login takes a lock, a query never.
 */
public final class ClientCounts {
  private static final long NOT_SEEN = Long.MIN_VALUE;

  private final Map<String, Integer> byUser = new HashMap<>();
  private final Map<String, Integer> byDatabase = new HashMap<>();

  /** Databases that the last client has left, and when that was first seen. */
  private final Map<String, Long> left = new HashMap<>();

  private int all;

  /** Counts a client in; the error when a limit is reached. The console is never full. */
  public synchronized Optional<PgError> enter(
      ClientIdentity who, ProxyConfig config, boolean console) {
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
    left.remove(who.database());
    return Optional.empty();
  }

  private static Optional<PgError> full(int limit, String key) {
    return Optional.of(new PgError.TooManyClients(limit, key));
  }

  /** Counts a client out that was counted in. */
  public synchronized void exit(ClientIdentity who) {
    all--;
    byUser.computeIfPresent(who.user(), (_, n) -> n == 1 ? null : n - 1);
    if (byDatabase.merge(who.database(), -1, Integer::sum) == 0) {
      byDatabase.remove(who.database());
      left.put(who.database(), NOT_SEEN);
    }
  }

  /**
   * The databases that the last client has left for some time now, each once.
   *
   * @param now on a clock of the caller's
   */
  public synchronized List<String> deserted(long now, long afterNanos) {
    if (left.isEmpty()) {
      return List.of();
    }
    left.replaceAll((_, since) -> since == NOT_SEEN ? now : since);
    List<String> all =
        left.entrySet().stream()
            .filter(each -> now - each.getValue() >= afterNanos)
            .map(Map.Entry::getKey)
            .toList();
    all.forEach(left::remove);
    return all;
  }

  /** Clients of a database that are in. */
  public synchronized int of(String database) {
    return byDatabase.getOrDefault(database, 0);
  }

  /** Clients that are in. */
  public synchronized int all() {
    return all;
  }
}
