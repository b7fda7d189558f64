package io.howdah.e2e.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.config.TimeoutConfig;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** With {@code routing.lazy-begin} a transaction gets its server with its first statement. */
class LazyBeginTest {
  private static final String WHERE = "SELECT pg_is_in_recovery()";
  private static Howdah howdah;

  @BeforeAll
  static void start() {
    Servers.shared().prepare(Scenario.TABLES);
    howdah =
        Howdah.of(PoolMode.TRANSACTION)
            .lazyBegin(true)
            .poolSize(1)
            .causalWait(Duration.ofMinutes(1))
            .start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  private static Scenario queries(String... texts) {
    return new Scenario(
        String.join("; ", texts),
        with -> {
          for (String each : texts) {
            with.query(each);
          }
        });
  }

  private static Scenario messages(String name, byte[]... messages) {
    return new Scenario(
        name,
        with -> {
          with.query("BEGIN");
          with.ask(messages);
          with.query("SELECT 1");
          with.query("COMMIT");
        });
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
        queries("BEGIN", "COMMIT", "SELECT 1"),
        queries("begin work;", "end", "START TRANSACTION", "abort", "BEGIN", "ROLLBACK WORK"),
        queries("BEGIN", "COMMIT AND NO CHAIN", "COMMIT"),
        queries("BEGIN", "COMMIT AND CHAIN", "SELECT 1", "COMMIT"),
        queries("BEGIN", " COMMIT", "BEGIN", "/* no */ ROLLBACK", "ROLLBACK"),
        queries("BEGIN", "BEGIN", "SELECT 1", "COMMIT"),
        queries("BEGIN", "", "COMMIT"),
        queries("BEGIN", "SELECT 1/0", "SELECT 1", "COMMIT", "SELECT 1"),
        queries("BEGIN", "INSERT INTO copied VALUES (1)", "ROLLBACK", "SELECT * FROM copied"),
        queries("BEGIN", "SAVEPOINT a", "SELECT 1/0", "ROLLBACK TO a", "SELECT 1", "COMMIT"),
        queries("BEGIN", "ROLLBACK TO a", "COMMIT"),
        queries("BEGIN", "SET LOCAL work_mem = '1MB'", "SHOW work_mem", "COMMIT", "SHOW work_mem"),
        queries("BEGIN", "SET work_mem = '1MB'", "COMMIT", "SHOW work_mem"),
        queries(
            "BEGIN",
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            "SHOW transaction_isolation",
            "COMMIT"),
        queries(
            "BEGIN",
            "SET TRANSACTION READ ONLY",
            "SHOW transaction_read_only",
            "INSERT INTO copied VALUES (1)",
            "COMMIT"),
        queries(
            "BEGIN READ ONLY",
            "SET TRANSACTION READ WRITE",
            "INSERT INTO copied VALUES (1)",
            "ROLLBACK"),
        queries(
            "SET default_transaction_read_only = on",
            "BEGIN",
            "SET TRANSACTION READ WRITE",
            "INSERT INTO copied VALUES (1)",
            "ROLLBACK"),
        queries("BEGIN", "BEGIN; SELECT 1; COMMIT", "SELECT 1"),
        queries("BEGIN", "SELECT 1; COMMIT; SELECT 2", "SELECT 3"),
        queries("BEGIN", "PREPARE p AS SELECT 1", "EXECUTE p", "DEALLOCATE p", "COMMIT"),
        queries("BEGIN", "DECLARE c CURSOR FOR SELECT 1", "FETCH c", "CLOSE c", "COMMIT"),
        queries("BEGIN", "COPY (SELECT 1) TO STDOUT", "COMMIT"),
        queries("BEGIN", "nonsense", "COMMIT"),
        messages("a Sync", Send.sync()),
        messages("a Flush, a Sync", Send.flush(), Send.sync()),
        messages(
            "a batch",
            Send.parse("", "SELECT 1"),
            Send.bind("", ""),
            Send.describePortal(""),
            Send.execute("", 0),
            Send.sync()),
        messages("no such statement", Send.bind("", "nowhere"), Send.execute("", 0), Send.sync()),
        messages(
            "COMMIT in a batch",
            Send.parse("", "COMMIT"),
            Send.bind("", ""),
            Send.execute("", 0),
            Send.sync()),
        new Scenario(
            "the unnamed statement is gone",
            with -> {
              with.ask(Send.parse("", "SELECT 1"), Send.sync());
              with.query("BEGIN");
              with.query("COMMIT");
              with.ask(Send.bind("", ""), Send.execute("", 0), Send.sync());
            }),
        new Scenario(
            "one burst",
            with -> {
              with.send(
                  Send.query("BEGIN"),
                  Send.query("SELECT 1"),
                  Send.query("COMMIT"),
                  Send.query("BEGIN"),
                  Send.query("COMMIT"),
                  Send.query("SELECT 2"));
              for (int i = 0; i < 6; i++) {
                with.until('Z');
              }
            }));
  }

  /** What is compared without the switch is the same with it. */
  static Stream<Scenario> others() {
    return Stream.of(
            SimpleScenarios.queries(),
            SimpleScenarios.copies(),
            ExtendedScenarios.statements(),
            ExtendedScenarios.names(),
            PortalScenarios.portals(),
            CopyScenarios.copies(),
            HalfwayScenarios.portals(),
            HalfwayScenarios.errors())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource({"scenarios", "others"})
  void sameBytes(Scenario scenario) throws IOException {
    List<String> direct;
    try (Wire wire = Wire.login(Servers.shared().primary(), Map.of())) {
      direct = scenario.play(wire);
    }
    try (Wire wire = howdah.wire()) {
      assertThat(scenario.play(wire)).isEqualTo(direct);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t | BEGIN | SET TRANSACTION READ ONLY",
        "t | BEGIN ISOLATION LEVEL REPEATABLE READ | SET LOCAL transaction_read_only = on",
        "t | BEGIN READ ONLY | SAVEPOINT a",
        "f | BEGIN | SAVEPOINT a",
        "f | BEGIN READ ONLY | SET TRANSACTION READ WRITE",
        "f | BEGIN | /* howdah: primary */ SET TRANSACTION READ ONLY",
      })
  void theFirstStatementDecides(String where, String begin, String first) throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query(begin);
      wire.query(first);
      assertThat(wire.value(WHERE)).isEqualTo(where);
      wire.query("COMMIT");
      assertThat(wire.value(WHERE)).isEqualTo("t");
    }
  }

  /** The pool has one connection: nobody waits for somebody who has only begun. */
  @Test
  void holdsNoConnectionUntilThen() throws IOException {
    try (Wire begun = howdah.wire();
        Wire other = howdah.wire()) {
      begun.query("BEGIN");
      assertThat(other.query("INSERT INTO copied VALUES (9)").getFirst().type()).isEqualTo('C');
      other.query("BEGIN");
      other.query("DELETE FROM copied");
      begun.send(Send.query("SELECT count(*) FROM copied"));
      other.query("COMMIT");
      assertThat(begun.ready()).anyMatch(each -> each.type() == 'D');
      begun.query("COMMIT");
    }
  }

  /** The client was told that it has begun: only an end of the session says that it has not. */
  @Test
  void withoutAConnectionInTimeTheSessionEnds() throws IOException {
    try (Wire begun = howdah.wire();
        Wire other = howdah.wire()) {
      other.query("BEGIN");
      other.query("SELECT 1");
      begun.query("BEGIN");
      howdah.timeouts(t -> t.queryWait = Duration.ofMillis(300));
      begun.send(Send.query("SELECT 1"));
      Message error = begun.toEnd().getLast();
      assertThat(error.field('S')).isEqualTo("FATAL");
      other.query("COMMIT");
    } finally {
      howdah.timeouts(t -> t.queryWait = TimeoutConfig.DEFAULT.queryWait());
    }
  }

  @Test
  void idleInTransaction() throws IOException {
    try (Howdah hasty =
            Howdah.of(PoolMode.TRANSACTION)
                .lazyBegin(true)
                .timeouts(t -> t.idleInTransaction = Duration.ofMillis(300))
                .start();
        Wire wire = hasty.wire()) {
      wire.query("BEGIN");
      assertThat(wire.toEnd().getLast().sqlstate()).isEqualTo("25P03");
    }
  }

  /** A server connection that a vanished client has begun on is rolled back. */
  @Test
  void theClientVanishes() throws IOException {
    for (int i = 0; i < 5; i++) {
      try (Wire wire = howdah.wire()) {
        wire.query("BEGIN");
        wire.send(Send.query("SELECT 1"));
        wire.vanish();
      }
    }
    try (Wire wire = howdah.wire()) {
      assertThat(wire.query("COMMIT")).extracting(Message::type).containsExactly('N', 'C', 'Z');
    }
  }
}
