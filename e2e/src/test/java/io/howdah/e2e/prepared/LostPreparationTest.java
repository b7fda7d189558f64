package io.howdah.e2e.prepared;

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
import io.howdah.lab.LabException;
import io.howdah.lab.Postgres;
import io.howdah.lab.StopMode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that speak as asyncpg does: they prepare and describe a statement, ask for the answers by
 * Flush, and then bind and run it, up to a Sync. Their replica dies at each point of that, while
 * nothing was told that another one could not tell as well.
 */
class LostPreparationTest {
  private static final String READ = "SELECT id, pg_is_in_recovery() FROM prepared_lost";
  private static final String SLOW = "SELECT id, true FROM prepared_lost, pg_sleep(4)";
  private static OwnCluster own;
  private static Cluster cluster;
  private Howdah howdah;

  @BeforeAll
  static void startCluster() {
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(2).withSetting("max_standby_streaming_delay", "-1"),
            "CREATE TABLE prepared_lost AS SELECT 1 AS id; GRANT ALL ON prepared_lost TO app");
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
    // A replica that has replayed nothing since it was started can't tell for how long it is
    // behind.
    cluster.primary().execute(Servers.DATABASE, "UPDATE prepared_lost SET id = 1");
    cluster.awaitReplay();
    howdah = own.howdah().causalWait(Duration.ofMinutes(5)).start();
  }

  @AfterEach
  void stop() {
    cluster.nodes().forEach(Postgres::start);
    if (howdah != null) {
      howdah.close();
    }
    cluster.awaitReplay();
  }

  private static void prepare(Wire wire, String name, String sql) throws IOException {
    wire.send(Send.parse(name, sql), Send.describeStatement(name), Send.flush());
  }

  private static void run(Wire wire, String name) throws IOException {
    wire.send(Send.bind("", name), Send.execute("", 0), Send.sync());
  }

  private static void isAnswered(List<Message> replies) {
    assertThat(replies).extracting(Message::type).containsExactly('2', 'D', 'C', 'Z');
    assertThat(replies.get(1).row()).containsExactly("1", "t");
  }

  /** The replica on which a session of the client's runs or has run a text last. */
  private static Postgres replicaOf(String sql, String also) {
    String count =
        "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app' AND query = '"
            + sql
            + "' AND "
            + also;
    Await.until(
        () -> cluster.replicas().stream().filter(each -> !each.query(count).equals("0")).toList(),
        there -> assertThat(there).hasSize(1));
    return cluster.replicas().stream()
        .filter(each -> !each.query(count).equals("0"))
        .findFirst()
        .orElseThrow();
  }

  /** Parse waits for a lock that replay holds; so nothing is answered when the replica stops. */
  @ParameterizedTest
  @CsvSource({"FAST, __asyncpg_stmt_1__", "IMMEDIATE, __asyncpg_stmt_1__", "IMMEDIATE, ''"})
  void whileItIsPrepared(StopMode mode, String name) throws Exception {
    try (Wire wire = howdah.wire();
        Connection writer =
            cluster
                .primary()
                .connect(Servers.DATABASE, Cluster.SUPERUSER, Cluster.SUPERUSER_PASSWORD)) {
      lock(writer);
      prepare(wire, name, READ);
      replicaOf(READ, "wait_event_type = 'Lock'").stop(mode);
      writer.rollback();
      assertThat(wire.until('T')).extracting(Message::type).containsExactly('1', 't', 'T');
      run(wire, name);
      isAnswered(wire.ready());
      assertThat(howdah.events().replays()).hasSize(1);
    }
  }

  /** The lock is logged when it is taken, and replay takes it too. */
  private static void lock(Connection writer) throws SQLException {
    writer.setAutoCommit(false);
    try (Statement statement = writer.createStatement()) {
      statement.execute("LOCK TABLE prepared_lost IN ACCESS EXCLUSIVE MODE");
    }
    for (Postgres replica : cluster.replicas()) {
      Await.until(
          () ->
              replica.query(
                  "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"),
          locks -> assertThat(locks).isNotEqualTo("0"));
    }
  }

  @ParameterizedTest
  @CsvSource({"FAST, __asyncpg_stmt_1__", "IMMEDIATE, __asyncpg_stmt_1__", "FAST, ''"})
  void whenItIsPrepared(StopMode mode, String name) throws IOException {
    try (Wire wire = howdah.wire()) {
      prepare(wire, name, READ);
      wire.until('T');
      replicaOf(READ, "true").stop(mode);
      run(wire, name);
      isAnswered(wire.ready());
      assertThat(wire.value("SELECT 'still there'")).isEqualTo("still there");
    }
  }

  /** The server does not read what it is sent, and is killed. */
  @Test
  void whenItIsBound() throws Exception {
    try (Wire wire = howdah.wire()) {
      prepare(wire, "__asyncpg_stmt_1__", READ);
      wire.until('T');
      Postgres replica = replicaOf(READ, "true");
      long pid =
          Long.parseLong(
              replica.query("SELECT pid FROM pg_stat_activity WHERE query = '" + READ + "'"));
      signal("STOP", pid);
      run(wire, "__asyncpg_stmt_1__");
      // However far that has come: it is not answered.
      signal("KILL", pid);
      isAnswered(wire.ready());
      Await.until(() -> isUp(replica), up -> assertThat(up).isTrue());
    }
  }

  private static boolean isUp(Postgres node) {
    try {
      return node.isInRecovery();
    } catch (LabException e) {
      return false;
    }
  }

  private static void signal(String name, long pid) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + pid).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = StopMode.class,
      names = {"FAST", "IMMEDIATE"})
  void whileItRuns(StopMode mode) throws IOException {
    try (Wire wire = howdah.wire()) {
      prepare(wire, "__asyncpg_stmt_1__", SLOW);
      wire.until('T');
      run(wire, "__asyncpg_stmt_1__");
      replicaOf(SLOW, "wait_event = 'PgSleep'").stop(mode);
      isAnswered(wire.ready());
      // From now on it is only bound and run.
      run(wire, "__asyncpg_stmt_1__");
      replicaOf(SLOW, "wait_event = 'PgSleep'");
      isAnswered(wire.ready());
    }
  }

  /** A statement that is prepared for good lives on without the replica that prepared it. */
  @Test
  void whenNothingIsAsked() throws IOException {
    try (Wire wire = howdah.wire()) {
      prepare(wire, "__asyncpg_stmt_1__", READ);
      wire.until('T');
      run(wire, "__asyncpg_stmt_1__");
      isAnswered(wire.ready());
      prepare(wire, "__asyncpg_stmt_2__", "SELECT 2");
      wire.until('T');
      replicaOf("SELECT 2", "true").stop(StopMode.FAST);
      wire.send(Send.sync());
      assertThat(wire.ready()).extracting(Message::type).containsExactly('Z');
      run(wire, "__asyncpg_stmt_1__");
      isAnswered(wire.ready());
      run(wire, "__asyncpg_stmt_2__");
      assertThat(wire.ready().get(1).row()).containsExactly("2");
    }
  }

  /** Replay cancels what keeps a lock from it: also a Parse, before anything was told of it. */
  @ParameterizedTest
  @ValueSource(strings = {"SELECT nothing", "SELECT 1/0"})
  void anErrorIsTold(String sql) throws IOException {
    try (Wire wire = howdah.wire()) {
      prepare(wire, "__asyncpg_stmt_1__", sql);
      assertThat(sql.contains("nothing") ? wire.until('E') : wire.until('T')).isNotEmpty();
      wire.send(Send.sync());
      wire.ready();
      assertThat(wire.value("SELECT 'still there'")).isEqualTo("still there");
      assertThat(howdah.events().replays()).isEmpty();
    }
  }
}
