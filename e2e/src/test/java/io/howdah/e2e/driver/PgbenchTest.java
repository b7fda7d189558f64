package io.howdah.e2e.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Program;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * pgbench, where it is installed: no error in seconds, or in minutes by {@code -Dpgbench.seconds}.
 */
class PgbenchTest {
  private static final int SECONDS = Integer.getInteger("pgbench.seconds", 3);
  private static final int POOL_SIZE = 10;
  private static final int BOUND_SECONDS = 120;

  private static Howdah howdah;
  @TempDir private static Path folder;

  @BeforeAll
  static void fill() {
    Program.assumeInstalled("pgbench");
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(POOL_SIZE).start();
    Program.run(howdah.address(), folder, BOUND_SECONDS, "pgbench", "-i", "-s", "1", "-q")
        .expectSuccess();
    Servers.shared().awaitReplay();
  }

  @AfterAll
  static void stop() {
    if (howdah != null) {
      howdah.close();
    }
  }

  /**
   * In mode prepared there are no more clients than server connections: pgbench waits for the
   * answer of one client's Parse while another, of the same thread, holds a transaction open.
   */
  @ParameterizedTest(name = "{0} {1} with {2} clients")
  @CsvSource({
    "-S, simple, 40",
    "-S, extended, 40",
    "-S, prepared, 10",
    "-b, simple, 40",
    "-b, extended, 40",
    "-b, prepared, 10"
  })
  void noError(String script, String mode, int clients) {
    run(mode, clients, script.equals("-S") ? "-S" : "-btpcb-like");
  }

  /** SQL's own prepared statements, of the same name for each client but another text. */
  @Test
  void preparedStatementsOfSql() throws IOException {
    Files.writeString(
        folder.resolve("prepared.sql"),
        """
        \\set aid random(1, 100000)
        PREPARE p (int) AS
          SELECT abalance, :client_id AS owner FROM pgbench_accounts WHERE aid = $1;
        EXECUTE p (:aid) \\gset
        SELECT 1 / (:owner = :client_id)::int;
        EXECUTE p (:aid);
        BEGIN;
        EXECUTE p (:aid);
        COMMIT;
        EXECUTE p (:aid) \\gset
        SELECT 1 / (:owner = :client_id)::int;
        DEALLOCATE p;
        """);
    run("simple", 40, "-fprepared.sql");
  }

  private static void run(String mode, int clients, String script) {
    String[] command = {
      "pgbench",
      "-n",
      "-M",
      mode,
      "-c",
      Integer.toString(clients),
      "-j",
      "2",
      "-T",
      Integer.toString(SECONDS),
      script
    };
    String said =
        Program.run(howdah.address(), folder, SECONDS + BOUND_SECONDS, command).expectSuccess();
    assertThat(said)
        .contains("number of failed transactions: 0 (0.000%)")
        .doesNotContain("error", "ERROR", "FATAL", "aborted");
    ServerSessions.awaitIdle();
  }
}
