package io.howdah.e2e.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may not have more of is refused, with the SQLSTATE for that, and nothing else. */
class LimitsTest {
  private static final String LONG = "x".repeat(20_000);
  private static final long MOST = 100_000;

  private static byte[][] prepare(String name) {
    return new byte[][] {Send.parse(name, "SELECT '" + name + LONG + "'"), Send.sync()};
  }

  private static Message errorOf(List<Message> replies) {
    return replies.stream().filter(each -> each.type() == 'E').findFirst().orElse(null);
  }

  /** Prepares until it is refused; how many there are then. */
  private static int fill(Wire wire, String key) throws IOException {
    for (int n = 0; n < 20; n++) {
      wire.send(prepare("s" + n));
      Message error = errorOf(wire.ready());
      if (error != null) {
        assertThat(error.sqlstate()).isEqualTo("54000");
        assertThat(error.field('V')).isEqualTo("ERROR");
        assertThat(error.field('D')).contains(key);
        assertThat(error.field('H')).contains("Close");
        return n;
      }
    }
    throw new AssertionError("no limit");
  }

  @Test
  void statementsOfOneClient() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).maxPreparedStatements(3).start();
        Wire wire = howdah.wire();
        Wire other = howdah.wire()) {
      assertThat(fill(wire, "clients.max-prepared-statements")).isEqualTo(3);
      // SQL's have the same names, and count alike.
      assertThat(errorOf(wire.query("PREPARE more AS SELECT 1")).sqlstate()).isEqualTo("54000");
      wire.query("DEALLOCATE s1");
      assertThat(errorOf(wire.query("PREPARE more AS SELECT 1"))).isNull();
      assertThat(fill(other, "clients.max-prepared-statements")).isEqualTo(3);
    }
  }

  @Test
  void clientsOfOneDatabase() throws IOException {
    Map<String, String> elsewhere = Map.of("user", Servers.SUPERUSER, "database", "postgres");
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).maxClientsPerDatabase(1).start()) {
      try (Wire wire = howdah.wire();
          Wire other = Wire.open(howdah.address())) {
        assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
        Message error =
            catchThrowableOfType(Wire.Refused.class, () -> howdah.wire().close()).error();
        assertThat(error.sqlstate()).isEqualTo("53300");
        assertThat(error.field('V')).isEqualTo("FATAL");
        assertThat(error.toString()).contains("clients.max-connections-per-database");
        other.login(elsewhere, Servers.shared().superuserPassword());
        assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
      }
    }
  }

  /** Whoever can connect can name any user; only who proves it takes one of the user's places. */
  @Test
  void whoHasNotLoggedInTakesNobodysPlace() throws IOException {
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION)
                .maxClientsPerUser(1)
                .maxClientsPerDatabase(1)
                .maxClients(1)
                .start();
        Wire stranger = Wire.open(howdah.address());
        Wire another = Wire.open(howdah.address())) {
      for (Wire each : List.of(stranger, another)) {
        each.send(Send.startup(Map.of("user", "app", "database", "app")));
        each.until('R');
      }
      try (Wire wire = howdah.wire()) {
        assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
        Message error =
            catchThrowableOfType(Wire.Refused.class, () -> howdah.wire().close()).error();
        assertThat(error.sqlstate()).isEqualTo("53300");
      }
    }
  }

  @Test
  void connectionsThatHaveNotLoggedIn() throws IOException {
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION).clients(c -> c.maxUnauthenticated = 2).start();
        Wire in = howdah.wire()) {
      List<Wire> strangers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        strangers.add(Wire.open(howdah.address()));
      }
      // The oldest have gone, but for one of each loop, and the newest can log in.
      Await.until(
          howdah.events()::errors,
          errors ->
              assertThat(errors).filteredOn(e -> e.startsWith("53300 ")).hasSizeBetween(3, 4));
      Message last = strangers.getFirst().toEnd().getLast();
      assertThat(last.sqlstate()).isEqualTo("53300");
      assertThat(last.toString()).contains("clients.max-unauthenticated");
      assertThat(in.value("SELECT 'fine'")).isEqualTo("fine");
      howdah.wire().close();
      for (Wire each : strangers) {
        each.close();
      }
    }
  }

  @Test
  void bytesOfOneClient() throws IOException {
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION).maxPreparedBytes(MOST, 100 * MOST).start();
        Wire wire = howdah.wire();
        Wire other = howdah.wire()) {
      int most = fill(wire, "clients.max-prepared-bytes");
      assertThat(most).isBetween(2, 5);
      // It goes on with those it has, and may have another once one is closed.
      wire.send(Send.bind("", "s0"), Send.execute("", 0), Send.sync());
      assertThat(wire.ready()).extracting(Message::type).contains('D');
      wire.send(prepare("again"));
      assertThat(errorOf(wire.ready())).isNotNull();
      wire.send(Send.closeStatement("s0"), Send.sync());
      wire.ready();
      wire.send(prepare("again"));
      assertThat(errorOf(wire.ready())).isNull();
      // The next client has a limit of its own.
      assertThat(fill(other, "clients.max-prepared-bytes")).isEqualTo(most);
    }
  }

  @Test
  void bytesOfAllClients() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).maxPreparedBytes(0, MOST).start();
        Wire other = howdah.wire()) {
      try (Wire wire = howdah.wire()) {
        int most = fill(wire, "clients.max-total-prepared-bytes");
        assertThat(most).isBetween(2, 5);
        other.send(prepare("another"));
        assertThat(errorOf(other.ready()).field('D')).contains("clients.max-total-prepared-bytes");
      }
      // What was prepared goes with its session.
      Await.until(
          () -> {
            try {
              other.send(prepare("another"));
              return errorOf(other.ready()) == null;
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          },
          done -> assertThat(done).isTrue());
    }
  }

  /**
   * Statements of one pipeline: {@code ok}, one that the server refuses ({@code bad}), and one that
   * Howdah refuses for its size ({@code long}). The first error is told, whoever finds it, and
   * nothing behind it.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ok ok         | 1 1 Z       |
          long          | E Z         | 54000
          bad long      | E Z         | 42601
          long bad      | E Z         | 54000
          ok bad long   | 1 E Z       | 42601
          ok long bad   | 1 E Z       | 54000
          ok long ok    | 1 E Z       | 54000
          run long ok   | 1 2 D C E Z | 54000
          fail long     | 1 E Z       | 22012
          long fail     | E Z         | 54000
          long long     | E Z         | 54000
          """)
  void theFirstErrorOfAPipeline(String statements, String expected, String sqlstate)
      throws IOException {
    try (Howdah howdah =
            Howdah.of(PoolMode.TRANSACTION).splitReads(false).maxPreparedBytes(10_000, 0).start();
        Wire wire = howdah.wire()) {
      List<byte[]> pipeline = new ArrayList<>();
      int n = 0;
      for (String each : statements.split(" ")) {
        String name = "s" + n++;
        switch (each) {
          case "ok" -> pipeline.add(Send.parse(name, "SELECT 1"));
          case "bad" -> pipeline.add(Send.parse(name, "SELEC 1"));
          case "long" -> pipeline.add(Send.parse(name, "SELECT '" + LONG + "'"));
          default -> {
            pipeline.add(Send.parse("", "SELECT 1/" + (each.equals("run") ? 1 : 0)));
            pipeline.add(Send.bind("", ""));
            pipeline.add(Send.execute("", 0));
          }
        }
      }
      pipeline.add(Send.sync());
      for (int i = 0; i < 2; i++) {
        wire.send(pipeline.toArray(byte[][]::new));
        List<Message> replies = wire.ready();
        assertThat(
                String.join(
                    " ", replies.stream().map(each -> String.valueOf(each.type())).toList()))
            .isEqualTo(expected);
        if (sqlstate != null) {
          assertThat(errorOf(replies).sqlstate()).isEqualTo(sqlstate);
        }
        assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
        wire.query("DEALLOCATE ALL");
      }
    }
  }

  /** What can only be set when PostgreSQL starts is refused as by PostgreSQL. */
  @ParameterizedTest
  @ValueSource(strings = {"shared_buffers=1GB", "max_connections=5"})
  void parametersOfTheServersStart(String parameter) throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start()) {
      List<String> said = new ArrayList<>();
      for (Target target : Target.values()) {
        Wire.Refused refused =
            catchThrowableOfType(
                Wire.Refused.class,
                () -> Wire.login(target.address(howdah), Map.of("options", "-c " + parameter)));
        Message error = refused.error();
        said.add(error.field('V') + " " + error.sqlstate() + " " + error.field('M'));
      }
      assertThat(said.getFirst()).startsWith("FATAL 55P02");
      assertThat(said.getLast()).isEqualTo(said.getFirst());
    }
  }

  /** What PostgreSQL takes only at the start of a session is taken there, and nowhere else. */
  @ParameterizedTest
  @EnumSource(Target.class)
  void parametersOfASessionsStart(Target target) throws IOException {
    Map<String, String> parameters = Map.of("options", "-c ignore_system_indexes=on");
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start();
        Wire wire = Wire.login(target.address(howdah), parameters);
        Wire other = Wire.login(target.address(howdah), Map.of())) {
      assertThat(wire.value("SHOW ignore_system_indexes")).isEqualTo("on");
      assertThat(errorOf(wire.query("SET ignore_system_indexes = off")).sqlstate())
          .isEqualTo("55P02");
      assertThat(other.value("SHOW ignore_system_indexes")).isEqualTo("off");
    }
  }
}
