package io.howdah.observe;

import io.howdah.telemetry.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Counts and logs what the data plane reports. */
@ApplicationScoped
public class ObservingTelemetry implements Telemetry {
  private static final int TELL_SECONDS = 10;

  private final List<Telemetry> sinks;
  private final ScheduledExecutorService timer;

  ObservingTelemetry(MeterRegistry registry) {
    EventLog log = new EventLog(System::nanoTime);
    sinks = List.of(new EventCounters(registry), log);
    timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("howdah-log-", 0).factory());
    // The future is not looked at: the task can't fail, and ends with the executor.
    var unused =
        timer.scheduleAtFixedRate(log::tellDropped, TELL_SECONDS, TELL_SECONDS, TimeUnit.SECONDS);
  }

  void stop(@Observes ShutdownEvent event) {
    timer.shutdownNow();
  }

  @Override
  public void clientConnected(long session, String user, String database, String peer) {
    sinks.forEach(s -> s.clientConnected(session, user, database, peer));
  }

  @Override
  public void clientDisconnected(long session, String user, String database, String reason) {
    sinks.forEach(s -> s.clientDisconnected(session, user, database, reason));
  }

  @Override
  public void loginRefused(
      String peer, String user, String database, String sqlstate, String message) {
    sinks.forEach(s -> s.loginRefused(peer, user, database, sqlstate, message));
  }

  @Override
  public void errorSent(long session, String sqlstate, String message) {
    sinks.forEach(s -> s.errorSent(session, sqlstate, message));
  }

  @Override
  public void serverConnected(String node, String user, String database, Duration took) {
    sinks.forEach(s -> s.serverConnected(node, user, database, took));
  }

  @Override
  public void serverConnectFailed(String node, String user, String database, String reason) {
    sinks.forEach(s -> s.serverConnectFailed(node, user, database, reason));
  }

  @Override
  public void serverRefuses(
      String node, String user, String database, String sqlstate, String message) {
    sinks.forEach(s -> s.serverRefuses(node, user, database, sqlstate, message));
  }

  @Override
  public void serverAccepts(String node, String user, String database) {
    sinks.forEach(s -> s.serverAccepts(node, user, database));
  }

  @Override
  public void serverClosed(
      String node, String user, String database, String reason, boolean violation) {
    sinks.forEach(s -> s.serverClosed(node, user, database, reason, violation));
  }

  @Override
  public void primaryChanged(String cluster, String from, String to, long version) {
    sinks.forEach(s -> s.primaryChanged(cluster, from, to, version));
  }

  @Override
  public void nodeChanged(String cluster, String node, String role, boolean up, String problem) {
    sinks.forEach(s -> s.nodeChanged(cluster, node, role, up, problem));
  }

  @Override
  public void addressChanged(String host, String before, String now) {
    sinks.forEach(s -> s.addressChanged(host, before, now));
  }

  @Override
  public void nameUnresolved(String host, String problem, String kept) {
    sinks.forEach(s -> s.nameUnresolved(host, problem, kept));
  }

  @Override
  public void listeningLost(String cluster, String database, String node, String reason) {
    sinks.forEach(s -> s.listeningLost(cluster, database, node, reason));
  }

  @Override
  public void catalogUnread(String problem) {
    sinks.forEach(s -> s.catalogUnread(problem));
  }

  @Override
  public void pinned(long session, String kind, String reason) {
    sinks.forEach(s -> s.pinned(session, kind, reason));
  }

  @Override
  public void unpinned(long session, String kind) {
    sinks.forEach(s -> s.unpinned(session, kind));
  }

  @Override
  public void leaked(
      String node, String user, String database, String kind, String what, String suspects) {
    sinks.forEach(s -> s.leaked(node, user, database, kind, what, suspects));
  }

  @Override
  public void replayed(long session, String node, String reason, String sqlstate) {
    sinks.forEach(s -> s.replayed(session, node, reason, sqlstate));
  }

  @Override
  public void fault(String where, Throwable cause) {
    sinks.forEach(s -> s.fault(where, cause));
  }

  @Override
  public boolean wantsRoutes() {
    return sinks.stream().anyMatch(Telemetry::wantsRoutes);
  }

  @Override
  public void routed(long session, String node, String role, String reason, String why) {
    sinks.forEach(s -> s.routed(session, node, role, reason, why));
  }
}
