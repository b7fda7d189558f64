package io.howdah.frontend.startup;

import io.howdah.config.DatabaseConfig;
import io.howdah.config.PoolMode;

/**
 * Who a client is and where it wants to go, as far as its StartupMessage and the configuration
 * tell.
 *
 * @param user the user name that it gave
 * @param database the database name that it gave
 * @param entry the configuration entry that covers the database; null for the admin console
 * @param poolMode when it gives server connections back
 * @param options its StartupMessage
 * @param protocolMinor 0 to 2: the minor protocol version in force
 * @param replication whether it asks for a replication connection, and of which kind
 * @param peer its address, for people
 */
public record ClientIdentity(
    String user,
    String database,
    DatabaseConfig entry,
    PoolMode poolMode,
    StartupOptions options,
    int protocolMinor,
    Replication replication,
    String peer) {

  /** Whether it wants the admin console. */
  boolean isConsole() {
    return entry == null;
  }
}
