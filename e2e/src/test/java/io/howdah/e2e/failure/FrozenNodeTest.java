package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Frozen;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.OwnCluster;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that stand still: their sockets are open, and nobody answers. */
class FrozenNodeTest {
  private static OwnCluster own;
  private static Cluster cluster;
  private Howdah howdah;

  @BeforeAll
  static void startCluster() {
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(2),
            "CREATE TABLE frozen AS SELECT 1 AS id",
            "GRANT ALL ON frozen TO app");
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
    howdah = own.howdah().probeTimeout(Duration.ofSeconds(1)).start();
  }

  @AfterEach
  void stop() {
    if (howdah != null) {
      howdah.close();
    }
    // What slept before its node froze sleeps on.
    cluster
        .nodes()
        .forEach(
            each ->
                each.query(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        + " WHERE wait_event = 'PgSleep'"));
  }

  private static Postgres reader() {
    Await.until(FrozenNodeTest::readers, readers -> assertThat(readers).hasSize(1));
    return readers().getFirst();
  }

  private static List<Postgres> readers() {
    return cluster.nodes().stream()
        .filter(
            each ->
                !each.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                    .equals("0"))
        .toList();
  }

  @Test
  void aReadOfWhichNothingWasToldRunsElsewhere() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(Send.query("SELECT pg_is_in_recovery() FROM pg_sleep(8)"));
      try (Frozen frozen = Frozen.tree(reader().pid())) {
        List<Message> replies = wire.ready();
        assertThat(replies).extracting(Message::type).containsExactly('T', 'D', 'C', 'Z');
        assertThat(howdah.events().replays()).hasSize(1);
        assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
      }
    }
  }

  @Test
  void aReadOfWhichSomethingWasToldEnds() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(
          Send.query("SELECT repeat('x', 100000), NULL UNION ALL SELECT 'y', pg_sleep(600)::text"));
      wire.until('D');
      try (Frozen frozen = Frozen.tree(reader().pid())) {
        expectEnd(wire, "08006", "the node does not answer any more");
        assertThat(howdah.events().replays()).isEmpty();
      }
    }
  }

  @Test
  void aTransactionOnAReplicaEnds() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN READ ONLY");
      wire.query("SELECT 1");
      wire.send(Send.query("SELECT pg_sleep(600)"));
      try (Frozen frozen = Frozen.tree(reader().pid())) {
        expectEnd(wire, "08006", "the node does not answer any more");
      }
    }
  }

  @Test
  void aStatementOnThePrimaryEnds() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      wire.query("INSERT INTO frozen VALUES (2)");
      wire.send(Send.query("SELECT pg_sleep(600)"));
      try (Frozen frozen = Frozen.tree(reader().pid())) {
        expectEnd(wire, "08006", "the node does not answer any more");
      }
    }
  }

  private static void expectEnd(Wire wire, String sqlstate, String text) throws IOException {
    Message last = wire.toEnd().getLast();
    assertThat(last.type()).isEqualTo('E');
    assertThat(last.sqlstate()).isEqualTo(sqlstate);
    assertThat(last.field('M')).contains(text);
  }

  /** It is only the probe that has no answer: what runs there goes on. */
  @Test
  void aPrimaryThatMissesAProbeKeepsItsTransactions() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      wire.query("INSERT INTO frozen VALUES (3)");
      long probe =
          Long.parseLong(
              cluster
                  .primary()
                  .query(
                      "SELECT pid FROM pg_stat_activity WHERE application_name = 'howdah probe'"));
      int before = howdah.events().primaryChanges();
      try (Frozen frozen = Frozen.process(probe)) {
        Await.until(
            () -> howdah.events().primaryChanges(),
            changes -> assertThat(changes).isGreaterThan(before));
        assertThat(wire.value("SELECT count(*) FROM frozen WHERE id = 3")).isEqualTo("1");
        assertThat(wire.query("ROLLBACK").getLast().body()).containsExactly('I');
      }
    }
  }
}
