package io.howdah.e2e.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runs the corpus. No part of the build's tests, as its scripts are fetched: {@code make corpus}
 * gives their folder with {@code -Dcorpus.scripts}, and with {@code -Dcorpus.results} where to put
 * what was found.
 */
class RegressionCorpus {
  private static final String DATABASE = "regression";

  /** Makes the tables of which the other scripts read. */
  private static final String SETUP = "test_setup";

  /** Longer than any script takes but one that hangs. */
  private static final Duration SCRIPT_BOUND = Duration.ofMinutes(3);

  /**
   * The first is run before all others. Others wait, fill disks, or overflow stacks; tsearch asks
   * for what ends a server process of version 18.3.
   */
  private static final Set<String> LEFT_OUT =
      Set.of(SETUP, "infinite_recurse", "numeric_big", "stats", "tablespace", "tsearch");

  private final List<String> troubled = new ArrayList<>();
  private final PrintStream out = System.out;
  private final Path source = Path.of(System.getProperty("corpus.scripts"));
  private final Path results = Path.of(System.getProperty("corpus.results"));

  @Test
  @Timeout(value = 20, unit = TimeUnit.MINUTES)
  void everyStatementOnBothServers() throws IOException, InterruptedException {
    Tally tally = new Tally();
    ClusterSpec spec =
        ClusterSpec.ofReplicas(1)
            .withSetting("autovacuum", "off")
            .withSetting("max_standby_streaming_delay", "2s");
    try (Cluster cluster = Cluster.start(spec)) {
      Postgres primary = cluster.primary();
      Postgres replica = cluster.replicas().getFirst();
      prepare(primary);
      try (Relay relay =
          new Relay(
              address(primary), address(replica), DATABASE, Cluster.SUPERUSER_PASSWORD, tally)) {
        run(relay, tally);
      }
    }
    tally.writeOutcomes(results.resolve("outcomes.tsv"));
    tally.writeExceptions(results.resolve("exceptions.txt"));
    Files.writeString(results.resolve("summary.txt"), tally.summary() + "\n");
    Files.writeString(results.resolve("lost.txt"), tally.lostPerMille() + "\n");
    assertThat(troubled).as("scripts that were not run to their end").isEmpty();
    assertThat(tally.size()).as("statements").isGreaterThan(40_000);
  }

  private static HostPort address(Postgres node) {
    return new HostPort(node.host(), node.port());
  }

  private static void prepare(Postgres primary) {
    // Commits wait until the replica shows them, so that each statement finds the same on both.
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'");
    primary.execute("ALTER SYSTEM SET synchronous_commit = 'remote_apply'");
    primary.reload();
    primary.execute("CREATE DATABASE " + DATABASE + " TEMPLATE template0");
    for (String setting :
        List.of(
            "lc_messages TO 'C'",
            "lc_monetary TO 'C'",
            "lc_numeric TO 'C'",
            "lc_time TO 'C'",
            "bytea_output TO 'hex'",
            "timezone_abbreviations TO 'Default'")) {
      primary.execute("ALTER DATABASE " + DATABASE + " SET " + setting);
    }
  }

  private void run(Relay relay, Tally tally) throws IOException, InterruptedException {
    // The server itself reads the scripts' data, and writes beside them.
    Path readable = Files.createTempDirectory("howdah-corpus");
    try {
      copyForServer(readable);
      List<Script> scripts = scripts(readable.resolve("sql"));
      int done = 0;
      for (Script script : scripts) {
        int before = tally.size();
        long began = System.nanoTime();
        relay.runs(script);
        boolean ended = psql(script, relay.port(), readable);
        Exception problem = relay.problem();
        out.printf(
            "%d/%d %s: %d statements, %.1f s%s%s%n",
            ++done,
            scripts.size(),
            script.name(),
            tally.size() - before,
            (System.nanoTime() - began) / 1e9,
            ended ? "" : ", did not end in time",
            problem == null ? "" : ", " + problem);
        if (!ended || problem != null) {
          troubled.add(script.name());
        }
      }
    } finally {
      deleteAll(readable);
    }
  }

  /** In the order of the schedule, one after the other; test_setup makes what the others use. */
  private List<Script> scripts(Path folder) throws IOException {
    List<Script> scripts = new ArrayList<>();
    scripts.add(new Script(folder.resolve(SETUP + ".sql")));
    for (String line : Files.readAllLines(source.resolve("parallel_schedule"))) {
      if (!line.startsWith("test:")) {
        continue;
      }
      for (String name : line.substring("test:".length()).strip().split("\\s+")) {
        Path file = folder.resolve(name + ".sql");
        if (!LEFT_OUT.contains(name) && Files.exists(file)) {
          scripts.add(new Script(file));
        }
      }
    }
    return scripts;
  }

  private boolean psql(Script script, int port, Path folder)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("psql", "-X", "-q");
    builder.environment().putAll(environment(port, folder));
    Process psql =
        builder
            .directory(folder.toFile())
            .redirectInput(script.file().toFile())
            .redirectOutput(results.resolve("psql.out").toFile())
            .redirectErrorStream(true)
            .start();
    boolean ended = psql.waitFor(SCRIPT_BOUND.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      psql.destroyForcibly().waitFor();
    }
    return ended;
  }

  /** As pg_regress sets it. */
  private static Map<String, String> environment(int port, Path folder) {
    return Map.ofEntries(
        Map.entry("PGHOST", "127.0.0.1"),
        Map.entry("PGPORT", Integer.toString(port)),
        Map.entry("PGUSER", Cluster.SUPERUSER),
        Map.entry("PGDATABASE", DATABASE),
        Map.entry("PGTZ", "PST8PDT"),
        Map.entry("PGDATESTYLE", "Postgres, MDY"),
        Map.entry("PGOPTIONS", "-c intervalstyle=postgres_verbose"),
        Map.entry("PGCLIENTENCODING", "UTF8"),
        Map.entry("PG_ABS_SRCDIR", folder.toString()),
        Map.entry("PG_ABS_BUILDDIR", folder.toString()),
        Map.entry("PG_LIBDIR", folder.toString()),
        Map.entry("PG_DLSUFFIX", ".so"));
  }

  private void copyForServer(Path target) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(source.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    Files.createDirectory(target.resolve("results"));
    try (Stream<Path> files = Files.walk(target)) {
      for (Path file : files.toList()) {
        Files.setPosixFilePermissions(
            file,
            PosixFilePermissions.fromString(Files.isDirectory(file) ? "rwxrwxrwx" : "rw-r--r--"));
      }
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList().reversed()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
