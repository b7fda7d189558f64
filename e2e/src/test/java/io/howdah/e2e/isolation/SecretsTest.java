package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Passwords and values are planted wherever a client can put one, and things go wrong around them:
 * nothing that Howdah says to whoever observes it, which is all that a log can have, has one.
 */
class SecretsTest {
  private static final String SECRET = "hunter2";

  private static final String LEAK =
      "CREATE OR REPLACE FUNCTION leak(sql text) RETURNS void LANGUAGE plpgsql AS 'BEGIN %s; END'";

  private static final List<String> STATEMENTS =
      List.of(
          "SELECT 'hunter2'",
          "SELECT $$hunter2$$ /* hunter2 */ -- hunter2",
          "SELECT 'hunter2' FROM nowhere",
          "SELECT 'hunter2",
          "SELECT E'\\' || hunter2'",
          "SELECT set_config('app.key', 'hunter2', false)",
          "SET app.key = hunter2",
          "SET app.key TO \"hunter2\"",
          "SET work_mem = 'hunter2'",
          "SET howdah.route = 'hunter2'",
          "SET howdah.lsn = 'hunter2'",
          "ALTER ROLE app PASSWORD 'hunter2' VALID UNTIL 'hunter2'",
          "PREPARE p AS SELECT 'hunter2'",
          "EXECUTE q('hunter2')",
          "CREATE TEMP TABLE x (t text DEFAULT 'hunter2')",
          "DROP TABLE x",
          "SELECT pg_advisory_lock(7), 'hunter2'",
          "SELECT pg_advisory_unlock(7), 'hunter2'",
          "NOTIFY x, 'hunter2'",
          "DO $$BEGIN RAISE EXCEPTION 'hunter2'; END$$",
          "BEGIN; SET LOCAL app.key = 'hunter2'; SELECT 1/0",
          "ROLLBACK",
          "SELECT leak('SET app.leaked = ''hunter2''')",
          "SELECT 1");

  @Test
  void nothingThatIsSaidHasOne() throws IOException {
    Servers.shared().prepare(LEAK.formatted("NULL"));
    try (Howdah howdah =
        Howdah.of(PoolMode.TRANSACTION)
            .poolSize(1)
            .leakCheckRate(1)
            .recorded()
            .start()
            .leaksAreMeant()) {
      try (Wire wire = howdah.wire()) {
        FunctionEffectsTest.awaitCatalog(wire, "SELECT leak('')");
        Servers.shared().prepare(LEAK.formatted("EXECUTE sql"));
        wire.query("SELECT leak('SET work_mem = ''9MB'''), 'hunter2'");
        wire.query("SELECT 1");
        Await.until(howdah.events()::leaks, leaks -> assertThat(leaks).isNotEmpty());
        for (String sql : STATEMENTS) {
          wire.query(sql);
          wire.send(Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync());
          wire.ready();
          wire.send(
              Send.parse("", "SELECT $1::text, leak($2)"),
              Send.bind("", "", SECRET, "SET app.leaked2 = 'hunter2'"),
              Send.execute("", 0),
              Send.sync());
          wire.ready();
        }
      }
      refusedLogins(howdah);
      List<String> told = howdah.events().told();
      assertThat(told).anyMatch(each -> each.startsWith("leaked "));
      assertThat(told).anyMatch(each -> each.startsWith("routed "));
      assertThat(told).anyMatch(each -> each.startsWith("loginRefused "));
      assertThat(told).filteredOn(each -> each.contains(SECRET)).isEmpty();
    }
  }

  private static void refusedLogins(Howdah howdah) throws IOException {
    Map<String, String> user = Map.of("user", "app", "database", "app");
    try (Wire wrong = Wire.open(howdah.address());
        Wire option = Wire.open(howdah.address());
        Wire half = Wire.open(howdah.address())) {
      Message error =
          catchThrowableOfType(Wire.Refused.class, () -> wrong.login(user, SECRET)).error();
      assertThat(error.sqlstate()).isEqualTo("28P01");
      Map<String, String> more =
          Map.of("user", "app", "database", "app", "options", "-c work_mem=hunter2");
      assertThatThrownBy(() -> option.login(more, Servers.PASSWORD))
          .isInstanceOf(Wire.Refused.class);
      half.send(Send.startup(user), SECRET.getBytes(StandardCharsets.UTF_8));
      half.toEnd();
    }
  }
}
