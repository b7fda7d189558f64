package io.howdah.backend.replication;

import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.fleet.NodeRoles;
import io.howdah.backend.login.LoginListener;
import io.howdah.backend.login.LoginRequest;
import io.howdah.backend.login.ServerGreeting;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.config.DatabaseConfig;
import io.howdah.error.PgError;
import io.howdah.topology.NodeId;
import io.howdah.topology.Topology;
import io.howdah.wire.Protocol;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Opens replication connections at the primary of a cluster, past every pool. PostgreSQL counts WAL
 * senders apart from its other connections (max_wal_senders), and so no pool's limit holds for
 * them.
 *
 * <p>Thread: the client's event loop.
 */
public final class ReplicationConnector {
  private final Fleet fleet;
  private final DatabaseConfig entry;
  private final String database;
  private final String user;

  /** Hears how the login at the server ended. */
  public interface Listener {
    /**
     * The server is ready; attach to it now.
     *
     * @param parameters what the server reported of its parameters
     */
    void opened(ReplicationConnection connection, Map<String, String> parameters);

    /** No connection, or no login. */
    void failed(PgError error);
  }

  /**
   * @param entry what is configured for the database
   * @param database as the client gave it
   * @param user as the client gave it
   */
  public ReplicationConnector(Fleet fleet, DatabaseConfig entry, String database, String user) {
    this.fleet = fleet;
    this.entry = entry;
    this.database = database;
    this.user = user;
  }

  /**
   * The node that takes the connection now; null while there is none, or the database is paused.
   */
  public NodeId primary() {
    Topology now = fleet.topology(entry.cluster());
    return now == null || now.primary() == null || fleet.isPaused(database)
        ? null
        : now.primary().id();
  }

  /** Whether a node is the primary still. */
  public boolean isPrimary(NodeId node) {
    return NodeRoles.isPrimary(fleet.topology(entry.cluster()), node);
  }

  /** Why there is no primary, for people. */
  public String problem() {
    Topology now = fleet.topology(entry.cluster());
    return now == null ? "No node has answered yet." : now.problem();
  }

  /** Whether the database is paused. */
  public boolean isPaused() {
    return fleet.isPaused(database);
  }

  /** What a client is told that has waited so long for a primary or for the end of a pause. */
  public PgError noServer(Duration waited) {
    return isPaused()
        ? new PgError.DatabasePaused(database, fleet.isKilled(database), waited)
        : new PgError.NoServer("primary", entry.cluster(), waited, problem());
  }

  /**
   * Connects and logs in.
   *
   * @param parameters the start-up packet's, but for the user and the database
   */
  public void connect(
      EventLoop loop, NodeId node, Map<String, String> parameters, Listener listener) {
    String role = entry.serverUser().orElse(user);
    LoginRequest request =
        new LoginRequest(
            node,
            entry.serverDatabase().orElse(database),
            role,
            fleet.secretFor(entry, role),
            parameters,
            Protocol.VERSION_3_2,
            fleet.config().timeouts().serverConnect(),
            fleet.config().timeouts().serverLogin());
    fleet.connector().connect(loop, request, new Opening(request, listener));
  }

  private final class Opening implements LoginListener {
    private final LoginRequest request;
    private final Listener listener;

    Opening(LoginRequest request, Listener listener) {
      this.request = request;
      this.listener = listener;
    }

    @Override
    public void loggedIn(ServerGreeting greeting) {
      String node = request.node().toString();
      ReplicationConnection connection =
          new ReplicationConnection(
              greeting.channel(),
              new ServerIdentity(
                  request.node(),
                  request.database(),
                  request.user(),
                  greeting.processId(),
                  greeting.secretKey(),
                  new LinkedHashMap<>(greeting.parameters()),
                  greeting.protocolVersion()),
              fleet.telemetry(),
              reason -> fleet.telemetry().serverClosed(node, user, database, reason, false));
      greeting.channel().pipeline().addLast(connection);
      listener.opened(connection, greeting.parameters());
    }

    @Override
    public void failed(PgError error) {
      listener.failed(error);
    }
  }
}
