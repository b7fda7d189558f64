package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Cable;
import io.howdah.e2e.harness.Cable.Cut;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Writes that the server has done, whose answers never come: whatever ends the session, its client
 * is told that their outcome is unknown, and where nothing can have been done it is not.
 */
class InDoubtWritesTest {
  private static final String UNKNOWN = "08007";
  private static final String LOST = "08006";

  private Cable cable;
  private Howdah howdah;
  private Db superuser;

  @BeforeEach
  void start() throws IOException {
    Servers servers = Servers.shared();
    superuser = servers.superuser(servers.primary());
    superuser.run(
        "DROP TABLE IF EXISTS in_doubt",
        "CREATE TABLE in_doubt (i int)",
        "GRANT ALL ON in_doubt TO " + Servers.USER);
    cable = new Cable(servers.primary());
  }

  private void start(Consumer<HowdahSpec> more) {
    HowdahSpec spec =
        HowdahSpec.inFrontOf(List.of(cable.address()), Servers.shared().superuserPassword())
            .mode(PoolMode.TRANSACTION);
    more.accept(spec);
    howdah = spec.start();
  }

  @AfterEach
  void stop() throws IOException {
    cable.close();
    howdah.close();
    superuser.run("DROP TABLE in_doubt");
    superuser.close();
  }

  private void awaitRows(String count) {
    Await.until(
        () -> superuser.value("SELECT count(*) FROM in_doubt"),
        rows -> assertThat(rows).isEqualTo(count));
  }

  private static String lastWord(Wire wire) throws IOException {
    Message last = wire.toEnd().getLast();
    assertThat(last.type()).isEqualTo('E');
    assertThat(last.field('V')).isEqualTo("FATAL");
    return last.sqlstate();
  }

  /** In a transaction on the server. */
  private Wire begun() throws IOException {
    Wire wire = howdah.wire();
    wire.query("BEGIN");
    wire.query("INSERT INTO in_doubt VALUES (1)");
    return wire;
  }

  @ParameterizedTest
  @EnumSource
  void commitOfTheExtendedProtocolWithoutSync(Cut how) throws IOException {
    start(spec -> spec.probeTimeout(Duration.ofSeconds(1)));
    try (Wire wire = begun()) {
      cable.holdAnswers();
      wire.send(Send.parse("", "COMMIT"), Send.bind("", ""), Send.execute("", 0), Send.flush());
      awaitRows("1");
      cable.cut(how);
      assertThat(lastWord(wire)).isEqualTo(UNKNOWN);
    }
  }

  @ParameterizedTest
  @EnumSource
  void autocommitWrite(Cut how) throws IOException {
    start(spec -> spec.probeTimeout(Duration.ofSeconds(1)));
    try (Wire wire = howdah.wire()) {
      wire.query("SELECT 1");
      cable.holdAnswers();
      wire.send(Send.query("INSERT INTO in_doubt VALUES (1)"));
      awaitRows("1");
      cable.cut(how);
      assertThat(lastWord(wire)).isEqualTo(UNKNOWN);
    }
  }

  @Test
  void commitBehindAnotherStatementInOneString() throws IOException {
    start(spec -> {});
    try (Wire wire = begun()) {
      cable.holdAnswers();
      wire.send(Send.query("INSERT INTO in_doubt VALUES (2); COMMIT"));
      awaitRows("2");
      cable.cut(Cut.RST);
      assertThat(lastWord(wire)).isEqualTo(UNKNOWN);
    }
  }

  @Test
  void copyWhoseEndWasSent() throws IOException {
    start(spec -> {});
    try (Wire wire = howdah.wire()) {
      wire.send(Send.query("COPY in_doubt FROM STDIN"));
      wire.until('G');
      cable.holdAnswers();
      wire.send(Send.copyData("1\n"), Send.copyDone());
      awaitRows("1");
      cable.cut(Cut.RST);
      assertThat(lastWord(wire)).isEqualTo(UNKNOWN);
    }
  }

  @Test
  void copyWhoseEndWasNotSent() throws IOException {
    start(spec -> {});
    try (Wire wire = howdah.wire()) {
      wire.send(Send.query("COPY in_doubt FROM STDIN"));
      wire.until('G');
      wire.send(Send.copyData("1\n"));
      cable.cut(Cut.RST);
      assertThat(lastWord(wire)).isEqualTo(LOST);
      awaitRows("0");
    }
  }

  @Test
  void writeWithinATransaction() throws IOException {
    start(spec -> {});
    try (Wire wire = begun()) {
      cable.holdAnswers();
      wire.send(Send.query("INSERT INTO in_doubt VALUES (2)"));
      cable.cut(Cut.RST);
      assertThat(lastWord(wire)).isEqualTo(LOST);
      awaitRows("0");
    }
  }

  @Test
  void queryTimeout() throws IOException {
    start(spec -> spec.timeouts(t -> t.query = Duration.ofMillis(500)));
    try (Wire wire = begun()) {
      cable.holdAnswers();
      wire.send(Send.query("COMMIT"));
      assertThat(lastWord(wire)).isEqualTo(UNKNOWN);
      awaitRows("1");
    }
  }

  @Test
  void kill() throws IOException {
    start(spec -> {});
    try (Wire wire = begun()) {
      cable.holdAnswers();
      wire.send(Send.query("COMMIT"));
      awaitRows("1");
      try (Db console = howdah.console()) {
        console.run("KILL " + Servers.DATABASE);
      }
      assertThat(lastWord(wire)).isEqualTo(UNKNOWN);
    }
  }
}
