package io.howdah.observe;

import static io.howdah.observe.LogLines.fields;
import static io.howdah.observe.LogLines.flood;
import static io.howdah.observe.LogLines.tell;
import static io.howdah.observe.LogLines.write;

import io.howdah.observe.LogLines.Flood;
import io.howdah.telemetry.Telemetry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Writes the events to the log, with their fields beside the text for JSON. What clients can cause
 * at will is rate limited; what was left out is told as a number.
 */
final class EventLog implements Telemetry {
  private static final Logger CLIENT = Logger.getLogger("howdah.client");
  private static final Logger SERVER = Logger.getLogger("howdah.server");
  private static final Logger ROUTE = Logger.getLogger("howdah.route");
  private static final Logger TOPOLOGY = Logger.getLogger("howdah.topology");

  private final Flood refused;
  private final Flood errors;
  private final Flood connectFailures;
  private final Flood refusals;
  private final Flood violations;
  private final Flood replays;
  private final FaultLog faults;
  private final Flood leaks;
  private final List<Flood> floods;

  EventLog(LongSupplier nanos) {
    refused = flood(CLIENT, Logger.Level.WARN, "refused logins", nanos);
    errors = flood(CLIENT, Logger.Level.INFO, "errors sent to clients", nanos);
    connectFailures = flood(SERVER, Logger.Level.WARN, "failed server connections", nanos);
    refusals = flood(SERVER, Logger.Level.WARN, "nodes that open no connections", nanos);
    violations = flood(SERVER, Logger.Level.ERROR, "server connections destroyed", nanos);
    replays = flood(SERVER, Logger.Level.INFO, "requests run once more", nanos);
    faults = new FaultLog(nanos);
    leaks = flood(SERVER, Logger.Level.WARN, "leaks", nanos);
    floods = List.of(refused, errors, connectFailures, refusals, violations, replays, leaks);
  }

  /** Tells what was left out in windows that are over. To be called now and then. */
  void tellDropped() {
    floods.forEach(flood -> tell(flood, flood.gate().takeDropped()));
    faults.tellDropped();
  }

  @Override
  public void clientConnected(long session, String user, String database, String peer) {
    write(
        CLIENT,
        Logger.Level.DEBUG,
        fields("session", session, "user", user, "database", database, "peer", peer),
        "login of %s at %s from %s",
        user,
        database,
        peer);
  }

  @Override
  public void clientDisconnected(long session, String user, String database, String reason) {
    write(
        CLIENT,
        Logger.Level.DEBUG,
        fields("session", session, "user", user, "database", database, "reason", reason),
        "session of %s at %s ended: %s",
        user,
        database,
        reason);
  }

  @Override
  public void loginRefused(
      String peer, String user, String database, String sqlstate, String message) {
    write(
        refused,
        fields("peer", peer, "user", user, "database", database, "sqlstate", sqlstate),
        "login of %s at %s from %s refused: %s (%s)",
        user,
        database,
        peer,
        message,
        sqlstate);
  }

  @Override
  public void errorSent(long session, String sqlstate, String message) {
    write(
        errors,
        fields("session", session, "sqlstate", sqlstate),
        "error sent to session %s: %s (%s)",
        session,
        message,
        sqlstate);
  }

  @Override
  public void serverConnected(String node, String user, String database, Duration took) {
    write(
        SERVER,
        Logger.Level.DEBUG,
        fields("node", node, "user", user, "database", database),
        "connected to %s as %s at %s in %s ms",
        node,
        user,
        database,
        took.toMillis());
  }

  @Override
  public void serverConnectFailed(String node, String user, String database, String reason) {
    write(
        connectFailures,
        fields("node", node, "user", user, "database", database, "reason", reason),
        "can't connect to %s as %s at %s: %s",
        node,
        user,
        database,
        reason);
  }

  @Override
  public void serverRefuses(
      String node, String user, String database, String sqlstate, String message) {
    write(
        refusals,
        fields("node", node, "user", user, "database", database, "sqlstate", sqlstate),
        "%s opens no connections for %s at %s: %s %s; reads go to other nodes as long as it lasts",
        node,
        user,
        database,
        sqlstate,
        message);
  }

  @Override
  public void serverAccepts(String node, String user, String database) {
    write(
        SERVER,
        Logger.Level.INFO,
        fields("node", node, "user", user, "database", database),
        "%s opens connections for %s at %s again",
        node,
        user,
        database);
  }

  @Override
  public void serverClosed(
      String node, String user, String database, String reason, boolean violation) {
    Map<String, Object> fields =
        fields("node", node, "user", user, "database", database, "reason", reason);
    String format = "connection to %s as %s at %s closed: %s";
    if (violation) {
      write(violations, fields, format, node, user, database, reason);
    } else {
      write(SERVER, Logger.Level.DEBUG, fields, format, node, user, database, reason);
    }
  }

  @Override
  public void primaryChanged(String cluster, String from, String to, long version) {
    write(
        TOPOLOGY,
        to == null ? Logger.Level.WARN : Logger.Level.INFO,
        fields("cluster", cluster, "from", from, "to", to, "version", version),
        "primary of %s: %s (was %s)",
        cluster,
        to == null ? "none" : to,
        from == null ? "none" : from);
  }

  @Override
  public void addressChanged(String host, String before, String now) {
    write(
        TOPOLOGY,
        Logger.Level.WARN,
        fields("host", host, "from", before, "to", now),
        "the name %s has the address %s now (was %s); connections to the former one are given up"
            + " as they come free",
        host,
        now,
        before);
  }

  @Override
  public void nameUnresolved(String host, String problem, String kept) {
    write(
        TOPOLOGY,
        Logger.Level.WARN,
        fields("host", host, "problem", problem, "kept", kept),
        "can't look up the name %s: %s%s",
        host,
        problem,
        kept == null ? "" : " Its last address counts meanwhile: " + kept);
  }

  @Override
  public void listeningLost(String cluster, String database, String node, String reason) {
    write(
        SERVER,
        Logger.Level.WARN,
        fields("cluster", cluster, "database", database, "node", node, "reason", reason),
        "the connection that listens for all clients of %s at %s is lost: %s;"
            + " notifications may be missed until it is there again",
        database,
        node,
        reason);
  }

  @Override
  public void nodeChanged(String cluster, String node, String role, boolean up, String problem) {
    write(
        TOPOLOGY,
        up ? Logger.Level.INFO : Logger.Level.WARN,
        fields("cluster", cluster, "node", node, "role", role, "up", up),
        "%s of %s (%s) is %s%s",
        node,
        cluster,
        role,
        up ? "up" : "down",
        problem == null || problem.isEmpty() ? "" : ": " + problem);
  }

  @Override
  public void catalogUnread(String problem) {
    write(
        TOPOLOGY,
        Logger.Level.WARN,
        fields("problem", problem),
        "can't read a database's functions (calls of users' functions go to the primary,"
            + " or where they went before): %s",
        problem);
  }

  @Override
  public void pinned(long session, String kind, String reason) {
    write(
        CLIENT,
        Logger.Level.DEBUG,
        fields("session", session, "kind", kind, "reason", reason),
        "session %s keeps its server connection: %s",
        session,
        reason);
  }

  @Override
  public void replayed(long session, String node, String reason, String sqlstate) {
    write(
        replays,
        fields("session", session, "node", node, "reason", reason, "sqlstate", sqlstate),
        "a request of session %s is run once more: %s (%s, %s)",
        session,
        reason,
        node,
        sqlstate == null ? "connection lost" : sqlstate);
  }

  @Override
  public boolean wantsRoutes() {
    return ROUTE.isDebugEnabled();
  }

  @Override
  public void routed(long session, String node, String role, String reason, String why) {
    write(
        ROUTE,
        Logger.Level.DEBUG,
        fields("session", session, "node", node, "role", role, "reason", reason),
        "a statement of session %s goes to %s %s: %s",
        session,
        role,
        node,
        why);
  }

  @Override
  public void unpinned(long session, String kind) {
    write(
        CLIENT,
        Logger.Level.DEBUG,
        fields("session", session, "kind", kind),
        "session %s needs its server connection no more",
        session);
  }

  @Override
  public void leaked(
      String node, String user, String database, String kind, String what, String suspects) {
    write(
        leaks,
        fields("node", node, "user", user, "database", database, "kind", kind),
        "%s@%s/%s was given back with unknown state and is closed: %s; %s",
        user,
        node,
        database,
        what,
        suspects);
  }

  @Override
  public void fault(String where, Throwable cause) {
    faults.write(where, cause);
  }
}
