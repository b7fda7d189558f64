package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A server session that the administrator ends. */
class ServerFailureTest {
  /** Shorter than an error, which would be read as its rest and show. */
  private static final String ROW = "x".repeat(100);

  private Howdah howdah;
  private Wire other;
  private Db superuser;

  @BeforeEach
  void start() throws IOException {
    howdah = Howdah.of(PoolMode.TRANSACTION).splitReads(false).start();
    other = howdah.wire();
    superuser = Servers.shared().superuser(Servers.shared().primary());
  }

  @AfterEach
  void stop() throws IOException {
    other.close();
    superuser.close();
    howdah.close();
  }

  private void terminate(String where) {
    assertThat(
            superuser.column(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = 'app'"
                    + " AND "
                    + where))
        .isNotEmpty()
        .containsOnly("t");
  }

  @Test
  void inAQuery() throws IOException {
    try (Wire wire = howdah.wire()) {
      other.query("BEGIN");
      wire.send(Send.query("SELECT pg_sleep(600), txid_current() /* to kill */"));
      ServerSessions.awaitRunning("to kill");
      terminate("query LIKE '%to kill%'");
      List<Message> replies = wire.toEnd();
      assertThat(replies.getLast().type()).isEqualTo('E');
      assertThat(replies.getLast().field('V')).isEqualTo("FATAL");
      assertThat(replies.getLast().sqlstate()).isEqualTo("57P01");
      assertThat(other.value("SELECT 'untouched'")).isEqualTo("untouched");
      other.query("COMMIT");
    }
  }

  @Test
  void inATransactionThatIsIdle() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      terminate("state = 'idle in transaction'");
      List<Message> replies = wire.toEnd();
      assertThat(replies.getLast().sqlstate()).isEqualTo("57P01");
      assertThat(other.value("SELECT 'untouched'")).isEqualTo("untouched");
    }
  }

  /** Nobody sees that connections in the pool were ended. */
  @Test
  void idleInThePool() throws IOException {
    try (Wire wire = howdah.wire()) {
      for (int i = 0; i < 5; i++) {
        assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
        terminate("state = 'idle'");
        assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
      }
    }
  }

  /** Within a row nothing but the end may come: an error would be read as the row's rest. */
  @RepeatedTest(3)
  void inTheMiddleOfALargeResult() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(
          Send.query("SELECT repeat('x', 100), txid_current() FROM generate_series(1, 10000000)"));
      wire.until('T');
      Await.until(
          () ->
              superuser.column(
                  "SELECT wait_event FROM pg_stat_activity WHERE usename = 'app'"
                      + " AND state = 'active'"),
          events -> assertThat(events).containsExactly("ClientWrite"));
      terminate("query LIKE '%repeat%'");
      List<Message> replies = wire.toEnd();
      if (replies.getLast().type() == 'E') {
        assertThat(replies.removeLast().sqlstate()).isIn("57P01", "08006", "08007");
      }
      assertThat(replies).allMatch(each -> each.type() == 'D' && each.row().getFirst().equals(ROW));
      assertThat(other.value("SELECT 'untouched'")).isEqualTo("untouched");
    }
  }
}
