package io.howdah.backend.listen;

import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.login.LoginRequest;
import io.howdah.config.DatabaseConfig;
import io.howdah.topology.NodeId;
import io.howdah.wire.Protocol;
import java.util.Map;

/**
 * As whom a shared connection may log in: as any of those who listen.
 *
 * @param entry the configuration entry that covers the database
 * @param user the role on the server
 */
public record ListenLogin(DatabaseConfig entry, String user) {
  LoginRequest request(Fleet fleet, NodeId node, String database) {
    return new LoginRequest(
        node,
        database,
        user,
        fleet.secretFor(entry, user),
        Map.of("application_name", "howdah listen", "client_encoding", "UTF8"),
        Protocol.VERSION_3_0,
        fleet.config().timeouts().serverConnect(),
        fleet.config().timeouts().serverLogin());
  }
}
