package io.howdah.bench;

import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Companion;
import io.howdah.lab.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** The stage: a cluster with pgbench's tables, and every contender in front of it. */
final class Bench implements AutoCloseable {
  static final String DATABASE = "bench";
  static final String USER = "bench";
  static final String PASSWORD = "bench";
  private static final int SCALE = 10;

  private final Cluster cluster;
  private final List<Path> folders = new ArrayList<>();
  private final List<Contender> contenders = new ArrayList<>();

  private Bench(Cluster cluster) {
    this.cluster = cluster;
  }

  static Bench start(Options options, Path jar, Pgbench pgbench) throws IOException {
    System.out.printf(
        "starting a primary and %d replicas, and filling them …%n", options.replicas());
    Cluster cluster =
        Cluster.start(
            ClusterSpec.ofReplicas(options.replicas())
                .withSetting("shared_buffers", "256MB")
                .withSetting("max_connections", "400"));
    cluster.createRole(USER, PASSWORD);
    cluster.createDatabase(DATABASE, USER);
    pgbench.fill(cluster.primary().port(), DATABASE, SCALE);
    cluster.primary().execute(DATABASE, "VACUUM ANALYZE");
    cluster.awaitReplay();
    Bench bench = new Bench(cluster);
    bench.enter(options, jar);
    return bench;
  }

  private void enter(Options options, Path jar) throws IOException {
    Postgres primary = cluster.primary();
    Set<String> all = Set.of("simple", "extended", "prepared");
    add(
        options,
        new Contender("direct", primary.port(), DATABASE, OptionalLong.empty(), false, all));
    var pgbouncer = PgBouncer.binary();
    if (pgbouncer.isEmpty()) {
      System.out.println(
          "PgBouncer is not installed, so it is left out (Debian: apt-get install pgbouncer)");
    } else {
      System.out.println("beside " + PgBouncer.version(pgbouncer.get()));
      add(options, PgBouncer.start(pgbouncer.get(), newFolder(), primary, options.poolSize()));
    }
    enter(options, "howdah", jar, List.of());
    for (Map.Entry<String, List<String>> variant : options.variants().entrySet()) {
      String own = options.jars().get(variant.getKey());
      enter(options, variant.getKey(), own == null ? jar : Path.of(own), variant.getValue());
    }
  }

  private void enter(Options options, String name, Path jar, List<String> flags)
      throws IOException {
    if (Howdah.contenders(name).stream().anyMatch(options::wants)) {
      for (Contender each :
          Howdah.start(name, jar, flags, newFolder(), cluster, options.poolSize())) {
        add(options, each);
      }
    }
  }

  private void add(Options options, Contender contender) {
    if (options.wants(contender.name())) {
      contenders.add(contender);
    }
  }

  private Path newFolder() {
    Path folder = Companion.newFolder("howdah-bench-");
    folders.add(folder);
    return folder;
  }

  /** The process that all others of the primary are children of. */
  long primaryPid() {
    return cluster.primary().pid();
  }

  List<Contender> contenders() {
    return contenders;
  }

  @Override
  public void close() {
    cluster.close();
    folders.forEach(Companion::deleteFolder);
  }
}
