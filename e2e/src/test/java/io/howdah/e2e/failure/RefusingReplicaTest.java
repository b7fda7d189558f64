package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.admin.Snapshot;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.OwnCluster;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import io.howdah.lab.StopMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Replicas that are up and fresh, and let nobody in: reads go elsewhere, and nobody notices. */
class RefusingReplicaTest {
  private static final String PORT = "SELECT current_setting('port')";

  private static OwnCluster own;
  private static Cluster cluster;
  private static Postgres primary;
  private static List<Postgres> replicas;
  private final Map<Path, String> changed = new HashMap<>();
  private Howdah howdah;

  @BeforeAll
  static void startCluster() {
    own = OwnCluster.start(ClusterSpec.ofReplicas(2));
    cluster = own.cluster();
    primary = cluster.primary();
    replicas = cluster.replicas();
  }

  @AfterAll
  static void stopCluster() {
    if (own != null) {
      own.close();
    }
  }

  private void start(ReadsOnPrimary readsOnPrimary) {
    howdah = own.howdah().readsOnPrimary(readsOnPrimary).furtherPorts().start();
  }

  @AfterEach
  void stop() throws IOException {
    if (howdah != null) {
      howdah.close();
    }
    for (Map.Entry<Path, String> each : changed.entrySet()) {
      Files.writeString(each.getKey(), each.getValue());
    }
    cluster.nodes().forEach(Postgres::start);
    cluster.nodes().forEach(Postgres::reload);
  }

  private static String port(Postgres node) {
    return Integer.toString(node.port());
  }

  /**
   * Puts a line in front of a server's pg_hba.conf, or behind its settings, until the test ends.
   */
  private void change(Postgres node, String file, String line, boolean first) throws IOException {
    Path path = Path.of(node.query("SHOW " + file));
    String before = Files.readString(path);
    changed.putIfAbsent(path, before);
    Files.writeString(path, first ? line + "\n" + before : before + "\n" + line + "\n");
    node.reload();
  }

  private void rejectAt(Postgres node) throws IOException {
    change(node, "hba_file", "host all app 127.0.0.1/32 reject", true);
  }

  private void acceptAt(Postgres node) throws IOException {
    Path path = Path.of(node.query("SHOW hba_file"));
    Files.writeString(path, changed.get(path));
    node.reload();
  }

  @Test
  void readsGoToTheOtherReplica() throws IOException {
    rejectAt(replicas.getFirst());
    start(ReadsOnPrimary.FALLBACK);
    // A session stays with a replica that has served it, so each asks in a session of its own.
    Await.until(
        this::servedBy,
        port -> {
          assertThat(port).isEqualTo(port(replicas.getLast()));
          assertThat(howdah.events().refusals())
              .containsExactly(name(replicas.getFirst()) + " refuses app at app: 08001");
        });
    for (int i = 0; i < 20; i++) {
      assertThat(servedBy()).isEqualTo(port(replicas.getLast()));
    }
    assertThat(howdah.events().errors()).isEmpty();
    assertThat(refusal(replicas.getFirst())).contains("pg_hba.conf rejects connection");
    assertThat(refusal(replicas.getLast())).isNull();
  }

  /** The port of the server that a new session's first read runs on. */
  private String servedBy() {
    try (Wire wire = howdah.wire()) {
      return wire.value(PORT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String servedInFresh() {
    try (Wire wire = Wire.open(howdah.address())) {
      wire.login(Map.of("user", Servers.USER, "database", "fresh"), Servers.PASSWORD);
      return wire.value(PORT);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String name(Postgres node) {
    return node.host() + ":" + node.port();
  }

  private String refusal(Postgres node) {
    return howdah.proxy().snapshot().toCompletableFuture().join().pools().stream()
        .filter(each -> each.node().equals(name(node)) && each.database().equals("app"))
        .findFirst()
        .map(Snapshot.Pool::refusal)
        .orElse(null);
  }

  @Test
  void itTakesReadsAgainOnceItLetsUsIn() throws IOException {
    rejectAt(replicas.getFirst());
    start(ReadsOnPrimary.FALLBACK);
    Await.until(this::servedBy, port -> assertThat(howdah.events().refusals()).as(port).hasSize(1));
    acceptAt(replicas.getFirst());
    Await.until(this::servedBy, port -> assertThat(port).isEqualTo(port(replicas.getFirst())));
    assertThat(howdah.events().refusals())
        .contains(name(replicas.getFirst()) + " accepts app at app");
    assertThat(refusal(replicas.getFirst())).isNull();
  }

  @Test
  void withoutAnotherReplicaThePrimaryServes() throws IOException {
    replicas.forEach(
        each -> {
          try {
            rejectAt(each);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    start(ReadsOnPrimary.FALLBACK);
    try (Wire wire = howdah.wire()) {
      for (int i = 0; i < 20; i++) {
        assertThat(wire.value(PORT)).isEqualTo(port(primary));
        wire.send(Send.parse("", PORT), Send.bind("", ""), Send.execute("", 0), Send.sync());
        assertThat(wire.ready()).noneMatch(each -> each.type() == 'E');
      }
      assertThat(howdah.events().errors()).isEmpty();
      assertThat(howdah.events().refusals()).hasSize(2);
    }
  }

  /** Where no other node may serve, the client hears what the server said. */
  @Test
  void whereNobodyElseMayServeItIsTold() throws IOException {
    for (Postgres each : replicas) {
      rejectAt(each);
    }
    start(ReadsOnPrimary.NEVER);
    try (Wire wire = howdah.wire()) {
      for (int i = 0; i < 2; i++) {
        Message error = wire.query(PORT).getFirst();
        assertThat(error.sqlstate()).isEqualTo("08001");
        assertThat(error.field('M')).contains("pg_hba.conf rejects connection");
      }
      acceptAt(replicas.getFirst());
      Await.until(
          () -> wire,
          w -> assertThat(w.query(PORT).getFirst().type()).as("served again").isEqualTo('T'));
      // Nor does the primary stand in at the read-only port, for a login or anything else.
      try (Wire readOnly = Wire.login(howdah.address(Purpose.READ_ONLY), Map.of())) {
        for (int i = 0; i < 20; i++) {
          assertThat(readOnly.value(PORT)).isEqualTo(port(replicas.getFirst()));
        }
      }
    }
  }

  /** A new database that no replica has replayed. */
  @Test
  void aNewDatabaseIsReadOnThePrimary() throws IOException {
    start(ReadsOnPrimary.FALLBACK);
    replicas.forEach(each -> each.execute("SELECT pg_wal_replay_pause()"));
    try {
      primary.execute("CREATE DATABASE fresh OWNER app");
      for (int i = 0; i < 3; i++) {
        try (Wire wire = Wire.open(howdah.address())) {
          Map<String, String> parameters = new LinkedHashMap<>();
          parameters.put("user", Servers.USER);
          parameters.put("database", "fresh");
          wire.login(parameters, Servers.PASSWORD);
          assertThat(wire.value(PORT)).isEqualTo(port(primary));
        }
      }
      assertThat(howdah.events().errors()).isEmpty();
      assertThat(howdah.events().refusals())
          .allMatch(each -> each.endsWith("refuses app at fresh: 3D000"));
    } finally {
      replicas.forEach(each -> each.execute("SELECT pg_wal_replay_resume()"));
    }
    cluster.awaitReplay();
    Set<String> all = new TreeSet<>(List.of(port(replicas.getFirst()), port(replicas.getLast())));
    Set<String> served = new TreeSet<>();
    Await.until(
        this::servedInFresh,
        port -> {
          served.add(port);
          assertThat(served).containsAll(all);
        });
    howdah.close();
    howdah = null;
    primary.execute("DROP DATABASE fresh WITH (FORCE)");
    cluster.awaitReplay();
  }

  /** 53300 passes; but no read waits for that while another node could serve it. */
  @Test
  void aReplicaWithoutAFreePlaceIsAvoided() throws IOException {
    Postgres full = replicas.getFirst();
    change(full, "config_file", "superuser_reserved_connections = 0", false);
    change(full, "config_file", "reserved_connections = 90", false);
    int most = Integer.parseInt(full.query("SHOW max_connections"));
    change(full, "config_file", "reserved_connections = " + (most - 1), false);
    full.stop(StopMode.FAST);
    full.start();
    start(ReadsOnPrimary.FALLBACK);
    Await.until(
        this::servedBy,
        port -> {
          assertThat(port).isEqualTo(port(replicas.getLast()));
          assertThat(howdah.events().refusals())
              .containsExactly(name(full) + " refuses app at app: 53300");
        });
    for (int i = 0; i < 20; i++) {
      assertThat(servedBy()).isEqualTo(port(replicas.getLast()));
    }
    assertThat(howdah.events().errors()).isEmpty();
  }
}
