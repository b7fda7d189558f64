package io.howdah.config;

import java.util.function.Consumer;

/**
 * Bounds on what clients may use.
 *
 * @param maxConnections clients at a time, over all [max_client_conn]
 * @param maxUnauthenticated connections that have not proven who they are, over all; the one that
 *     has been there longest goes above that
 * @param maxConnectionsPerUser clients of one user at a time, 0 for no limit
 * @param maxConnectionsPerDatabase clients of one database at a time, 0 for no limit
 * @param maxPreparedStatements named prepared statements a client may hold, 0 for no limit
 * @param maxPreparedBytes what the prepared statements of one client may take, about, 0 for no
 *     limit
 * @param maxTotalPreparedBytes what the prepared statements of all clients may take together,
 *     about, 0 for no limit; a query string that many clients prepare counts once an event loop
 * @param maxSettingsBytes what the settings of one client may take, about, 0 for no limit
 * @param maxTotalSettingsBytes what the settings of all clients may take together, about, 0 for no
 *     limit
 * @param maxServerPreparedStatements prepared statements that Howdah keeps on one server
 *     connection; the least recently used is closed above that [max_prepared_statements]
 * @param maxNotificationBytes notifications that may wait for a client that does not read or is in
 *     a transaction; the client is dropped above that
 * @param maxListenChannels channels that a client may listen to, 0 for no limit
 */
public record ClientConfig(
    int maxConnections,
    int maxUnauthenticated,
    int maxConnectionsPerUser,
    int maxConnectionsPerDatabase,
    int maxPreparedStatements,
    long maxPreparedBytes,
    long maxTotalPreparedBytes,
    long maxSettingsBytes,
    long maxTotalSettingsBytes,
    int maxServerPreparedStatements,
    int maxNotificationBytes,
    int maxListenChannels) {

  /** The defaults of the reference configuration. */
  public static final ClientConfig DEFAULT =
      new ClientConfig(
          10_000,
          1000,
          0,
          0,
          10_000,
          16L << 20,
          256L << 20,
          1L << 20,
          64L << 20,
          200,
          4 << 20,
          1000);

  /** The same but for what {@code change} sets. */
  public ClientConfig with(Consumer<Change> change) {
    Change changed = new Change(this);
    change.accept(changed);
    return changed.done();
  }

  void validate(String key, Faults faults) {
    faults.range(key + ".max-connections", maxConnections, 1, Integer.MAX_VALUE);
    faults.range(key + ".max-unauthenticated", maxUnauthenticated, 1, Integer.MAX_VALUE);
    faults.range(key + ".max-connections-per-user", maxConnectionsPerUser, 0, Integer.MAX_VALUE);
    faults.range(
        key + ".max-connections-per-database", maxConnectionsPerDatabase, 0, Integer.MAX_VALUE);
    faults.range(key + ".max-prepared-statements", maxPreparedStatements, 0, Integer.MAX_VALUE);
    faults.range(key + ".max-prepared-bytes", maxPreparedBytes, 0, Long.MAX_VALUE);
    faults.range(key + ".max-total-prepared-bytes", maxTotalPreparedBytes, 0, Long.MAX_VALUE);
    faults.range(key + ".max-settings-bytes", maxSettingsBytes, 0, Long.MAX_VALUE);
    faults.range(key + ".max-total-settings-bytes", maxTotalSettingsBytes, 0, Long.MAX_VALUE);
    faults.range(key + ".max-server-prepared-statements", maxServerPreparedStatements, 1, 100_000);
    faults.range(
        key + ".max-notification-bytes", maxNotificationBytes, 16 << 10, Integer.MAX_VALUE);
    faults.range(key + ".max-listen-channels", maxListenChannels, 0, Integer.MAX_VALUE);
  }

  /** The components, to be set in {@link #with}. */
  public static final class Change {
    public int maxConnections;
    public int maxUnauthenticated;
    public int maxConnectionsPerUser;
    public int maxConnectionsPerDatabase;
    public int maxPreparedStatements;
    public long maxPreparedBytes;
    public long maxTotalPreparedBytes;
    public long maxSettingsBytes;
    public long maxTotalSettingsBytes;
    public int maxServerPreparedStatements;
    public int maxNotificationBytes;
    public int maxListenChannels;

    private Change(ClientConfig from) {
      maxConnections = from.maxConnections;
      maxUnauthenticated = from.maxUnauthenticated;
      maxConnectionsPerUser = from.maxConnectionsPerUser;
      maxConnectionsPerDatabase = from.maxConnectionsPerDatabase;
      maxPreparedStatements = from.maxPreparedStatements;
      maxPreparedBytes = from.maxPreparedBytes;
      maxTotalPreparedBytes = from.maxTotalPreparedBytes;
      maxSettingsBytes = from.maxSettingsBytes;
      maxTotalSettingsBytes = from.maxTotalSettingsBytes;
      maxServerPreparedStatements = from.maxServerPreparedStatements;
      maxNotificationBytes = from.maxNotificationBytes;
      maxListenChannels = from.maxListenChannels;
    }

    private ClientConfig done() {
      return new ClientConfig(
          maxConnections,
          maxUnauthenticated,
          maxConnectionsPerUser,
          maxConnectionsPerDatabase,
          maxPreparedStatements,
          maxPreparedBytes,
          maxTotalPreparedBytes,
          maxSettingsBytes,
          maxTotalSettingsBytes,
          maxServerPreparedStatements,
          maxNotificationBytes,
          maxListenChannels);
    }
  }
}
