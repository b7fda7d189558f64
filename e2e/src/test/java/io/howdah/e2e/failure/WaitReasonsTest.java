package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client waits for is the same in SHOW CLIENTS, in its error, and in explanations. */
class WaitReasonsTest {
  private static final Duration QUERY_WAIT = Duration.ofSeconds(4);

  private static HowdahSpec spec() {
    return Howdah.of(PoolMode.TRANSACTION)
        .poolSize(1)
        .splitReads(false)
        .timeouts(t -> t.queryWait = QUERY_WAIT);
  }

  @Test
  void aPoolThatIsFull() throws IOException {
    try (Howdah howdah = spec().start();
        Db console = howdah.console();
        Wire holder = howdah.wire();
        Wire waiting = howdah.wire()) {
      holder.query("BEGIN");
      waiting.send(Send.query("SELECT 1"));
      awaitReason(console, "pool-full: pool app@app on ");
      Message error = waiting.ready().getFirst();
      assertThat(error.sqlstate()).isEqualTo("53300");
      assertThat(error.field('H')).contains("Pool app@app on ").contains("is full");
      assertThat(console.rows("SHOW CLIENTS", "wait_reason")).noneMatch(r -> r.contains("pool"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PAUSE", "KILL"})
  void aPause(String command) throws IOException {
    try (Howdah howdah = spec().start();
        Db console = howdah.console();
        Wire before = howdah.wire()) {
      before.query("SELECT 1");
      console.run(command + " " + Servers.DATABASE);
      try (Wire waiting = command.equals("KILL") ? howdah.wire() : before) {
        waiting.send(Send.query("SELECT 1"));
        awaitReason(console, (command.equals("KILL") ? "killed" : "paused") + ": database \"app\"");
        Message error = waiting.ready().getFirst();
        assertThat(error.sqlstate()).isEqualTo("57P03");
        assertThat(error.field('M')).startsWith("database \"app\" is paused");
        assertThat(error.field('D')).startsWith(command + " on the admin console");
        console.run("RESUME " + Servers.DATABASE);
        assertThat(waiting.value("SELECT 'fine'")).isEqualTo("fine");
      }
    }
  }

  /** The entry "*" covers every name, and no such database is there. */
  @ParameterizedTest
  @ValueSource(strings = {"PAUSE", "RESUME", "KILL", "RECONNECT"})
  void aDatabaseThatIsNotThereIsNotPaused(String command) throws SQLException {
    try (Howdah howdah = spec().start();
        Db console = howdah.console();
        Statement statement = console.connection().createStatement()) {
      assertThatThrownBy(() -> statement.execute(command + " nowhere"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("no such database: nowhere")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("3D000");
    }
  }

  @Test
  void aReadThatIsKeptOnThePrimaryToSeeWhatItsSessionWrote() throws IOException {
    Servers.shared().prepare("DROP TABLE IF EXISTS kept; CREATE TABLE kept (id int)");
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).causalWait(Duration.ZERO).start();
        Wire wire = howdah.wire()) {
      wire.query("SET howdah.explain_route = on");
      List<String> why = new ArrayList<>();
      // Now and then a replica is there in no time.
      for (int i = 0; i < 1000 && why.isEmpty(); i++) {
        wire.query("INSERT INTO kept VALUES (1)");
        wire.query("SELECT count(*) FROM kept").stream()
            .filter(each -> each.type() == 'N')
            .map(each -> each.field('M'))
            .filter(text -> text.contains("runs on primary"))
            .forEach(why::add);
      }
      assertThat(why)
          .isNotEmpty()
          .allMatch(text -> text.contains("no replica had replayed in time"));
    }
  }

  private static void awaitReason(Db console, String reason) {
    Await.until(
        () -> console.rows("SHOW CLIENTS", "wait_reason", "wait_ms"),
        rows -> assertThat(rows).anyMatch(row -> row.startsWith(reason) && !row.endsWith(" null")));
  }
}
