package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.admin.Snapshot;
import io.howdah.config.CausalReads;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client says Terminate right behind its requests, and closes its socket at once: all that it
 * asked for before is done all the same, as PostgreSQL does it.
 */
class GoodbyeTest {
  @BeforeEach
  void prepare() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS goodbyes CASCADE",
            "CREATE TABLE goodbyes (word text)",
            "CREATE TABLE IF NOT EXISTS goodbye_gate ()",
            "CREATE OR REPLACE FUNCTION goodbye_write() RETURNS text LANGUAGE plpgsql AS $$BEGIN"
                + " INSERT INTO goodbyes VALUES ('bye'); RETURN 'written'; END$$",
            "CREATE OR REPLACE VIEW goodbye_view AS SELECT goodbye_write() AS done",
            "CREATE OR REPLACE FUNCTION goodbye_known() RETURNS bool LANGUAGE sql STABLE"
                + " AS 'SELECT pg_is_in_recovery()'",
            "GRANT ALL ON goodbyes, goodbye_gate, goodbye_view TO app");
  }

  private static void awaitRows(int count) {
    try (Db db = Servers.shared().superuser(Servers.shared().primary())) {
      Await.until(
          () -> db.value("SELECT count(*) FROM goodbyes"),
          rows -> assertThat(rows).isEqualTo("" + count));
    }
  }

  /** What a client asks for, and how. */
  enum Request {
    QUERY {
      @Override
      byte[][] writing(String sql) {
        return new byte[][] {Send.query(sql)};
      }
    },
    BATCH {
      @Override
      byte[][] writing(String sql) {
        return new byte[][] {
          Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync()
        };
      }
    },
    NAMED {
      @Override
      byte[][] writing(String sql) {
        return new byte[][] {
          Send.parse("p", sql),
          Send.describeStatement("p"),
          Send.sync(),
          Send.bind("", "p"),
          Send.execute("", 0),
          Send.sync()
        };
      }
    },
    TRANSACTION {
      @Override
      byte[][] writing(String sql) {
        return new byte[][] {Send.query("BEGIN"), Send.query(sql), Send.query("COMMIT")};
      }
    };

    abstract byte[][] writing(String sql);
  }

  private static void sayAndGo(Wire wire, byte[]... requests) throws IOException {
    byte[][] all = Arrays.copyOf(requests, requests.length + 1);
    all[requests.length] = Send.terminate();
    wire.send(all);
    wire.close();
  }

  /** Its text is a read, so that it runs on a replica first. */
  @ParameterizedTest
  @EnumSource(
      value = Request.class,
      names = {"QUERY", "BATCH"})
  void aWriteThatAReplicaRefuses(Request how) throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).causalReads(CausalReads.OFF).start()) {
      Wire wire = howdah.wire();
      Await.until(() -> onReplica(wire), replica -> assertThat(replica).isEqualTo("t"));
      sayAndGo(wire, how.writing("SELECT done FROM goodbye_view"));
      awaitRows(1);
      assertThat(howdah.events().replays()).containsExactly("a replica refused it 25006");
    }
  }

  private static String onReplica(Wire wire) {
    try {
      return wire.value("SELECT goodbye_known()");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another client has the only server connection. */
  @ParameterizedTest
  @EnumSource
  void aWriteThatWaitsForItsConnection(Request how) throws IOException {
    waitsForItsConnection(false, how);
  }

  /** The BEGIN was answered by Howdah alone. */
  @Test
  void aTransactionThatNoServerKnowsOf() throws IOException {
    waitsForItsConnection(true, Request.TRANSACTION);
  }

  private static void waitsForItsConnection(boolean lazyBegin, Request how) throws IOException {
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION)
                .poolSize(1)
                .splitReads(false)
                .lazyBegin(lazyBegin)
                .start();
        Wire other = howdah.wire()) {
      Wire wire = howdah.wire();
      other.query("BEGIN");
      other.query("SELECT 1");
      howdah.timeouts(t -> t.queryWait = Duration.ofMillis(300));
      sayAndGo(wire, how.writing("INSERT INTO goodbyes VALUES ('late')"));
      Await.until(() -> count(howdah, "waiting"), waiting -> assertThat(waiting).isEqualTo(1));
      assertThat(count(howdah, "waiting")).as("though its client is gone").isEqualTo(1);
      other.query("COMMIT");
      awaitRows(1);
      Await.until(
          () -> looked(howdah).clients().size(), clients -> assertThat(clients).isEqualTo(1));
    }
  }

  /** It stands behind a request that is not answered yet, and can't be sent before that is. */
  @Test
  void aWriteBehindARunningRequest() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start();
        Db blocker = Servers.shared().superuser(Servers.shared().primary())) {
      Wire wire = howdah.wire();
      blocker.run("BEGIN", "LOCK TABLE goodbye_gate IN ACCESS EXCLUSIVE MODE");
      wire.send(Send.query("SELECT count(*) FROM goodbye_gate /* a goodbye waits */"));
      ServerSessions.awaitRunning("a goodbye waits");
      wire.send(Send.query("PREPARE p AS INSERT INTO goodbyes VALUES ('prepared')"));
      sayAndGo(wire, Send.query("EXECUTE p"));
      looked(howdah);
      assertThat(looked(howdah).clients()).as("though its client is gone").hasSize(1);
      blocker.run("COMMIT");
      awaitRows(1);
    }
  }

  /** The client has sent the end of it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCopyToItsEnd(boolean knowsThatItBegan) throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start()) {
      Wire wire = howdah.wire();
      wire.send(Send.query("COPY goodbyes FROM STDIN"));
      if (knowsThatItBegan) {
        wire.until('G');
      }
      sayAndGo(wire, Send.copyData("one\ntwo\n"), Send.copyDone());
      awaitRows(2);
    }
  }

  /** The client hears the answer to its last request, if it waits for it, and then the end. */
  @Test
  void whoStaysIsAnswered() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start();
        Wire wire = howdah.wire()) {
      wire.send(Send.query("SELECT 'still heard' FROM pg_sleep(0.1)"), Send.terminate());
      assertThat(wire.ready()).anyMatch(each -> each.type() == 'D');
      assertThat(wire.toEnd()).isEmpty();
    }
  }

  /** Howdah waits no longer than for anybody else. */
  @Test
  void aServerConnectionThatNeverComes() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start();
        Wire other = howdah.wire()) {
      Wire wire = howdah.wire();
      other.query("BEGIN");
      other.query("SELECT 1");
      sayAndGo(wire, Send.query("INSERT INTO goodbyes VALUES ('too late')"));
      Await.until(
          () -> looked(howdah).clients().size(), clients -> assertThat(clients).isEqualTo(1));
      other.query("COMMIT");
      other.value("SELECT 1");
      awaitRows(0);
    }
  }

  /** How many clients stand so, once Howdah has read all that has come. */
  private static long count(Howdah howdah, String state) {
    looked(howdah);
    return looked(howdah).clients().stream().filter(each -> each.state().equals(state)).count();
  }

  /** Every event loop answers this, between two looks at its sockets. */
  private static Snapshot looked(Howdah howdah) {
    return howdah.proxy().snapshot().toCompletableFuture().join();
  }
}
