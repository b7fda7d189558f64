package io.howdah.e2e.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cancel requests hit what they are meant for, and nothing else. */
class CancelTest {
  private static final int LATE_CANCELS = 300;
  private static final String LONG = "SELECT pg_sleep(600), txid_current() /* to cancel */";

  private Howdah howdah;

  @BeforeEach
  void start() {
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start();
  }

  @AfterEach
  void stop() {
    howdah.close();
  }

  @Test
  void pgjdbcCancelsItsStatement() throws SQLException {
    try (Connection connection = howdah.jdbc()) {
      CancelledByDriver.check(connection, LONG, "to cancel");
    }
  }

  @Test
  void aRequestThatWaitsForAServerConnection() throws IOException {
    try (Wire holder = howdah.wire();
        Wire waiting = howdah.wire()) {
      holder.query("BEGIN");
      waiting.send(Send.query("SELECT 'never run'"));
      waiting.cancel(howdah.address());
      List<Message> replies = waiting.ready();
      assertThat(replies).extracting(Message::type).containsExactly('E', 'Z');
      assertThat(replies.getFirst().sqlstate()).isEqualTo("57014");
      holder.query("COMMIT");
      assertThat(waiting.value("SELECT 'fine'")).isEqualTo("fine");
    }
  }

  @Test
  void aTransactionFailsAndTheSessionGoesOn() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      wire.send(Send.query(LONG));
      ServerSessions.awaitRunning("to cancel");
      wire.cancel(howdah.address());
      List<Message> replies = wire.ready();
      assertThat(replies.get(replies.size() - 2).sqlstate()).isEqualTo("57014");
      assertThat(replies.getLast().body()).containsExactly('E');
      wire.query("ROLLBACK");
      assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
    }
  }

  @Test
  void anotherSessionsKeyWithAWrongSecretDoesNothing() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(Send.query("SELECT pg_sleep(0.5), 'untouched', txid_current()"));
      Message key = wire.key();
      byte[] wrong = key.body().clone();
      wrong[wrong.length - 1]++;
      try (Wire other = Wire.open(howdah.address())) {
        other.send(Send.cancel(new Message('K', wrong)));
        assertThat(other.toEnd()).isEmpty();
      }
      assertThat(wire.ready()).extracting(Message::type).doesNotContain('E');
    }
  }

  /**
   * A client whose query has just ended sends a cancel request, while another works on the same
   * server connection: the other must never be hit.
   */
  @Test
  void lateCancelsNeverHitAnotherClient() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Wire late = howdah.wire();
        Wire victim = howdah.wire()) {
      Future<Integer> works =
          threads.submit(
              () -> {
                int answers = 0;
                while (!over.get()) {
                  assertThat(victim.query("SELECT pg_sleep(0.002), txid_current()"))
                      .extracting(Message::type)
                      .containsExactly('T', 'D', 'C', 'Z');
                  answers++;
                }
                return answers;
              });
      try {
        for (int i = 0; i < LATE_CANCELS; i++) {
          late.send(Send.query("SELECT " + i + ", txid_current()"));
          Future<?> cancel = threads.submit(() -> cancel(late));
          List<Message> replies = late.ready();
          // Whether it still hit its own query is a matter of luck.
          assertThat(replies.getLast().type()).isEqualTo('Z');
          cancel.get();
        }
      } finally {
        over.set(true);
      }
      assertThat(works.get()).isPositive();
    }
  }

  private void cancel(Wire wire) {
    try {
      wire.cancel(howdah.address());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A storm of requests for one session is bounded, and the session is usable afterwards. */
  @Test
  void manyCancelsForOneQuery() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Wire wire = howdah.wire()) {
      wire.send(Send.query(LONG));
      ServerSessions.awaitRunning("to cancel");
      List<Future<?>> all =
          java.util.stream.IntStream.range(0, 30)
              .<Future<?>>mapToObj(_ -> threads.submit(() -> cancel(wire)))
              .toList();
      for (Future<?> each : all) {
        each.get();
      }
      List<Message> replies = wire.ready();
      assertThat(replies.get(replies.size() - 2).sqlstate()).isEqualTo("57014");
      for (int i = 0; i < 20; i++) {
        assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
      }
    }
    ServerSessions.awaitIdle();
    assertThat(Servers.shared().replicas()).hasSize(2);
  }
}
