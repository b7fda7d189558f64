package io.howdah.e2e.causal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.CausalReads;
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
import io.howdah.telemetry.PoolCounters.Figure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Where reads behind a write go, and what they wait for. The test that promotes comes last. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CausalReadsTest {
  private static final String READ =
      "SELECT n || CASE WHEN pg_is_in_recovery() THEN ' on a replica' ELSE ' on the primary' END"
          + " FROM causal";

  private static final Duration FOR_EVER = Duration.ofMinutes(5);
  private static OwnCluster own;
  private static Cluster cluster;
  private Howdah howdah;
  private static int n;

  @BeforeAll
  static void startCluster() {
    // What is not flushed by its commit stays unflushed for longer than any test runs.
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(2).withSetting("wal_writer_delay", "10s"),
            "CREATE TABLE causal AS SELECT 0 AS n; GRANT ALL ON causal TO app");
    cluster = own.cluster();
  }

  @AfterAll
  static void stopCluster() {
    if (own != null) {
      own.close();
    }
  }

  @AfterEach
  void stop() {
    cluster.replicas().forEach(Postgres::resumeReplay);
    if (howdah != null) {
      howdah.close();
    }
  }

  private Wire start(CausalReads mode, Duration wait) throws IOException {
    howdah = own.howdah().causalReads(mode).causalWait(wait).start();
    return howdah.wire();
  }

  private void pauseAll() {
    cluster.awaitReplay();
    cluster.replicas().forEach(Postgres::pauseReplay);
  }

  private String write(Wire wire) throws IOException {
    n++;
    assertThat(wire.query("UPDATE causal SET n = " + n)).extracting(Message::type).contains('C');
    return "" + n;
  }

  private long count(Figure figure) {
    return howdah.count(figure);
  }

  @Test
  @Order(1)
  void withoutAWriteNobodyIsAsked() throws IOException {
    try (Wire wire = start(CausalReads.SESSION, FOR_EVER)) {
      pauseAll();
      assertThat(wire.value(READ)).endsWith("on a replica");
      assertThat(count(Figure.CAUSAL_READ_COUNT)).isZero();
      assertThat(count(Figure.CAUSAL_QUESTION_COUNT)).isZero();
    }
  }

  @Test
  @Order(1)
  void thePrimaryServesWhatNoReplicaHasInTime() throws IOException {
    try (Wire wire = start(CausalReads.SESSION, Duration.ofMillis(20));
        Wire other = howdah.wire()) {
      pauseAll();
      String now = write(wire);
      assertThat(wire.value(READ)).isEqualTo(now + " on the primary");
      assertThat(wire.query("BEGIN READ ONLY")).extracting(Message::type).containsExactly('C', 'Z');
      assertThat(wire.value(READ)).isEqualTo(now + " on the primary");
      wire.query("COMMIT");
      assertThat(other.value(READ)).as("who wrote nothing").endsWith("on a replica");
      assertThat(count(Figure.CAUSAL_READ_COUNT)).isEqualTo(2);
      assertThat(count(Figure.CAUSAL_WAIT_COUNT)).as("behind a wait in vain is none").isEqualTo(1);
      assertThat(count(Figure.CAUSAL_PRIMARY_COUNT)).isEqualTo(2);
      assertThat(count(Figure.CAUSAL_QUESTION_COUNT))
          .as("behind the write and each read on the primary, and one by the clock")
          .isBetween(1L, 4L);
    }
  }

  @Test
  @Order(1)
  void aReadWaitsForAReplica() throws IOException {
    try (Wire wire = start(CausalReads.SESSION, FOR_EVER);
        Wire watching = howdah.wire()) {
      pauseAll();
      String now = write(wire);
      wire.send(Send.query(READ));
      Await.until(
          () -> count(Figure.CAUSAL_QUESTION_COUNT), asked -> assertThat(asked).isEqualTo(1));
      assertThat(watching.value(READ)).endsWith("on a replica");
      cluster.replicas().getFirst().resumeReplay();
      assertThat(row(wire.ready())).isEqualTo(now + " on a replica");
      // From then on numbers are compared, and nobody is asked where the primary stands.
      assertThat(wire.value(READ)).isEqualTo(now + " on a replica");
      assertThat(count(Figure.CAUSAL_QUESTION_COUNT)).as("and one by the clock").isBetween(1L, 2L);
    }
  }

  @Test
  @Order(1)
  void aReadThatWaitsCanBeCanceled() throws IOException {
    try (Wire wire = start(CausalReads.SESSION, FOR_EVER)) {
      pauseAll();
      write(wire);
      wire.send(Send.query(READ));
      Await.until(
          () -> count(Figure.CAUSAL_QUESTION_COUNT), asked -> assertThat(asked).isEqualTo(1));
      wire.cancel(howdah.address());
      assertThat(wire.ready().getFirst().sqlstate()).isEqualTo("57014");
      String now = write(wire);
      cluster.replicas().forEach(Postgres::resumeReplay);
      assertThat(wire.value(READ)).isEqualTo(now + " on a replica");
    }
  }

  @Test
  @Order(1)
  void withoutAWaitTheFirstReadIsThePrimarys() throws IOException {
    try (Wire wire = start(CausalReads.SESSION, Duration.ZERO)) {
      String now = write(wire);
      assertThat(wire.value(READ)).isEqualTo(now + " on the primary");
      Await.until(() -> read(wire), read -> assertThat(read).isEqualTo(now + " on a replica"));
    }
  }

  /** Its record is not flushed yet, so no replica can have it, whatever the flush position says. */
  @Test
  @Order(1)
  void aCommitMayBeAcknowledgedUnflushed() throws IOException {
    try (Wire wire = start(CausalReads.SESSION, Duration.ofMillis(20))) {
      wire.query("SET synchronous_commit = off");
      String now = write(wire);
      assertThat(wire.value(READ)).startsWith(now + " ");
      wire.query("RESET synchronous_commit");
      wire.query("BEGIN; SELECT set_config('synchronous_commit', 'off', true)");
      now = write(wire);
      wire.query("COMMIT");
      assertThat(wire.value(READ)).startsWith(now + " ");
    }
  }

  /** A function is looked at by nobody, however well it is known that it acts. */
  @Test
  @Order(1)
  void aFunctionMayCommitUnflushed() throws IOException {
    cluster
        .primary()
        .execute(
            Servers.DATABASE,
            """
            CREATE OR REPLACE FUNCTION causal_set(v int) RETURNS void LANGUAGE sql AS
              'SELECT set_config(''synchronous_commit'', ''off'', true); UPDATE causal SET n = v'""");
    cluster.awaitReplay();
    try (Wire wire = start(CausalReads.SESSION, Duration.ofMillis(20))) {
      wire.query("CREATE FUNCTION causal_pure() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1'");
      // Once this goes to a replica, the functions are known.
      Await.until(
          () -> value(wire, "SELECT pg_is_in_recovery() AND causal_pure() = 1"),
          there -> assertThat(there).isEqualTo("t"));
      for (int i = 0; i < 20; i++) {
        n++;
        wire.query("SELECT causal_set(" + n + ")");
        assertThat(wire.value(READ)).startsWith(n + " ");
      }
      wire.query("DROP FUNCTION causal_pure");
    }
  }

  private static String value(Wire wire, String sql) {
    try {
      return wire.value(sql);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Order(1)
  void globallyOneSessionSeesWhatAnotherWasTold() throws IOException {
    try (Wire wire = start(CausalReads.GLOBAL, FOR_EVER);
        Wire other = howdah.wire()) {
      String now = write(wire);
      assertThat(other.value(READ)).isEqualTo(now + " on a replica");
      assertThat(other.value(READ)).isEqualTo(now + " on a replica");
      assertThat(count(Figure.CAUSAL_QUESTION_COUNT)).as("and one by the clock").isBetween(1L, 2L);
    }
  }

  /** The transaction was placed by its BEGIN; what follows it in the pipeline is not. */
  @Test
  @Order(1)
  void globallyAReadBehindAReadOnlyCommitIsPlacedAnew() throws IOException {
    try (Wire wire = start(CausalReads.GLOBAL, Duration.ofMillis(20));
        Wire other = howdah.wire()) {
      pauseAll();
      wire.query("BEGIN READ ONLY");
      assertThat(wire.value(READ)).endsWith("on a replica");
      String now = write(other);
      wire.send(Send.query("COMMIT"), Send.query(READ));
      wire.ready();
      assertThat(row(wire.ready())).isEqualTo(now + " on the primary");
    }
  }

  /** What counts is who was told of the commit, not who wrote. */
  @Test
  @Order(1)
  void aPreparedTransactionIsReadByWhoCommitsIt() throws IOException {
    try (Wire wire = start(CausalReads.SESSION, Duration.ofMillis(20));
        Wire other = howdah.wire()) {
      pauseAll();
      other.query("BEGIN");
      String now = write(other);
      other.query("PREPARE TRANSACTION 'elsewhere'");
      assertThat(wire.value(READ)).as("not committed").doesNotStartWith(now + " ");
      wire.query("SET synchronous_commit = off");
      wire.query("COMMIT PREPARED 'elsewhere'");
      assertThat(wire.value(READ)).isEqualTo(now + " on the primary");
    }
  }

  @Test
  @Order(1)
  void globallyAPreparedTransactionIsReadByAll() throws IOException {
    try (Wire wire = start(CausalReads.GLOBAL, Duration.ofMillis(20));
        Wire other = howdah.wire()) {
      pauseAll();
      other.query("BEGIN");
      String now = write(other);
      other.query("PREPARE TRANSACTION 'for all'");
      other.query("COMMIT PREPARED 'for all'");
      assertThat(wire.value(READ)).isEqualTo(now + " on the primary");
      other.query("SET synchronous_commit = off");
      String later = write(other);
      assertThat(wire.value(READ)).isEqualTo(later + " on the primary");
    }
  }

  @Test
  @Order(1)
  void offMeansOff() throws IOException {
    try (Wire wire = start(CausalReads.OFF, FOR_EVER)) {
      pauseAll();
      String now = write(wire);
      assertThat(wire.value(READ)).doesNotStartWith(now + " ").endsWith("on a replica");
    }
  }

  @Test
  @Order(2)
  void aWriteIsReadBehindAPromotion() throws IOException {
    Postgres old = cluster.nodes().get(0);
    Postgres next = cluster.nodes().get(1);
    Postgres third = cluster.nodes().get(2);
    try (Wire located = start(CausalReads.SESSION, Duration.ofMillis(20));
        Wire unlocated = howdah.wire()) {
      write(located);
      assertThat(located.value(READ)).startsWith(n + " ");
      String now = write(unlocated);
      cluster.awaitReplay();
      third.pauseReplay();
      old.stop(StopMode.FAST);
      next.promote();
      Await.until(() -> read(unlocated), read -> assertThat(read).startsWith(now + " "));
      third.resumeReplay();
      third.follow(next);
      Await.until(() -> read(unlocated), read -> assertThat(read).isEqualTo(now + " on a replica"));
      String later = write(located);
      assertThat(located.value(READ)).startsWith(later + " ");
      Await.until(() -> read(located), read -> assertThat(read).isEqualTo(later + " on a replica"));
    }
  }

  private static String row(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() == 'D')
        .findFirst()
        .orElseThrow(() -> new AssertionError("no row: " + replies))
        .row()
        .getFirst();
  }

  private static String read(Wire wire) {
    try {
      return row(wire.query(READ));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
