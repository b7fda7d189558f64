package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that goes without a word leaves nothing behind for the next one. */
class VanishingClientTest {
  private static final int TIMES = 8;

  @BeforeAll
  static void createTable() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS vanished",
            "CREATE TABLE vanished (id int, label text)",
            "ALTER TABLE vanished OWNER TO app");
  }

  /** Where the client is when it goes. */
  enum Moment {
    IDLE {
      @Override
      void reach(Wire wire) throws IOException {
        wire.query("SET work_mem = '9MB'");
      }
    },
    AT_START_UP {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(Send.query("SELECT 1"));
      }
    },
    IN_A_QUERY {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(
            Send.query("SELECT pg_sleep(600) /* vanishing */ FROM pg_catalog.now() FOR UPDATE"));
        wire.send(Send.query("SELECT pg_sleep(600), txid_current() /* vanishing */"));
        ServerSessions.awaitRunning("vanishing");
      }
    },
    IN_A_TRANSACTION {
      @Override
      void reach(Wire wire) throws IOException {
        wire.query("BEGIN");
        wire.query("INSERT INTO vanished VALUES (1)");
        wire.query("SET work_mem = '9MB'");
      }
    },
    IN_A_FAILED_TRANSACTION {
      @Override
      void reach(Wire wire) throws IOException {
        wire.query("BEGIN");
        wire.query("INSERT INTO vanished VALUES (1)");
        wire.query("SELECT 1/0");
      }
    },
    BEHIND_A_MALFORMED_FLUSH {
      @Override
      void reach(Wire wire) throws IOException {
        wire.query("BEGIN");
        wire.query("LOCK TABLE vanished IN ACCESS EXCLUSIVE MODE");
        wire.send(Send.message('H', new byte[] {'x'}));
      }
    },
    IN_COPY_IN {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(Send.query("COPY vanished FROM STDIN"));
        wire.until('G');
        wire.send(Send.copyData("1\tone\n2\tt"));
      }
    },
    IN_COPY_OUT {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(
            Send.query(
                "COPY (SELECT repeat('x', 100) FROM generate_series(1, 5000000)) TO STDOUT"));
        wire.until('d');
      }
    },
    IN_A_LARGE_RESULT {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(Send.query("SELECT repeat('x', 100) FROM generate_series(1, 5000000)"));
        wire.until('D');
      }
    },
    IN_A_BATCH_WITHOUT_SYNC {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(
            Send.parse("", "INSERT INTO vanished VALUES (1)"),
            Send.bind("", ""),
            Send.execute("", 0),
            Send.flush());
        wire.until('C');
      }
    },
    WITH_A_SUSPENDED_PORTAL {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(
            Send.parse("", "SELECT generate_series(1, 100)"),
            Send.bind("", ""),
            Send.execute("", 3),
            Send.flush());
        wire.until('s');
      }
    },
    WITHIN_A_MESSAGE {
      @Override
      void reach(Wire wire) throws IOException {
        byte[] query = Send.query("INSERT INTO vanished VALUES (1) -- " + "x".repeat(100_000));
        wire.send(java.util.Arrays.copyOf(query, 70_000));
      }
    },
    WITH_STATE_OF_ITS_OWN {
      @Override
      void reach(Wire wire) throws IOException {
        wire.query("CREATE TEMP TABLE vanished AS SELECT 'temporary' AS label");
        wire.query("SELECT pg_advisory_lock(815)");
      }
    };

    abstract void reach(Wire wire) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void nothingStays(Moment moment) throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start()) {
      String workMem;
      try (Wire before = howdah.wire()) {
        workMem = before.value("SHOW work_mem");
      }
      for (int i = 0; i < TIMES; i++) {
        Wire wire = howdah.wire();
        moment.reach(wire);
        if (i % 2 == 0) {
          wire.vanish();
        } else {
          wire.close();
        }
      }
      ServerSessions.awaitIdle();
      // Both server connections, at the same time.
      try (Wire one = howdah.wire();
          Wire two = Wire.login(howdah.address(), Map.of("application_name", "next"))) {
        for (Wire each : new Wire[] {one, two}) {
          each.query("BEGIN");
          assertThat(each.value("SELECT count(*) FROM vanished")).isEqualTo("0");
          assertThat(each.value("SHOW work_mem")).isEqualTo(workMem);
          assertThat(each.value("SELECT pg_try_advisory_xact_lock_shared(815)")).isEqualTo("t");
        }
        for (Wire each : new Wire[] {one, two}) {
          assertThat(each.query("COMMIT").getLast().body()).containsExactly('I');
        }
      }
    }
  }
}
