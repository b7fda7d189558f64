package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import io.howdah.lab.StopMode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A primary that changes, by hand, in a cluster of this test's own. */
class PromotionTest {
  @Test
  void writesFollowTheNewPrimary() throws IOException {
    assumeThat(System.getProperty("servers", "embedded"))
        .as("promotes servers of its own, which are the embedded ones")
        .isEqualTo("embedded");
    try (Cluster cluster = Cluster.start(ClusterSpec.ofReplicas(2))) {
      cluster.createRole(Servers.USER, Servers.PASSWORD);
      cluster.createDatabase(Servers.DATABASE, Servers.USER);
      List<HostPort> nodes =
          cluster.nodes().stream().map(each -> new HostPort(each.host(), each.port())).toList();
      Postgres old = cluster.nodes().get(0);
      Postgres next = cluster.nodes().get(1);
      Postgres third = cluster.nodes().get(2);
      try (Howdah howdah = HowdahSpec.inFrontOf(nodes, Cluster.SUPERUSER_PASSWORD).start();
          Wire wire = howdah.wire()) {
        wire.query("CREATE TABLE kept (id int)");
        assertThat(write(wire)).isEqualTo(port(old));
        cluster.awaitReplay();
        // Behind its write: that a replica has it can only be told while there is a primary.
        Await.until(
            () -> value(wire, "SELECT pg_is_in_recovery()"), is -> assertThat(is).isEqualTo("t"));
        old.stop(StopMode.FAST);
        // Reads go on while there is no primary.
        assertThat(wire.value("SELECT pg_is_in_recovery()")).isEqualTo("t");
        next.promote();
        third.follow(next);
        // The session that was there before goes on, without a new login.
        Await.until(() -> write(wire), port -> assertThat(port).isEqualTo(port(next)));
        assertThat(count(wire)).isEqualTo("2");
        Await.until(
            () -> value(wire, "SELECT current_setting('port')"),
            port -> assertThat(port).isEqualTo(port(third)));
        cluster.rebuild(old);
        Await.until(
            () -> value(wire, "SELECT current_setting('port')"),
            port -> assertThat(port).isEqualTo(port(old)));
        assertThat(write(wire)).isEqualTo(port(next));
      }
    }
  }

  private static String port(Postgres node) {
    return Integer.toString(node.port());
  }

  /** Writes, and answers the port of the node that took it, or the error. */
  private static String write(Wire wire) {
    return value(wire, "INSERT INTO kept VALUES (1) RETURNING current_setting('port')");
  }

  private static String count(Wire wire) {
    return value(wire, "/* howdah: primary */ SELECT count(*) FROM kept");
  }

  private static String value(Wire wire, String sql) {
    try {
      List<Message> replies = wire.query(sql);
      return replies.stream()
          .filter(each -> each.type() == 'D')
          .findFirst()
          .map(each -> each.row().getFirst())
          .orElseGet(replies::toString);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
