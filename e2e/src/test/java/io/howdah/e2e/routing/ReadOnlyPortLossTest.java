package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.admin.Snapshot;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.OwnCluster;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import io.howdah.lab.StopMode;
import io.howdah.telemetry.PoolCounters.Figure;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The read-only port while no replica is there, and once it is back. */
class ReadOnlyPortLossTest {
  private static final String ON_REPLICA = "SELECT pg_is_in_recovery()";

  private static OwnCluster own;
  private static Cluster cluster;
  private static Postgres replica;
  private Howdah howdah;

  @BeforeAll
  static void startCluster() {
    own = OwnCluster.start(ClusterSpec.ofReplicas(1));
    cluster = own.cluster();
    replica = cluster.replicas().getFirst();
  }

  @AfterAll
  static void stopCluster() {
    if (own != null) {
      own.close();
    }
  }

  private void start(Duration queryWait) {
    howdah = own.howdah().furtherPorts().timeouts(t -> t.queryWait = queryWait).start();
  }

  @AfterEach
  void stop() {
    cluster.nodes().forEach(Postgres::start);
    if (howdah != null) {
      howdah.close();
    }
  }

  private Wire readOnly() throws IOException {
    return Wire.login(howdah.address(Purpose.READ_ONLY), Map.of());
  }

  private void loseTheReplica() {
    replica.stop(StopMode.IMMEDIATE);
    awaitReplicas(0);
  }

  private void awaitReplicas(int count) {
    Await.until(
        () -> howdah.proxy().status().toCompletableFuture().join(),
        status -> assertThat(status.clusters().getFirst().replicasUsable()).isEqualTo(count));
  }

  private void assertPrimaryUntouched() {
    assertThat(
            howdah.proxy().snapshot().toCompletableFuture().join().pools().stream()
                .filter(each -> each.role().equals("primary"))
                .mapToLong(ReadOnlyPortLossTest::used))
        .allMatch(each -> each == 0);
  }

  private static long used(Snapshot.Pool pool) {
    return pool.serversActive()
        + pool.serversIdle()
        + pool.serversLogin()
        + pool.totals().get(Figure.SERVER_ASSIGNMENT_COUNT)
        + pool.totals().get(Figure.QUERY_COUNT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ON_REPLICA,
        "SHOW work_mem",
        "SET work_mem = '5MB'",
        "BEGIN",
        "BEGIN READ ONLY",
        "INSERT INTO nowhere VALUES (1)",
        "gibberish",
        "SHOW howdah.route",
        "LISTEN a_channel"
      })
  void aRequestIsToldThatThereIsNone(String sql) throws IOException {
    start(Await.BOUND);
    try (Wire wire = readOnly()) {
      loseTheReplica();
      howdah.timeouts(t -> t.queryWait = Duration.ofMillis(500));
      Message error = wire.query(sql).getFirst();
      assertThat(error.sqlstate()).isEqualTo("57P03");
      assertThat(error.field('M')).contains("has no replica for reads now");
      wire.send(Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync());
      assertThat(wire.ready().getFirst().sqlstate()).isEqualTo("57P03");
      assertPrimaryUntouched();
      howdah.timeouts(t -> t.queryWait = Await.BOUND);
      replica.start();
      awaitReplicas(1);
      assertThat(wire.value(ON_REPLICA)).isEqualTo("t");
      assertPrimaryUntouched();
    }
  }

  @Test
  void whatWaitsIsServedOnceItIsBack() throws IOException {
    start(Await.BOUND);
    try (Wire one = readOnly();
        Wire other = readOnly()) {
      loseTheReplica();
      one.send(Send.query(ON_REPLICA));
      other.send(Send.query("SHOW transaction_read_only"));
      Await.until(
          () -> howdah.proxy().snapshot().toCompletableFuture().join().clients(),
          clients ->
              assertThat(clients.stream().filter(each -> each.state().equals("waiting")))
                  .hasSize(2));
      assertPrimaryUntouched();
      replica.start();
      assertThat(one.ready().get(1).row()).containsExactly("t");
      assertThat(other.ready().stream().filter(each -> each.type() == 'D').findFirst())
          .hasValueSatisfying(row -> assertThat(row.row()).containsExactly("on"));
      assertPrimaryUntouched();
    }
  }

  /** While there is no primary either, what a replica can do goes on. */
  @Test
  void thePrimaryIsNotMissed() throws IOException {
    start(Await.BOUND);
    Postgres primary = cluster.primary();
    try (Wire wire = readOnly()) {
      assertThat(wire.query("INSERT INTO nowhere VALUES (1)").getFirst().type()).isEqualTo('E');
      primary.stop(StopMode.IMMEDIATE);
      Await.until(
          () -> howdah.proxy().status().toCompletableFuture().join(),
          status -> assertThat(status.clusters().getFirst().primaryReachable()).isFalse());
      assertThat(wire.value(ON_REPLICA)).isEqualTo("t");
      assertThat(wire.query("CREATE TABLE x (a int)").getFirst().sqlstate()).isEqualTo("25006");
      assertThat(wire.value(ON_REPLICA)).as("a refused write is no commit").isEqualTo("t");
      wire.query("BEGIN");
      wire.query("CREATE TABLE x (a int)");
      wire.query("ROLLBACK");
      assertThat(wire.value(ON_REPLICA)).as("nor is its end").isEqualTo("t");
      try (Wire another = readOnly()) {
        assertThat(another.value(ON_REPLICA)).isEqualTo("t");
      }
    } finally {
      primary.start();
    }
  }
}
