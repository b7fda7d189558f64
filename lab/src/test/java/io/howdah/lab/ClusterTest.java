package io.howdah.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One cluster for all, since each costs seconds: the tests that change roles come last. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterTest {
  private static final List<String> SAID = new ArrayList<>();
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    cluster = Cluster.start(ClusterSpec.ofReplicas(2).withSetting("work_mem", "5MB"), SAID::add);
    cluster.primary().execute("CREATE TABLE seen (id int PRIMARY KEY)");
  }

  @AfterAll
  static void stop() {
    List<Long> pids = cluster.nodes().stream().map(Postgres::pid).toList();
    cluster.close();
    assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
  }

  @Test
  @Order(1)
  void hasOnePrimaryAndTwoReplicasOfPostgreSql18() {
    assertThat(cluster.replicas()).hasSize(2).doesNotContain(cluster.primary());
    assertThat(cluster.primary().query("SHOW server_version_num")).startsWith("18");
    assertThat(cluster.primary().query("SHOW work_mem")).isEqualTo("5MB");
    assertThat(SAID).contains("initdb …", "replica node2 catching up …");
  }

  @Test
  @Order(1)
  void listensOnTheLoopbackInterfaceOnly() {
    assertThat(cluster.nodes())
        .allSatisfy(
            node -> {
              assertThat(node.query("SHOW listen_addresses")).isEqualTo("127.0.0.1");
              assertThat(node.query("SHOW unix_socket_directories")).isEmpty();
            });
  }

  @Test
  @Order(1)
  void writesAreSeenOnEveryReplica() {
    cluster.primary().execute("INSERT INTO seen VALUES (1)");
    cluster.awaitReplay();
    assertThat(cluster.replicas())
        .allSatisfy(
            replica ->
                assertThat(replica.query("SELECT count(*) FROM seen WHERE id = 1")).isEqualTo("1"));
  }

  @Test
  @Order(1)
  void aReplicaRefusesToWrite() {
    assertThatThrownBy(() -> cluster.replicas().getFirst().execute("DELETE FROM seen"))
        .rootCause()
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
  }

  @Test
  @Order(1)
  void aPausedReplicaFallsBehindAndCatchesUp() {
    Postgres replica = cluster.replicas().getFirst();
    replica.pauseReplay();
    cluster.primary().execute("INSERT INTO seen VALUES (2)");
    cluster.replicas().getLast().awaitReplay(cluster.primary());
    assertThat(replica.query("SELECT count(*) FROM seen WHERE id = 2")).isEqualTo("0");
    replica.resumeReplay();
    replica.awaitReplay(cluster.primary());
    assertThat(replica.query("SELECT count(*) FROM seen WHERE id = 2")).isEqualTo("1");
  }

  @ParameterizedTest
  @EnumSource(AuthMethod.class)
  @Order(1)
  void rolesComeInByTheirMethodOnEveryNode(AuthMethod method) throws SQLException {
    String role = "by \"" + method.hba();
    cluster.createRole(role, "it's", method);
    for (Postgres node : cluster.nodes()) {
      try (Connection connection = node.connect("postgres", role, "it's");
          Statement statement = connection.createStatement()) {
        assertThat(statement.execute("SELECT 1")).isTrue();
      }
    }
    assertThat(
            cluster
                .primary()
                .query("SELECT rolpassword FROM pg_authid WHERE rolname = '" + role + "'"))
        .startsWith(method == AuthMethod.MD5 ? "md5" : "SCRAM-SHA-256$");
    if (method != AuthMethod.TRUST) {
      assertThatThrownBy(() -> cluster.primary().connect("postgres", role, "wrong").close())
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
    }
  }

  @Test
  @Order(1)
  void databasesBelongToTheirOwner() {
    cluster.createRole("keeper", "secret");
    cluster.createDatabase("shop", "keeper");
    assertThat(cluster.replicas().getFirst().query("shop", "SELECT current_database()"))
        .isEqualTo("shop");
  }

  @ParameterizedTest
  @EnumSource(StopMode.class)
  @Order(2)
  void aNodeStopsAndStartsAgainOnItsPort(StopMode mode) {
    Postgres replica = cluster.replicas().getFirst();
    int port = replica.port();
    replica.stop(mode);
    assertThat(replica.isRunning()).isFalse();
    assertThat(cluster.replicas()).hasSize(1);
    replica.start();
    replica.awaitReplay(cluster.primary());
    assertThat(replica.port()).isEqualTo(port);
  }

  @Test
  @Order(3)
  void aPromotedReplicaIsFollowedAndTheOldPrimaryRebuilt() {
    Postgres old = cluster.primary();
    Postgres promoted = cluster.replicas().getFirst();
    Postgres other = cluster.replicas().getLast();
    cluster.awaitReplay();
    old.stop(StopMode.KILL);

    promoted.promote();
    assertThat(promoted.isInRecovery()).isFalse();
    other.follow(promoted);
    promoted.execute("INSERT INTO seen VALUES (3)");
    other.awaitReplay(promoted);
    assertThat(other.query("SELECT count(*) FROM seen WHERE id = 3")).isEqualTo("1");

    old.start();
    assertThat(old.isInRecovery()).as("two primaries now").isFalse();
    assertThat(cluster.primary()).as("the newer timeline wins").isEqualTo(promoted);
    cluster.rebuild(old);
    assertThat(cluster.replicas()).containsExactlyInAnyOrder(old, other);
    assertThat(old.query("SELECT count(*) FROM seen WHERE id = 3")).isEqualTo("1");
  }
}
