package io.howdah.e2e.causal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.CausalReads;
import io.howdah.e2e.harness.Await;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Own writes are read also where nothing in the texts tells that they are writes. */
class HiddenWritesTest {
  private static final String READ =
      "SELECT n || CASE WHEN pg_is_in_recovery() THEN ' on a replica' ELSE ' on the primary' END"
          + " FROM hidden";

  private static OwnCluster own;
  private static Cluster cluster;
  private Howdah howdah;
  private Wire wire;

  @BeforeAll
  static void startCluster() {
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(2),
            """
            CREATE TABLE hidden AS SELECT 0 AS n;
            GRANT ALL ON hidden TO app;
            CREATE FUNCTION hidden_write() RETURNS int LANGUAGE sql AS
              'UPDATE hidden SET n = n + 1 RETURNING n';
            CREATE VIEW hidden_view AS SELECT hidden_write() AS n;
            GRANT SELECT ON hidden_view TO app;
            CREATE FUNCTION hidden_stable() RETURNS int LANGUAGE plpgsql STABLE AS
              'DECLARE r int; BEGIN SELECT n INTO r FROM hidden_view; RETURN r; END'""");
    cluster = own.cluster();
  }

  @AfterAll
  static void stopCluster() {
    if (own != null) {
      own.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    howdah =
        own.howdah().causalReads(CausalReads.SESSION).causalWait(Duration.ofMillis(20)).start();
    wire = howdah.wire();
  }

  @AfterEach
  void stop() throws IOException {
    cluster.replicas().forEach(Postgres::resumeReplay);
    wire.close();
    howdah.close();
  }

  private static void pauseAll() {
    cluster.awaitReplay();
    cluster.replicas().forEach(Postgres::pauseReplay);
  }

  private void readsBack(String written) throws IOException {
    assertThat(wire.value(READ)).isEqualTo(written + " on the primary");
  }

  @Test
  void byAViewInATransaction() throws IOException {
    pauseAll();
    wire.query("BEGIN");
    String now = wire.value("SELECT n FROM hidden_view");
    wire.query("COMMIT");
    readsBack(now);
  }

  @Test
  void byAViewWhereACommentAsksForThePrimary() throws IOException {
    pauseAll();
    readsBack(wire.value("/* howdah: primary */ SELECT n FROM hidden_view"));
  }

  @Test
  void byAPreparedRead() throws IOException {
    pauseAll();
    wire.query("BEGIN");
    wire.send(
        Send.parse("s", "SELECT n FROM hidden_view"),
        Send.bind("", "s"),
        Send.execute("", 0),
        Send.sync());
    String now =
        wire.ready().stream()
            .filter(each -> each.type() == 'D')
            .findFirst()
            .orElseThrow()
            .row()
            .getFirst();
    wire.query("COMMIT");
    readsBack(now);
  }

  /** The catalog says that the function only reads, so the text is a read's. */
  @Test
  void byAFunctionWhoseCatalogEntryLies() throws IOException {
    String sql = "SELECT CASE WHEN false THEN hidden_stable() END, pg_is_in_recovery()";
    Await.until(() -> recovery(sql), there -> assertThat(there).isEqualTo("t"));
    pauseAll();
    wire.query("BEGIN");
    String now = wire.value("SELECT hidden_stable()");
    wire.query("COMMIT");
    readsBack(now);
  }

  private String recovery(String sql) {
    try {
      return wire.query(sql).stream()
          .filter(each -> each.type() == 'D')
          .map(Message::row)
          .findFirst()
          .orElseThrow()
          .get(1);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
