package io.howdah.e2e.causal;

import io.howdah.config.CausalReads;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.OwnCluster;
import io.howdah.e2e.harness.Servers;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** A number that somebody who knows nothing of Howdah writes, and a Howdah for each test. */
abstract class NumberScene {
  private static OwnCluster own;
  static Cluster cluster;
  private static int n;
  Howdah howdah;

  @BeforeAll
  static void startCluster() {
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(2),
            "CREATE TABLE seen AS SELECT 0 AS n; GRANT ALL ON seen TO app");
    cluster = own.cluster();
    n = 0;
  }

  @AfterAll
  static void stopCluster() {
    if (own != null) {
      own.close();
    }
  }

  @AfterEach
  void stop() {
    cluster.nodes().forEach(Postgres::start);
    cluster.replicas().forEach(Postgres::resumeReplay);
    if (howdah != null) {
      howdah.close();
    }
    cluster.awaitReplay();
  }

  /** With hardly any patience with replicas. */
  void start(CausalReads mode) {
    start(mode, Duration.ofMillis(20));
  }

  void start(CausalReads mode, Duration wait) {
    howdah = own.howdah().causalReads(mode).causalWait(wait).start();
  }

  /** Writes the next number past Howdah. */
  static int write() {
    n++;
    cluster.primary().execute(Servers.DATABASE, "UPDATE seen SET n = " + n);
    return n;
  }

  /** The same, and notifies of it in one transaction. */
  static int writeAndNotify() {
    n++;
    cluster
        .primary()
        .execute(Servers.DATABASE, "BEGIN; UPDATE seen SET n = " + n + "; NOTIFY it; COMMIT");
    return n;
  }
}
