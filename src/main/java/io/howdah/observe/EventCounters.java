package io.howdah.observe;

import io.howdah.telemetry.Telemetry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts the rare events. Labels are bounded: nothing that a client makes up becomes one. */
final class EventCounters implements Telemetry {
  private static final int MAX_REASONS = 64;

  /** A counter's name and the value of its label. */
  private record Series(String name, String value) {}

  private final MeterRegistry registry;
  private final Map<Series, Counter> counters = new ConcurrentHashMap<>();
  private final BoundedLabels<String> states =
      new BoundedLabels<>(MAX_REASONS, BoundedLabels.OTHER);
  private final BoundedLabels<String> places =
      new BoundedLabels<>(MAX_REASONS, BoundedLabels.OTHER);
  private final Counter connected;
  private final Counter disconnected;
  private final Timer logins;

  EventCounters(MeterRegistry registry) {
    this.registry = registry;
    connected = counter("howdah.client.logins", "Clients that finished their login", Tags.empty());
    disconnected = counter("howdah.client.disconnects", "Client sessions that ended", Tags.empty());
    logins =
        Timer.builder("howdah.server.login")
            .description("Time to connect and log in at a server")
            .register(registry);
  }

  @Override
  public void clientConnected(long session, String user, String database, String peer) {
    connected.increment();
  }

  @Override
  public void clientDisconnected(long session, String user, String database, String reason) {
    disconnected.increment();
  }

  @Override
  public void loginRefused(
      String peer, String user, String database, String sqlstate, String message) {
    count(
        "howdah.client.logins.refused",
        "Clients turned away during start-up or authentication",
        "sqlstate",
        states.of(sqlstate));
  }

  @Override
  public void errorSent(long session, String sqlstate, String message) {
    count(
        "howdah.errors.sent",
        "Errors of Howdah's own sent to clients",
        "sqlstate",
        states.of(sqlstate));
  }

  @Override
  public void serverConnected(String node, String user, String database, Duration took) {
    logins.record(took);
  }

  @Override
  public void serverConnectFailed(String node, String user, String database, String reason) {
    count("howdah.server.connect.failures", "Connections that failed", "node", node);
  }

  @Override
  public void serverRefuses(
      String node, String user, String database, String sqlstate, String message) {
    count(
        "howdah.server.refusals",
        "Times that a node began to open no connections for a user of a database",
        "sqlstate",
        states.of(sqlstate));
  }

  @Override
  public void serverClosed(
      String node, String user, String database, String reason, boolean violation) {
    count(
        "howdah.server.closed",
        "Server connections that were closed",
        "reason",
        violation ? "violation" : "normal");
  }

  @Override
  public void primaryChanged(String cluster, String from, String to, long version) {
    count("howdah.primary.changes", "Changes of the primary", "cluster", cluster);
  }

  @Override
  public void nodeChanged(String cluster, String node, String role, boolean up, String problem) {
    count("howdah.node.changes", "Nodes that went up or down", "cluster", cluster);
  }

  @Override
  public void listeningLost(String cluster, String database, String node, String reason) {
    count("howdah.listen.losses", "Listening connections that were lost", "cluster", cluster);
  }

  @Override
  public void pinned(long session, String kind, String reason) {
    count("howdah.client.pinned", "Reasons that bound sessions to a connection", "kind", kind);
  }

  @Override
  public void unpinned(long session, String kind) {
    count("howdah.client.unpinned", "Sessions that were freed again", "kind", kind);
  }

  @Override
  public void leaked(
      String node, String user, String database, String kind, String what, String suspects) {
    count("howdah.server.leaks", "Connections with unknown state in them", "kind", kind);
  }

  @Override
  public void replayed(long session, String node, String reason, String sqlstate) {
    count("howdah.replays", "Requests that were run once more", "reason", reason);
  }

  @Override
  public void fault(String where, Throwable cause) {
    count("howdah.faults", "Contained faults of Howdah itself", "place", places.of(where));
  }

  private void count(String name, String description, String label, String value) {
    counters
        .computeIfAbsent(
            new Series(name, value), s -> counter(name, description, Tags.of(label, value)))
        .increment();
  }

  private Counter counter(String name, String description, Tags tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }
}
