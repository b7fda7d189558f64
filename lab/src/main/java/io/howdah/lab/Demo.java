package io.howdah.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code make demo}: a cluster with sample data, and Howdah in front of it, until Ctrl-C. Takes the
 * project's folder as its argument, else the current one.
 */
public final class Demo {
  /** Where Howdah listens for clients, 6432 if not set. */
  static final String PORT_VARIABLE = "HOWDAH_PORT";

  /** Where Howdah serves health and metrics, 8080 if not set. */
  static final String HTTP_PORT_VARIABLE = "HOWDAH_HTTP_PORT";

  private static final Progress PROGRESS = line -> System.out.println("  " + line);

  /** What the process ends with; 0 as long as it is a person who ends it. */
  private static volatile int exitCode;

  private Demo() {}

  public static void main(String[] arguments) {
    // Added first, so closed last. A JVM ended by a signal would else not answer 0.
    AtExit.add(() -> Runtime.getRuntime().halt(exitCode));
    try {
      Path project = Path.of(arguments.length > 0 ? arguments[0] : "").toAbsolutePath();
      run(project, port(PORT_VARIABLE, 6432), port(HTTP_PORT_VARIABLE, 8080));
    } catch (LabException | IOException e) {
      fail(e.getMessage());
    }
  }

  private static void run(Path project, int port, int httpPort) throws IOException {
    Ports.requireFree(port, "for Howdah; choose another with " + PORT_VARIABLE);
    Ports.requireFree(
        httpPort, "for health and metrics; choose another with " + HTTP_PORT_VARIABLE);
    Path jar = project.resolve("src/target/quarkus-app/quarkus-run.jar");
    if (!Files.exists(jar)) {
      throw new LabException("Howdah is not built: " + jar + " is missing; make demo builds it");
    }
    Path folder = folder(project);
    Cluster cluster = DemoCluster.start(folder, PROGRESS);
    PROGRESS.say("starting Howdah …");
    HowdahProcess howdah =
        HowdahProcess.start(HowdahProcess.ofJar(jar), folder, cluster, port, httpPort);
    AtExit.add(() -> System.out.println("\nstopping …"));
    System.out.println(DemoScreen.text(cluster, howdah, port));
    awaitDeath(cluster, howdah);
  }

  /** One folder a user, since root's servers run as somebody else and own their files. */
  private static Path folder(Path project) {
    Path preferred = project.resolve(".demo").resolve(System.getProperty("user.name"));
    return Folders.reachable(preferred, "howdah-demo", Account.forServers(), PROGRESS);
  }

  /** Waits until Howdah or a server ends, which none should before this JVM does. */
  private static void awaitDeath(Cluster cluster, HowdahProcess howdah) {
    List<CompletableFuture<Process>> ends = new ArrayList<>();
    cluster.nodes().forEach(node -> ends.add(node.onExit()));
    ends.add(howdah.onExit());
    CompletableFuture.anyOf(ends.toArray(CompletableFuture[]::new)).join();
    if (!howdah.isRunning()) {
      fail("Howdah has ended unexpectedly; " + howdah.logTail());
    }
    cluster.nodes().stream()
        .filter(node -> !node.isRunning())
        .forEach(node -> fail(node + " has ended unexpectedly; " + node.logTail()));
  }

  private static void fail(String message) {
    if (AtExit.hasBegun()) {
      return; // Being stopped is no failure.
    }
    System.err.println("\ndemo: " + message);
    exitCode = 1;
    System.exit(1);
  }

  private static int port(String variable, int otherwise) {
    String value = System.getenv(variable);
    if (value == null || value.isBlank()) {
      return otherwise;
    }
    if (!value.matches("[1-9][0-9]{0,4}") || Integer.parseInt(value) > 65_535) {
      throw new LabException(variable + " is not a port: " + value);
    }
    return Integer.parseInt(value);
  }
}
