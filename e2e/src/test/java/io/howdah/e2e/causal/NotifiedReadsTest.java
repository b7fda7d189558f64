package io.howdah.e2e.causal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.CausalReads;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A session that was told of a notification reads what was committed with it. */
class NotifiedReadsTest {
  private static final int ROUNDS = 20;
  private static OwnCluster own;
  private static Cluster cluster;
  private static int n;
  private Howdah howdah;

  @BeforeAll
  static void startCluster() {
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(2),
            "CREATE TABLE notified AS SELECT 0 AS n; GRANT ALL ON notified TO app");
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

  private void start(CausalReads mode) {
    howdah = own.howdah().causalReads(mode).causalWait(Duration.ofMillis(20)).start();
  }

  private static void pauseAll() {
    cluster.awaitReplay();
    cluster.replicas().forEach(Postgres::pauseReplay);
  }

  /** Somebody who knows nothing of Howdah writes and notifies in one transaction. */
  private static String write() {
    n++;
    cluster
        .primary()
        .execute(Servers.DATABASE, "BEGIN; UPDATE notified SET n = " + n + "; NOTIFY it; COMMIT");
    return "" + n;
  }

  @Test
  void itReadsWhatItWasToldOf() throws IOException {
    start(CausalReads.SESSION);
    try (Wire wire = howdah.wire()) {
      wire.query("LISTEN it");
      pauseAll();
      for (int i = 0; i < ROUNDS; i++) {
        String now = write();
        wire.until('A');
        assertThat(wire.value("SELECT n FROM notified")).isEqualTo(now);
      }
    }
  }

  /** The notification comes while reads are on their way to a replica, and another follows. */
  @Test
  void whatFollowsItInThePipelineIsNoOlder() throws IOException {
    start(CausalReads.SESSION);
    try (Wire wire = howdah.wire()) {
      wire.query("LISTEN it");
      Await.until(() -> recovery(wire), there -> assertThat(there).isEqualTo("t"));
      pauseAll();
      // Told behind the first; the second runs on for long enough for a third to come meanwhile.
      wire.send(Send.query("SELECT pg_sleep(1)"), Send.query("SELECT pg_sleep(3)"));
      String now = write();
      wire.until('A');
      wire.send(Send.query("SELECT n FROM notified"));
      assertThat(row(wire.ready())).as("the first").isNull();
      assertThat(row(wire.ready())).as("the second").isEmpty();
      assertThat(row(wire.ready())).isEqualTo(now);
    }
  }

  private static String recovery(Wire wire) {
    try {
      return wire.value("SELECT pg_is_in_recovery()");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String row(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() == 'D')
        .map(each -> each.row().getFirst())
        .findFirst()
        .orElse(null);
  }

  @Test
  void aSessionThatListensItselfToo() throws IOException {
    start(CausalReads.SESSION);
    try (Wire wire = Wire.login(howdah.address(), Map.of("client_encoding", "LATIN1"))) {
      wire.query("LISTEN it");
      pauseAll();
      for (int i = 0; i < ROUNDS; i++) {
        String now = write();
        wire.until('A');
        assertThat(wire.value("SELECT n FROM notified")).isEqualTo(now);
      }
      String now = write();
      wire.until('A');
      wire.query("DISCARD ALL");
      assertThat(wire.value("SELECT n FROM notified")).isEqualTo(now);
    }
  }

  @Test
  void withoutItReadsAreOlder() throws IOException {
    start(CausalReads.OFF);
    try (Wire wire = howdah.wire()) {
      wire.query("LISTEN it");
      pauseAll();
      String now = write();
      wire.until('A');
      assertThat(wire.value("SELECT n FROM notified")).isNotEqualTo(now);
    }
  }
}
