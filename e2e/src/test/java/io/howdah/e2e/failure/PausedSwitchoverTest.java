package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.howdah.config.HostPort;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import io.howdah.lab.StopMode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PAUSE, a switchover by hand at the servers, RESUME: who waited meanwhile is served. */
class PausedSwitchoverTest {
  private static final String WRITE =
      "INSERT INTO kept VALUES (1) RETURNING current_setting('port')";

  @ParameterizedTest
  @ValueSource(strings = {"PAUSE", "KILL"})
  void whoWaitedGoesToTheNewPrimary(String command) throws Exception {
    assumeThat(System.getProperty("servers", "embedded"))
        .as("promotes servers of its own, which are the embedded ones")
        .isEqualTo("embedded");
    try (Cluster cluster = Cluster.start(ClusterSpec.ofReplicas(1))) {
      cluster.createRole(Servers.USER, Servers.PASSWORD);
      cluster.createDatabase(Servers.DATABASE, Servers.USER);
      List<HostPort> nodes =
          cluster.nodes().stream().map(each -> new HostPort(each.host(), each.port())).toList();
      Postgres old = cluster.nodes().get(0);
      Postgres next = cluster.nodes().get(1);
      try (Howdah howdah =
              HowdahSpec.inFrontOf(nodes, Cluster.SUPERUSER_PASSWORD)
                  .timeouts(t -> t.queryWait = Duration.ZERO)
                  .start();
          Db console = howdah.console();
          Wire first = howdah.wire()) {
        first.query("CREATE TABLE kept (id int)");
        cluster.awaitReplay();
        console.run(command + " " + Servers.DATABASE);
        // After KILL a client comes anew, and waits for its login's end or for its first request.
        Wire wire = command.equals("KILL") ? howdah.wire() : first;
        wire.send(Send.query(WRITE));
        // Its start-up options are its own: for the end of its login it needs a server.
        CompletableFuture<Wire> newcomer =
            CompletableFuture.supplyAsync(
                () -> login(howdah, Map.of("options", "-c search_path=public")));
        awaitWait(console, command.equals("KILL") ? "killed" : "paused");
        switchOver(old, next, console);
        console.run("RESUME " + Servers.DATABASE);
        assertThat(port(wire.ready())).isEqualTo(Integer.toString(next.port()));
        try (Wire late = newcomer.join()) {
          assertThat(port(late.query(WRITE))).isEqualTo(Integer.toString(next.port()));
        }
        // Back, as a replica: it is paused only while its database is.
        cluster.rebuild(old);
        Await.until(
            () -> value(wire, "SELECT current_setting('port')"),
            port -> assertThat(port).isEqualTo(Integer.toString(old.port())));
        if (wire != first) {
          wire.close();
        }
      }
    }
  }

  private static void switchOver(Postgres old, Postgres next, Db console) {
    old.stop(StopMode.FAST);
    next.promote();
    Await.until(
        () -> roles(console),
        roles -> assertThat(roles).contains(next.host() + ":" + next.port() + " primary"));
  }

  private static List<String> roles(Db console) {
    return console.rows("SHOW NODES", "node", "role");
  }

  private static void awaitWait(Db console, String reason) {
    Await.until(
        () -> console.rows("SHOW CLIENTS", "wait_reason"),
        reasons -> assertThat(reasons).anyMatch(each -> each.startsWith(reason)));
  }

  private static Wire login(Howdah howdah, Map<String, String> more) {
    try {
      return Wire.login(howdah.address(), more);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String value(Wire wire, String sql) {
    try {
      return port(wire.query(sql));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String port(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() == 'D')
        .findFirst()
        .map(each -> each.row().getFirst())
        .orElseGet(replies::toString);
  }
}
