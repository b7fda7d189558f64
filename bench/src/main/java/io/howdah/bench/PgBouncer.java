package io.howdah.bench;

import io.howdah.lab.Companion;
import io.howdah.lab.Postgres;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** PgBouncer as this machine has it, in transaction mode on the loopback interface. */
final class PgBouncer {
  private static final Pattern VERSION = Pattern.compile("PgBouncer (\\d+)\\.(\\d+)");

  /** The first version that carries prepared statements over in transaction mode. */
  private static final int FIRST_WITH_PREPARED = 21;

  private PgBouncer() {}

  /** Where it is, if it is installed. Debian keeps it outside an ordinary user's path. */
  static Optional<Path> binary() {
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, "pgbouncer"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The first line that it says of itself. */
  static String version(Path binary) throws IOException {
    Process process = new ProcessBuilder(binary.toString(), "--version").start();
    try (var lines = process.inputReader()) {
      return lines.readLine();
    }
  }

  private static boolean knowsPrepared(Path binary) throws IOException {
    Matcher version = VERSION.matcher(version(binary));
    return version.find()
        && (Integer.parseInt(version.group(1)) > 1
            || Integer.parseInt(version.group(2)) >= FIRST_WITH_PREPARED);
  }

  static Contender start(Path binary, Path folder, Postgres primary, int poolSize)
      throws IOException {
    int port = Companion.freePort();
    boolean prepared = knowsPrepared(binary);
    Path users = Files.writeString(folder.resolve("users.txt"), userLine());
    String configuration =
        """
        [databases]
        %s = host=%s port=%d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = trust
        auth_file = %s
        pool_mode = transaction
        default_pool_size = %d
        max_client_conn = 20000
        log_connections = 0
        log_disconnections = 0
        log_stats = 0
        """
            .formatted(Bench.DATABASE, primary.host(), primary.port(), port, users, poolSize);
    if (prepared) {
      configuration += "max_prepared_statements = 200\n";
    }
    Path file = Files.writeString(folder.resolve("pgbouncer.ini"), configuration);
    Companion process =
        Companion.startUnprivileged(folder, List.of(binary.toString(), file.toString()));
    process.awaitListening(port);
    return new Contender(
        "pgbouncer",
        port,
        Bench.DATABASE,
        OptionalLong.of(process.pid()),
        false,
        prepared ? Set.of("simple", "extended", "prepared") : Set.of("simple", "extended"));
  }

  private static String userLine() {
    return "\"" + Bench.USER + "\" \"" + Bench.PASSWORD + "\"\n";
  }
}
