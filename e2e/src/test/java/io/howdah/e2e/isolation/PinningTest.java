package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.Pinned;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A session keeps its server connection for state that can't be carried, and only until that is
 * gone. There is one server connection, so another client gets it only then.
 */
class PinningTest {
  @BeforeAll
  static void prepare() {
    Servers.shared()
        .prepare(
            "CREATE OR REPLACE FUNCTION unlock_unseen() RETURNS void LANGUAGE sql"
                + " AS 'SELECT pg_advisory_unlock_all()'",
            "DROP SEQUENCE IF EXISTS pinned_seq",
            "CREATE SEQUENCE pinned_seq",
            "ALTER SEQUENCE pinned_seq OWNER TO app");
  }

  private static Howdah one() {
    return Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start();
  }

  private static String sqlstate(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() == 'E')
        .findFirst()
        .map(Message::sqlstate)
        .orElse(null);
  }

  /** Requests between semicolons that make state, then such that undo it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          temporary table | CREATE TEMP TABLE pt (i int)                            | DROP TABLE pt
          temporary table | CREATE TEMP TABLE pt (i int)                            | DISCARD TEMP
          temporary table | CREATE TEMP TABLE pt (i int)                            | DISCARD ALL
          temporary table | BEGIN; CREATE TEMP TABLE pt (i int)                     | ROLLBACK
          temporary table | BEGIN; SAVEPOINT s; CREATE TEMP TABLE pt (i int)        | ROLLBACK TO s; COMMIT
          temporary table | CREATE TEMP TABLE pt (i int); CREATE TEMP SEQUENCE ps   | DROP TABLE pt; DROP SEQUENCE ps
          advisory lock by pg_advisory_lock | SELECT pg_advisory_lock(7)            | SELECT pg_advisory_unlock(7)
          advisory lock by pg_advisory_lock | SELECT pg_advisory_lock(7)            | SELECT pg_advisory_unlock_all()
          advisory lock by pg_advisory_lock | SELECT pg_advisory_lock(7); SELECT pg_advisory_lock(7) | SELECT pg_advisory_unlock(7); SELECT pg_advisory_unlock(7)
          advisory lock by pg_advisory_lock | SELECT pg_advisory_lock(7), 1/0       | SELECT pg_advisory_unlock(7)
          cursor c WITH HOLD | DECLARE c CURSOR WITH HOLD FOR SELECT 1              | CLOSE c
          cursor c WITH HOLD | DECLARE c CURSOR WITH HOLD FOR SELECT 1              | CLOSE ALL
          cursor c WITH HOLD | BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1       | ROLLBACK
          lastval | SELECT nextval('pinned_seq'); SELECT lastval()                  | DISCARD SEQUENCES
          """)
  void comesAndGoes(String reason, String make, String undo) throws IOException {
    try (Howdah howdah = one();
        Wire pinned = howdah.wire();
        Wire other = howdah.wire()) {
      run(pinned, make);
      assertThat(howdah.events().pins()).containsExactly(reason);
      // It waits until the first is free again.
      other.send(Send.query("SELECT 'mine now'"));
      run(pinned, undo);
      assertThat(other.ready().get(1).row()).containsExactly("mine now");
    }
  }

  private static void run(Wire wire, String requests) throws IOException {
    for (String each : requests.split(";")) {
      wire.query(each.strip());
    }
  }

  @Test
  void isFreedWhenTheStateGoesUnseen() throws IOException {
    try (Howdah howdah = one();
        Wire pinned = howdah.wire();
        Wire other = howdah.wire()) {
      pinned.query("SELECT pg_advisory_lock(7)");
      other.send(Send.query("SELECT 'mine now'"));
      pinned.query("SELECT unlock_unseen()");
      assertThat(other.ready().get(1).row()).containsExactly("mine now");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"LOAD 'auto_explain'", "SELECT setseed(0.5)"})
  void nobodyGetsTheConnectionBehindWhatNothingUndoes(String sql) throws IOException {
    try (Howdah howdah = one();
        Wire root = Wire.open(howdah.address())) {
      root.login(
          java.util.Map.of("user", Servers.SUPERUSER, "database", Servers.DATABASE),
          Servers.shared().superuserPassword());
      String pid = root.value("SELECT pg_backend_pid()");
      root.query(sql);
      root.query("DISCARD ALL");
      assertThat(root.value("SELECT pg_backend_pid()")).isEqualTo(pid);
      root.send(Send.terminate());
      root.toEnd();
      try (Wire next = Wire.open(howdah.address())) {
        next.login(
            java.util.Map.of("user", Servers.SUPERUSER, "database", Servers.DATABASE),
            Servers.shared().superuserPassword());
        assertThat(next.value("SELECT pg_backend_pid()")).isNotEqualTo(pid);
      }
    }
  }

  @Test
  void whatDoesNotPin() throws IOException {
    try (Howdah howdah = one();
        Wire wire = howdah.wire()) {
      run(
          wire,
          "BEGIN; CREATE TEMP TABLE pt (i int) ON COMMIT DROP; COMMIT;"
              + "SELECT pg_advisory_xact_lock(7);"
              + "DECLARE c CURSOR WITH HOLD FOR SELECT 1/0;"
              + "BEGIN; SELECT nextval('pinned_seq'); SELECT currval('pinned_seq'); COMMIT;"
              + "SET SESSION AUTHORIZATION app; RESET SESSION AUTHORIZATION;"
              + "SELECT set_config('my.x', 'a' || 'b', false)");
      assertThat(howdah.events().pins()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TEMP TABLE pt (i int)",
        "SELECT pg_advisory_lock(7)",
        "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
        "SELECT lastval()"
      })
  void refusedBeforeItRuns(String sql) throws IOException {
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION)
                .poolSize(1)
                .splitReads(false)
                .pinning(Pinned.REFUSE)
                .start();
        Wire wire = howdah.wire();
        Wire other = howdah.wire()) {
      List<Message> simple = wire.query(sql);
      assertThat(simple).extracting(Message::type).containsExactly('E', 'Z');
      assertThat(simple.getFirst().sqlstate()).isEqualTo("0A000");
      assertThat(simple.getFirst().field('H')).contains("pinning");
      assertThat(simple.getLast().body()).containsExactly('I');
      wire.send(Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync());
      assertThat(wire.ready()).extracting(Message::type).containsExactly('1', 'E', 'Z');
      wire.query("BEGIN");
      if (!sql.contains("lastval")) {
        assertThat(sqlstate(wire.query(sql))).isEqualTo("0A000");
        assertThat(sqlstate(wire.query("SELECT 1"))).isEqualTo("25P02");
      }
      wire.query("ROLLBACK");
      assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
      assertThat(other.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
          .isEqualTo("0");
      assertThat(howdah.events().pins()).isEmpty();
    }
  }

  /** What a text too long to be looked at does is noticed by its command tag. */
  @Test
  void refusedAfterwards() throws IOException {
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION)
                .poolSize(1)
                .splitReads(false)
                .pinning(Pinned.REFUSE)
                .start();
        Wire wire = howdah.wire();
        Wire other = howdah.wire()) {
      String pid = other.value("SELECT pg_backend_pid()");
      wire.send(
          Send.query("DECLARE c CURSOR WITH HOLD FOR SELECT 1 /*" + "x".repeat(300_000) + "*/"));
      List<Message> replies = wire.toEnd();
      assertThat(replies.getLast().sqlstate()).isEqualTo("0A000");
      assertThat(replies.getLast().field('V')).isEqualTo("FATAL");
      assertThat(other.value("SELECT pg_backend_pid()")).isNotEqualTo(pid);
    }
  }

  @Test
  void theReasonIsShown() throws Exception {
    try (Howdah howdah = one();
        Wire wire = howdah.wire()) {
      wire.query("CREATE TEMP TABLE pt (i int)");
      wire.query("SELECT pg_advisory_lock(7)");
      Await.until(
          () -> howdah.proxy().snapshot().toCompletableFuture().join().clients(),
          clients ->
              assertThat(clients)
                  .anySatisfy(
                      each -> {
                        assertThat(each.pin())
                            .isEqualTo("temporary table, advisory lock by pg_advisory_lock");
                        assertThat(each.pinKind()).isEqualTo("temporary-object");
                      }));
    }
  }
}
