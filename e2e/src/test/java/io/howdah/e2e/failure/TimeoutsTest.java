package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What takes too long is ended, with PostgreSQL's SQLSTATE. */
class TimeoutsTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(10);

  private static HowdahSpec spec() {
    return Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false);
  }

  private static void expectFatal(Wire wire, String sqlstate) throws IOException {
    List<Message> replies = wire.toEnd();
    assertThat(replies).isNotEmpty();
    assertThat(replies.getLast().sqlstate()).isEqualTo(sqlstate);
    assertThat(replies.getLast().field('V')).isEqualTo("FATAL");
  }

  @Test
  void queryWait() throws IOException {
    try (Howdah howdah = spec().start();
        Wire holder = howdah.wire();
        Wire waiting = howdah.wire()) {
      holder.query("BEGIN");
      howdah.timeouts(t -> t.queryWait = SHORT);
      List<Message> replies = waiting.query("SELECT 1");
      assertThat(replies).extracting(Message::type).containsExactly('E', 'Z');
      assertThat(replies.getFirst().sqlstate()).isEqualTo("53300");
      assertThat(replies.getFirst().field('H')).contains("pool.default-size");
      waiting.send(Send.parse("", "SELECT 1"), Send.bind("", ""), Send.execute("", 0), Send.sync());
      assertThat(waiting.ready()).extracting(Message::type).containsExactly('E', 'Z');
      howdah.timeouts(t -> t.queryWait = LONG);
      holder.query("COMMIT");
      assertThat(waiting.value("SELECT 'fine'")).isEqualTo("fine");
    }
  }

  @Test
  void login() throws IOException {
    try (Howdah howdah = spec().timeouts(t -> t.clientLogin = SHORT).start();
        Wire silent = Wire.open(howdah.address());
        Wire halfway = Wire.open(howdah.address())) {
      halfway.send(Send.startup(java.util.Map.of("user", "app", "database", "app")));
      halfway.until('R');
      expectFatal(halfway, "57014");
      for (Message each : silent.toEnd()) {
        assertThat(each.sqlstate()).isEqualTo("57014");
      }
    }
  }

  @Test
  void clientIdle() throws IOException {
    try (Howdah howdah = spec().timeouts(t -> t.clientIdle = SHORT).start();
        Wire idle = howdah.wire()) {
      expectFatal(idle, "57P05");
    }
  }

  @Test
  void idleInTransaction() throws IOException {
    try (Howdah howdah = spec().timeouts(t -> t.idleInTransaction = SHORT).start();
        Wire idle = howdah.wire();
        Wire other = howdah.wire()) {
      idle.query("BEGIN");
      expectFatal(idle, "25P03");
      // Its only server connection is free again, and clean.
      assertThat(other.query("SELECT 1").getLast().body()).containsExactly('I');
    }
  }

  @Test
  void query() throws IOException {
    try (Howdah howdah = spec().start();
        Wire slow = howdah.wire();
        Wire other = howdah.wire()) {
      slow.send(Send.query("/* howdah: primary */ SELECT pg_sleep(600)"));
      howdah.timeouts(t -> t.query = SHORT);
      expectFatal(slow, "57014");
      howdah.timeouts(t -> t.query = LONG);
      assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
      ServerSessions.awaitIdle();
    }
  }

  /** Who waits for an answer behind Flush is not idle, and is told by the clock of queries. */
  @Test
  void queryBehindFlush() throws IOException {
    try (Howdah howdah = spec().timeouts(t -> t.clientIdle = SHORT).start();
        Wire slow = howdah.wire()) {
      slow.send(
          Send.parse("", "/* howdah: primary */ SELECT pg_sleep(600)"),
          Send.bind("", ""),
          Send.flush());
      slow.until('2');
      slow.send(Send.execute("", 0), Send.flush());
      howdah.timeouts(t -> t.query = SHORT);
      expectFatal(slow, "57014");
      ServerSessions.awaitIdle();
    }
  }

  @Test
  void transaction() throws IOException {
    try (Howdah howdah = spec().start();
        Wire slow = howdah.wire();
        Wire other = howdah.wire()) {
      slow.query("BEGIN");
      howdah.timeouts(t -> t.transaction = SHORT);
      expectFatal(slow, "25P04");
      howdah.timeouts(t -> t.transaction = LONG);
      assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
    }
  }
}
