package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Replicas that cancel reads for the sake of replay, or die under them. */
class LostReplicaTest {
  private static final String SLOW =
      "SELECT pg_is_in_recovery() FROM (SELECT count(*) FROM lost) x, pg_sleep(%s)";

  private static OwnCluster own;
  private static Cluster cluster;
  private Howdah howdah;

  @BeforeAll
  static void startCluster() {
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(2)
                .withSetting("max_standby_streaming_delay", "0")
                .withSetting("hot_standby_feedback", "off"),
            "CREATE TABLE lost AS SELECT 1 AS id",
            "GRANT ALL ON lost TO app");
    cluster = own.cluster();
  }

  @AfterAll
  static void stopCluster() {
    if (own != null) {
      own.close();
    }
  }

  @BeforeEach
  void start() {
    howdah = own.howdah().start();
  }

  @AfterEach
  void stop() {
    cluster.nodes().forEach(Postgres::start);
    if (howdah != null) {
      howdah.close();
    }
    cluster.awaitReplay();
  }

  /** Replay of the lock cancels whoever reads the table, on either replica. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConflictWithRecovery(boolean simple) throws IOException {
    try (Wire wire = howdah.wire()) {
      String sql = SLOW.formatted(3);
      if (simple) {
        wire.send(Send.query(sql));
      } else {
        wire.send(
            Send.parse("slow", sql),
            Send.bind("", "slow"),
            Send.describePortal(""),
            Send.execute("", 0),
            Send.sync());
      }
      awaitReader();
      cluster
          .primary()
          .execute(Servers.DATABASE, "BEGIN; LOCK TABLE lost IN ACCESS EXCLUSIVE MODE; COMMIT");
      List<Message> replies = wire.ready();
      assertThat(replies).extracting(Message::type).doesNotContain('E').contains('D');
      assertThat(howdah.events().replays())
          .isNotEmpty()
          .containsOnly("a replica could not finish it 40001");
      assertThat(wire.value("SELECT 1")).isEqualTo("1");
    }
  }

  private static void awaitReader() {
    Await.until(LostReplicaTest::readers, readers -> assertThat(readers).isNotEmpty());
  }

  /** The replicas on which somebody sleeps. */
  private static List<Postgres> readers() {
    return cluster.replicas().stream()
        .filter(Postgres::isRunning)
        .filter(
            each ->
                !each.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                    .equals("0"))
        .toList();
  }

  @Test
  void aConflictInATransactionIsTold() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN READ ONLY");
      wire.send(Send.query(SLOW.formatted(30)));
      awaitReader();
      cluster
          .primary()
          .execute(Servers.DATABASE, "BEGIN; LOCK TABLE lost IN ACCESS EXCLUSIVE MODE; COMMIT");
      assertThat(wire.ready())
          .anyMatch(each -> each.type() == 'E' && each.sqlstate().equals("40001"));
      assertThat(howdah.events().replays()).isEmpty();
    }
  }

  /** The replica that runs a read is stopped under it, without and with a last word. */
  @ParameterizedTest
  @EnumSource(
      value = StopMode.class,
      names = {"FAST", "IMMEDIATE"})
  void aReplicaThatStops(StopMode mode) throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(Send.query(SLOW.formatted(4)));
      awaitReader();
      readers().getFirst().stop(mode);
      List<Message> replies = wire.ready();
      assertThat(replies).extracting(Message::type).containsExactly('T', 'D', 'C', 'Z');
      assertThat(howdah.events().replays()).hasSize(1);
      assertThat(wire.value("SELECT 'still there'")).isEqualTo("still there");
    }
  }

  @Test
  void aReplicaThatStopsWithinATransaction() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN READ ONLY");
      wire.send(Send.query(SLOW.formatted(30)));
      awaitReader();
      readers().getFirst().stop(StopMode.IMMEDIATE);
      assertThat(wire.toEnd()).anyMatch(each -> each.type() == 'E');
      assertThat(howdah.events().replays()).isEmpty();
    }
  }

  @Test
  void aReplicaThatStopsBehindARow() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(
          Send.query(
              "SELECT repeat('x', 1000), current_setting('port') FROM"
                  + " generate_series(1, 100000000)"));
      wire.until('T');
      String port = wire.read().row().get(1);
      cluster.replicas().stream()
          .filter(each -> Integer.toString(each.port()).equals(port))
          .findFirst()
          .orElseThrow()
          .stop(StopMode.IMMEDIATE);
      List<Message> replies = wire.toEnd();
      assertThat(replies).extracting(Message::type).doesNotContain('Z', 'C');
      assertThat(howdah.events().replays()).isEmpty();
    }
  }

  /** Many clients read all the time; one replica goes and then the other, and nobody sees it. */
  @Test
  void nobodySeesReplicasGo() throws Exception {
    List<Postgres> replicas = cluster.replicas();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger reads = new AtomicInteger();
    List<Future<Void>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int i = 0; i < 4; i++) {
        clients.add(threads.submit(simpleReader(over, reads)));
        clients.add(threads.submit(jdbcReader(over, reads)));
      }
      awaitReads(reads);
      replicas.getFirst().stop(StopMode.IMMEDIATE);
      awaitReads(reads);
      replicas.getLast().stop(StopMode.FAST);
      awaitReads(reads);
      over.set(true);
      for (Future<Void> each : clients) {
        each.get();
      }
    }
  }

  private static void awaitReads(AtomicInteger reads) {
    int enough = reads.get() + 1000;
    Await.until(reads::get, count -> assertThat(count).isGreaterThan(enough));
  }

  private Callable<Void> simpleReader(AtomicBoolean over, AtomicInteger reads) {
    return () -> {
      try (Wire wire = howdah.wire()) {
        while (!over.get()) {
          assertThat(wire.value("SELECT sum(i) FROM generate_series(1, 2000) i"))
              .isEqualTo("2001000");
          reads.incrementAndGet();
        }
      }
      return null;
    };
  }

  private Callable<Void> jdbcReader(AtomicBoolean over, AtomicInteger reads) {
    return () -> {
      Properties properties = new Properties();
      properties.setProperty("prepareThreshold", "2");
      try (Connection connection = howdah.jdbc(properties);
          PreparedStatement statement =
              connection.prepareStatement("SELECT sum(i) FROM generate_series(1, ?) i")) {
        while (!over.get()) {
          statement.setInt(1, 2000);
          try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(2001000);
          }
          reads.incrementAndGet();
        }
      } catch (SQLException e) {
        throw new AssertionError(e.getSQLState() + " " + e.getMessage(), e);
      }
      return null;
    };
  }
}
