package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What functions leave behind, and Howdah could not foresee, is found when the connection is given
 * back; the connection is closed, and the statement is named. Here the function is replaced past
 * Howdah, which knows its harmless body for the next minute.
 */
class LeakCheckTest {
  private static final String LEAK =
      "CREATE OR REPLACE FUNCTION leak(sql text) RETURNS void LANGUAGE plpgsql AS 'BEGIN %s; END'";

  @BeforeAll
  static void prepare() {
    Servers.shared()
        .prepare("DROP ROLE IF EXISTS leaker", "CREATE ROLE leaker", "GRANT leaker TO app");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          setting            | SET work_mem = ''9MB''                  | work_mem
          setting            | SET ROLE leaker                         | role
          temporary-object   | CREATE TEMP TABLE leaked (i int)        | 1 temporary objects
          advisory-lock      | SELECT pg_advisory_lock(99)             | 1 advisory locks
          listen             | LISTEN leaked                           | leaked
          prepared-statement | PREPARE leaked AS SELECT 1              | leaked
          held-cursor        | DECLARE leaked CURSOR WITH HOLD FOR SELECT 1 | leaked
          """)
  void isFound(String kind, String what, String named) throws IOException {
    String sql = "SELECT leak('" + what + "')";
    try (Howdah howdah = leaky();
        Wire wire = unsuspected(howdah)) {
      wire.query("SELECT 1");
      String pid = wire.value("SELECT pg_backend_pid()");
      wire.query(sql);
      wire.query("SELECT 2");
      assertThat(wire.value("SELECT pg_backend_pid()")).isNotEqualTo(pid);
      Await.until(howdah.events()::leaks, leaks -> assertThat(leaks).hasSize(1));
      assertThat(howdah.events().leaks().getFirst())
          .startsWith(kind + ": ")
          .contains(named)
          .endsWith("SELECT leak(?)");
    }
  }

  private static Howdah leaky() {
    Servers.shared().prepare(LEAK.formatted("NULL"));
    return Howdah.of(PoolMode.TRANSACTION)
        .poolSize(1)
        .splitReads(false)
        .leakCheckRate(1)
        .start()
        .leaksAreMeant();
  }

  /** A client of a Howdah that believes the function to be harmless. */
  private static Wire unsuspected(Howdah howdah) throws IOException {
    Wire wire = howdah.wire();
    FunctionEffectsTest.awaitCatalog(wire, "SELECT leak('')");
    Servers.shared().prepare(LEAK.formatted("EXECUTE sql"));
    return wire;
  }

  @Test
  void isNamedInTheExtendedProtocol() throws IOException {
    try (Howdah howdah = leaky();
        Wire wire = unsuspected(howdah)) {
      wire.send(
          Send.parse("s", "SELECT leak($1)"),
          Send.bind("", "s", "SET work_mem = '9MB'"),
          Send.execute("", 0),
          Send.sync());
      wire.ready();
      Await.until(howdah.events()::leaks, leaks -> assertThat(leaks).hasSize(1));
      assertThat(howdah.events().leaks().getFirst()).endsWith("SELECT leak($1)");
    }
  }

  /** A parameter that nobody defined is in no catalog, but is asked for once its name is known. */
  @Test
  void aParameterOfTheApplication() throws IOException {
    try (Howdah howdah = leaky();
        Wire wire = unsuspected(howdah)) {
      wire.query("SET app.tenant = 'one'");
      wire.query("RESET app.tenant");
      wire.query("SELECT leak('SET app.tenant = ''two''')");
      Await.until(howdah.events()::leaks, leaks -> assertThat(leaks).hasSize(1));
      assertThat(howdah.events().leaks().getFirst())
          .contains("app.tenant has another value than it was given");
      assertThat(wire.value("SELECT coalesce(current_setting('app.tenant', true), '')")).isEmpty();
    }
  }

  @Test
  void whatHowdahKnowsOfIsNoLeak() throws IOException {
    try (Howdah howdah = leaky();
        Wire wire = unsuspected(howdah)) {
      String pid = wire.value("SELECT pg_backend_pid()");
      wire.query("SET work_mem = '9216'");
      wire.query("SET search_path = public, pg_catalog");
      wire.query("SET app.x = 'y'");
      wire.query("SET TIME ZONE 'europe/berlin'");
      wire.query("SET ROLE leaker");
      wire.query("SELECT leak('SET LOCAL work_mem = ''1MB''')");
      wire.send(Send.parse("s", "SELECT 1"), Send.sync());
      wire.ready();
      wire.query("CREATE TEMP TABLE mine (i int)");
      wire.query("DROP TABLE mine");
      assertThat(wire.value("SELECT pg_backend_pid()")).isEqualTo(pid);
      assertThat(howdah.events().leaks()).isEmpty();
    }
  }
}
