package io.howdah.bench;

import io.howdah.lab.Cluster;
import io.howdah.lab.Companion;
import io.howdah.lab.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** Howdah as a process of its own, in transaction mode on the loopback interface. */
final class Howdah {
  /** The database entry whose reads are routed to the replicas. */
  private static final String SPLIT_DATABASE = "split";

  /** The same, where a session may miss its own commits. */
  private static final String STALE_DATABASE = "stale";

  private static final List<String> NEEDED_FLAGS =
      List.of(
          "--add-opens",
          "java.base/java.lang=ALL-UNNAMED",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  /** What a deployment would set; a variant's own flags come later and win. */
  private static final List<String> USUAL_FLAGS =
      List.of("-Dio.netty.leakDetection.level=disabled");

  private Howdah() {}

  /**
   * Starts one.
   *
   * @param name its name in the report; those with reads split add "-split" and "-stale"
   */
  static List<Contender> start(
      String name, Path jar, List<String> flags, Path folder, Cluster cluster, int poolSize)
      throws IOException {
    int port = Companion.freePort();
    Path config = Files.createDirectory(folder.resolve("config"));
    Files.writeString(config.resolve("application.properties"), settings(cluster, port, poolSize));
    Files.writeString(
        folder.resolve("users.txt"), "\"" + Bench.USER + "\" \"" + Bench.PASSWORD + "\"\n");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(NEEDED_FLAGS);
    command.addAll(USUAL_FLAGS);
    command.addAll(flags);
    command.addAll(List.of("-jar", jar.toString()));
    Companion process = Companion.start(folder, command);
    process.awaitListening(port);
    OptionalLong pid = OptionalLong.of(process.pid());
    Set<String> all = Set.of("simple", "extended", "prepared");
    return List.of(
        new Contender(name, port, Bench.DATABASE, pid, true, all),
        new Contender(name + "-split", port, SPLIT_DATABASE, pid, true, all),
        new Contender(name + "-stale", port, STALE_DATABASE, pid, true, all));
  }

  /** The names of the contenders that one process is. */
  static List<String> contenders(String name) {
    return List.of(name, name + "-split", name + "-stale");
  }

  private static String settings(Cluster cluster, int port, int poolSize) {
    String hosts = cluster.nodes().stream().map(Howdah::address).collect(Collectors.joining(","));
    return """
        howdah.listen.port=%d
        howdah.clusters.main.hosts=%s
        howdah.clusters.main.probe.user=%s
        howdah.clusters.main.probe.password=%s
        howdah.clusters.main.probe.database=%s
        howdah.databases.%s.cluster=main
        howdah.databases.%s.split-reads=false
        howdah.databases.%s.cluster=main
        howdah.databases.%s.server-database=%s
        howdah.databases.%s.cluster=main
        howdah.databases.%s.server-database=%s
        howdah.databases.%s.causal-reads=off
        howdah.auth.type=trust
        howdah.clients.max-connections=20000
        howdah.auth.users-file=users.txt
        howdah.pool.default-size=%d
        quarkus.http.host=127.0.0.1
        quarkus.http.port=%d
        """
        .formatted(
            port,
            hosts,
            Bench.USER,
            Bench.PASSWORD,
            Bench.DATABASE,
            Bench.DATABASE,
            Bench.DATABASE,
            SPLIT_DATABASE,
            SPLIT_DATABASE,
            Bench.DATABASE,
            STALE_DATABASE,
            STALE_DATABASE,
            Bench.DATABASE,
            STALE_DATABASE,
            poolSize,
            Companion.freePort());
  }

  private static String address(Postgres node) {
    return node.host() + ":" + node.port();
  }
}
