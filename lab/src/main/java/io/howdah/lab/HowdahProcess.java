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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** The command that runs the application's quarkus-run.jar on this JVM's own JDK. */
  static List<String> ofJar(Path jar) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM_FLAGS);
    command.addAll(List.of("-jar", jar.toString()));
    return command;
  }

  /**
   * Starts Howdah and waits until it is ready.
   *
   * @param command what runs it, whatever the folder
   * @param folder where it runs, and where its users file and its log go
   * @throws LabException with the end of its log if it ends, or is not ready in time
   */
  static HowdahProcess start(
      List<String> command, Path folder, Cluster cluster, int port, int httpPort)
      throws IOException {
    writeConfiguration(folder, settings(cluster, writeUsers(folder), port, httpPort));
    Path log = folder.resolve("howdah.log");
    Files.deleteIfExists(log);
    Process process =
        Spawn.server(
            Account.own(), "TERM", folder, log, HowdahProcess::withoutTheDemosOwn, command);
    HowdahProcess howdah = new HowdahProcess(process, log, httpPort);
    AtExit.add(howdah);
    howdah.awaitReady();
    return howdah;
  }

  /** Howdah takes HOWDAH_… for keys of its own, and refuses those that it does not know. */
  private static void withoutTheDemosOwn(Map<String, String> environment) {
    environment
        .keySet()
        .removeAll(Set.of(Demo.PORT_VARIABLE, Demo.HTTP_PORT_VARIABLE, Binaries.CACHE_VARIABLE));
  }

  private static Map<String, String> settings(Cluster cluster, Path users, int port, int httpPort) {
    String hosts =
        cluster.nodes().stream()
            .map(node -> node.host() + ":" + node.port())
            .collect(Collectors.joining(","));
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("howdah.listen.port", Integer.toString(port));
    settings.put("howdah.clusters.main.hosts", hosts);
    settings.put("howdah.clusters.main.probe.user", DemoCluster.PROBE_USER);
    settings.put("howdah.clusters.main.probe.password", DemoCluster.PROBE_PASSWORD);
    settings.put("howdah.clusters.main.probe.database", "postgres");
    settings.put("howdah.databases.\"*\".cluster", "main");
    settings.put("howdah.auth.users-file", users.toString());
    settings.put("howdah.auth.admin-users", DemoCluster.USER);
    settings.put("quarkus.http.host", "127.0.0.1");
    settings.put("quarkus.http.port", Integer.toString(httpPort));
    return settings;
  }

  /** Quarkus reads config/application.properties below the folder that it is started in. */
  private static void writeConfiguration(Path folder, Map<String, String> settings)
      throws IOException {
    String lines =
        settings.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue().replace("\\", "\\\\") + "\n")
            .collect(Collectors.joining());
    Path file = Files.createDirectories(folder.resolve("config")).resolve("application.properties");
    writePrivate(file, "# Written anew by each start of the demo.\n" + lines);
  }

  /** Names and passwords in the format of PgBouncer's userlist.txt. */
  private static Path writeUsers(Path folder) throws IOException {
    Path users = folder.resolve("users.txt");
    writePrivate(users, "\"" + DemoCluster.USER + "\" \"" + DemoCluster.PASSWORD + "\"\n");
    return users;
  }

  private static void writePrivate(Path file, String content) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, content);
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

  /** Asks it to drain and stop. */
  void askToStop() {
    process.destroy();
  }

  /** What it ended with, once it has. */
  int exitCode() {
    return process.exitValue();
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
