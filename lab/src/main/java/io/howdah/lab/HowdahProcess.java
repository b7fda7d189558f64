package io.howdah.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Howdah itself as a child process, configured for a cluster of the lab. */
final class HowdahProcess implements AutoCloseable {
  private static final Duration STOP_BOUND = Duration.ofSeconds(30);
  private static final Duration REQUEST_BOUND = Duration.ofSeconds(2);
  private static final int LOG_TAIL = 30;
  // Netty reaches into java.lang and java.nio.
  private static final List<String> JVM_FLAGS =
      List.of(
          "--add-opens",
          "java.base/java.lang=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final Process process;
  private final Path log;
  private final int httpPort;

  private HowdahProcess(Process process, Path log, int httpPort) {
    this.process = process;
    this.log = log;
    this.httpPort = httpPort;
  }

  /**
   * Starts Howdah and waits until it is ready.
   *
   * @param jar the application's quarkus-run.jar
   * @param folder where its users file and its log go
   * @throws LabException with the end of its log if it ends, or is not ready in time
   */
  static HowdahProcess start(Path jar, Path folder, Cluster cluster, int port, int httpPort)
      throws IOException {
    Path users = writeUsers(folder);
    Path log = folder.resolve("howdah.log");
    Files.deleteIfExists(log);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_FLAGS);
    settings(cluster, users, port, httpPort)
        .forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(List.of("-jar", jar.toString()));
    Process process = Spawn.server(Account.own(), "TERM", folder, log, Map.of(), command);
    HowdahProcess howdah = new HowdahProcess(process, log, httpPort);
    AtExit.add(howdah);
    howdah.awaitReady();
    return howdah;
  }

  private static Map<String, String> settings(Cluster cluster, Path users, int port, int httpPort) {
    String hosts =
        cluster.nodes().stream()
            .map(node -> node.host() + ":" + node.port())
            .collect(Collectors.joining(","));
    return Map.ofEntries(
        Map.entry("howdah.listen.port", Integer.toString(port)),
        Map.entry("quarkus.http.host", "127.0.0.1"),
        Map.entry("quarkus.http.port", Integer.toString(httpPort)),
        Map.entry("howdah.clusters.main.hosts", hosts),
        Map.entry("howdah.clusters.main.probe.user", DemoCluster.PROBE_USER),
        Map.entry("howdah.clusters.main.probe.password", DemoCluster.PROBE_PASSWORD),
        Map.entry("howdah.clusters.main.probe.database", "postgres"),
        Map.entry("howdah.databases.\"*\".cluster", "main"),
        Map.entry("howdah.auth.users-file", users.toString()),
        Map.entry("howdah.auth.admin-users", DemoCluster.USER));
  }

  /** Names and passwords in the format of PgBouncer's userlist.txt, for the owner's eyes only. */
  private static Path writeUsers(Path folder) throws IOException {
    Path users = folder.resolve("users.txt");
    Files.writeString(users, "\"" + DemoCluster.USER + "\" \"" + DemoCluster.PASSWORD + "\"\n");
    Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-------"));
    return users;
  }

  private void awaitReady() {
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(REQUEST_BOUND).build()) {
      boolean settled =
          Waiting.within(Waiting.BOUND, () -> !process.isAlive() || answersReady(client));
      if (!process.isAlive()) {
        throw new LabException("Howdah ended while it started; " + logTail());
      }
      if (!settled) {
        throw new LabException(
            "Howdah was not ready within " + Waiting.BOUND.toSeconds() + " s; " + logTail());
      }
    }
  }

  private boolean answersReady(HttpClient client) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(httpUrl("/q/health/ready")))
            .timeout(REQUEST_BOUND)
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false; // does not listen yet
    } catch (InterruptedException e) {
      throw LabException.interrupted(e);
    }
  }

  String httpUrl(String path) {
    return "http://127.0.0.1:" + httpPort + path;
  }

  boolean isRunning() {
    return process.isAlive();
  }

  CompletableFuture<Process> onExit() {
    return process.onExit();
  }

  /** The end of what it logged, for a person. */
  String logTail() {
    return Logs.tail(log, LOG_TAIL);
  }

  /** Asks it to drain and stop, and waits. */
  @Override
  public void close() {
    AtExit.remove(this);
    process.destroy();
    if (!Waiting.within(STOP_BOUND, () -> !process.isAlive())) {
      process.destroyForcibly();
    }
  }
}
