package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.howdah.admin.Snapshot;
import io.howdah.config.PoolMode;
import io.howdah.config.TimeoutConfig;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Frozen;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A server's process that stands still where Howdah itself has it do something, or where its client
 * has gone: it is given up, its place in the pool is free again, and who waits goes on. The pool
 * has one place.
 */
class StalledBackendTest {
  private static final Duration SHORT = Duration.ofMillis(500);

  private Howdah howdah;

  @BeforeEach
  void onlyWhereTheServersAreProcessesOfThisMachine() {
    assumeThat(System.getProperty("servers", "embedded")).isEqualTo("embedded");
  }

  private void start(Consumer<TimeoutConfig.Change> timeouts) {
    howdah =
        Howdah.of(PoolMode.TRANSACTION)
            .poolSize(1)
            .splitReads(false)
            .leakCheckRate(0)
            .lazyBegin(true)
            .timeouts(timeouts)
            .start();
  }

  private void start() {
    start(t -> t.serverOwnWork = SHORT);
  }

  @AfterEach
  void nothingIsLeft() {
    if (howdah != null) {
      ServerSessions.awaitIdle();
      Await.until(
          () -> howdah.proxy().snapshot().toCompletableFuture().join().servers(),
          servers ->
              assertThat(servers)
                  .hasSizeLessThan(2)
                  .allSatisfy(each -> assertThat(each.state()).isEqualTo("idle")));
      howdah.close();
    }
  }

  /** The only server connection that Howdah has. */
  private Frozen freeze() {
    List<Snapshot.Server> servers =
        howdah.proxy().snapshot().toCompletableFuture().join().servers();
    assertThat(servers).hasSize(1);
    return Frozen.process(servers.getFirst().remotePid());
  }

  private void expectService() throws IOException {
    try (Wire next = howdah.wire()) {
      assertThat(next.value("SELECT 'fine'")).isEqualTo("fine");
    }
  }

  /** What is on its way behind it was not sent: it runs on another connection. */
  @Test
  void whileItIsBroughtToASessionsSettings() throws IOException {
    start();
    try (Wire sets = howdah.wire();
        Wire wire = howdah.wire()) {
      sets.query("SET work_mem = '9MB'");
      try (Frozen frozen = freeze()) {
        assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
        assertThat(wire.value("SHOW work_mem")).isNotEqualTo("9MB");
      }
      assertThat(sets.value("SHOW work_mem")).isEqualTo("9MB");
    }
  }

  @Test
  void whileAClientsTransactionIsBegunThere() throws IOException {
    start();
    try (Wire wire = howdah.wire()) {
      wire.query("SELECT 1");
      wire.query("BEGIN");
      try (Frozen frozen = freeze()) {
        assertThat(wire.value("SELECT 'fine', txid_current()")).isEqualTo("fine");
      }
      assertThat(wire.query("COMMIT").getLast().body()).containsExactly('I');
    }
  }

  @Test
  void whileItIsAskedForTheWelcomeOfAClient() throws IOException {
    start();
    expectService();
    Map<String, String> unseen = Map.of("options", "-c work_mem=11MB");
    try (Frozen frozen = freeze()) {
      assertThatThrownBy(() -> Wire.login(howdah.address(), unseen).close())
          .isInstanceOfSatisfying(
              Wire.Refused.class,
              refused -> assertThat(refused.error().sqlstate()).isEqualTo("08006"));
      try (Wire again = Wire.login(howdah.address(), unseen)) {
        assertThat(again.value("SHOW work_mem")).isEqualTo("11MB");
      }
    }
  }

  @Test
  void whileItRollsBackForAClientThatHasGone() throws IOException {
    start();
    Wire gone = howdah.wire();
    gone.query("BEGIN");
    gone.query("SELECT txid_current()");
    try (Frozen frozen = freeze()) {
      gone.vanish();
      expectService();
    }
  }

  @Test
  void whileItIsResetForAClientThatHasGone() throws IOException {
    start();
    Wire gone = howdah.wire();
    gone.query("CREATE TEMP TABLE of_its_own (id int)");
    try (Frozen frozen = freeze()) {
      gone.send(Send.terminate());
      expectService();
    }
    gone.close();
  }

  @Test
  void whileWhatASessionHoldsThereIsLookedAt() throws IOException {
    start();
    try (Wire wire = howdah.wire()) {
      wire.query("CREATE TEMP TABLE of_its_own (id int)");
      try (Frozen frozen = freeze()) {
        // A pinned session that is idle is looked at after a second.
        List<Message> last = wire.toEnd();
        assertThat(last.getLast().sqlstate()).isEqualTo("08006");
        assertThat(last.getLast().field('M')).contains("request of Howdah's own: SELECT");
        expectService();
      }
    }
  }

  @Test
  void whileItRunsWhatAClientAskedForBeforeItSaidGoodbye() throws IOException {
    start(t -> t.unheard = SHORT);
    sayGoodbyeBehindAQuery();
    expectService();
  }

  @Test
  void theTimeOfAQueryCountsAlsoBehindAGoodbye() throws IOException {
    start(t -> t.query = SHORT);
    sayGoodbyeBehindAQuery();
    expectService();
  }

  @Test
  void theTimeOfATransactionCountsAlsoBehindAGoodbye() throws IOException {
    start(t -> t.transaction = SHORT);
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      wire.send(Send.query("SELECT pg_sleep(600), txid_current()"), Send.terminate());
      expectService();
    }
  }

  private void sayGoodbyeBehindAQuery() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(Send.query("SELECT pg_sleep(600) /* unheard */"), Send.terminate());
      ServerSessions.awaitRunning("unheard");
    }
  }

  /** What is quick enough is done all the same. */
  @Test
  void whatAClientAskedForBeforeItSaidGoodbyeIsDone() throws IOException {
    start(t -> t.unheard = Duration.ofMinutes(1));
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS unheard",
            "CREATE TABLE unheard (id int)",
            "ALTER TABLE unheard OWNER TO app");
    try (Wire wire = howdah.wire()) {
      wire.send(
          Send.query("SELECT pg_sleep(0.3)"),
          Send.query("INSERT INTO unheard VALUES (1)"),
          Send.terminate());
      wire.toEnd();
    }
    try (Wire wire = howdah.wire()) {
      Await.until(
          () -> {
            try {
              return wire.value("SELECT count(*) FROM unheard");
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          },
          count -> assertThat(count).isEqualTo("1"));
    }
  }
}
