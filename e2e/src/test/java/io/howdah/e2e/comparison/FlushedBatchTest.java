package io.howdah.e2e.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that prepare, ask for the answers by Flush, and say only then what is to be run. */
class FlushedBatchTest {
  private static final String WHERE = "SELECT pg_is_in_recovery()";
  private static final byte[][] RUN = {Send.bind("", "p"), Send.execute("", 0), Send.sync()};
  private static Howdah howdah;

  @BeforeAll
  static void start() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS flushed CASCADE",
            "CREATE TABLE flushed (id int)",
            "CREATE OR REPLACE FUNCTION flushed_write() RETURNS bool LANGUAGE plpgsql AS"
                + " $$BEGIN INSERT INTO flushed VALUES (1); RETURN pg_is_in_recovery(); END$$",
            "CREATE OR REPLACE VIEW flushed_view AS SELECT flushed_write() AS f",
            "GRANT ALL ON flushed, flushed_view TO PUBLIC");
    howdah = Howdah.of(PoolMode.TRANSACTION).causalWait(Duration.ofMinutes(1)).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  private static byte[][] prepare(String name, String sql) {
    return new byte[][] {Send.parse(name, sql), Send.describeStatement(name), Send.flush()};
  }

  private static List<String> rows(List<Message> replies) {
    assertThat(replies).noneMatch(each -> each.type() == 'E');
    return replies.stream()
        .filter(each -> each.type() == 'D')
        .map(each -> each.row().getFirst())
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "p"})
  void aReadGoesToAReplica(String name) throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(prepare(name, WHERE));
      wire.until('T');
      wire.send(Send.bind("", name), Send.execute("", 0), Send.sync());
      assertThat(rows(wire.ready())).containsExactly("t");
      assertThat(wire.value(WHERE)).isEqualTo("t");
    }
  }

  @Test
  void whatIsRunThenMayWrite() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(prepare("p", WHERE));
      wire.until('T');
      wire.send(
          Send.parse("", "INSERT INTO flushed VALUES (2) RETURNING pg_is_in_recovery()"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.bind("", "p"),
          Send.execute("", 0),
          Send.sync());
      assertThat(rows(wire.ready())).containsExactly("f", "f");
    }
  }

  @Test
  void whatIsRunThenMayWriteInSpiteOfItsText() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(prepare("p", "SELECT f FROM flushed_view"));
      wire.until('T');
      wire.send(RUN);
      assertThat(rows(wire.ready())).containsExactly("f");
    }
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
        new Scenario(
            "run at once",
            with -> {
              with.send(prepare("p", "SELECT 1 AS one"));
              with.ask(RUN);
              with.ask(RUN);
            }),
        new Scenario(
            "an error",
            with -> {
              with.send(prepare("p", "SELECT nothing"));
              with.until('E');
              with.ask(RUN);
              with.query("SELECT 1");
            }),
        new Scenario(
            "an error, unawaited",
            with -> {
              with.send(prepare("p", "SELECT nothing"));
              with.ask(RUN);
              with.query("SELECT 1");
            }),
        new Scenario(
            "nothing is run",
            with -> {
              with.send(prepare("p", "SELECT 1"));
              with.until('T');
              with.ask(Send.flush(), Send.sync());
              with.ask(RUN);
            }),
        new Scenario(
            "several are prepared",
            with -> {
              with.send(prepare("p", "SELECT 1"));
              with.until('T');
              with.send(prepare("q", "SELECT $1::int"));
              with.until('T');
              with.send(Send.closeStatement("q"), Send.flush());
              with.until('3');
              with.ask(RUN);
              with.query("SELECT 2");
            }),
        new Scenario(
            "a Flush after each message",
            with -> {
              with.send(prepare("p", "SELECT 1"));
              with.until('T');
              with.send(Send.bind("", "p"), Send.flush());
              with.until('2');
              with.send(Send.execute("", 0), Send.flush());
              with.until('C');
              with.ask(Send.sync());
            }),
        new Scenario(
            "a simple query follows",
            with -> {
              with.send(prepare("p", "SELECT 1"));
              with.until('T');
              with.query("SELECT 2");
              with.ask(RUN);
            }));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void sameBytes(Scenario scenario) throws IOException {
    List<String> direct;
    try (Wire wire = Wire.login(Servers.shared().primary(), Map.of())) {
      direct = scenario.play(wire);
    }
    try (Wire wire = howdah.wire()) {
      assertThat(scenario.play(wire)).isEqualTo(direct);
    }
  }
}
