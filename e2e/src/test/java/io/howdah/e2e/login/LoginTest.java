package io.howdah.e2e.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.howdah.config.AuthType;
import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.AuthMethod;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who comes in, how, and what those hear who do not. */
class LoginTest {
  private static final String PASSWORD = "a \"quoted\" pässword";

  @BeforeAll
  static void createRoles() {
    for (AuthMethod method : AuthMethod.values()) {
      Servers.shared().createRole(role(method), PASSWORD, method);
    }
  }

  private static String role(AuthMethod method) {
    return "login_" + method.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static Wire login(HostPort at, String user, String password, String database)
      throws IOException {
    Wire wire = Wire.open(at);
    wire.login(Map.of("user", user, "database", database), password);
    return wire;
  }

  private static Message refusal(HostPort at, String user, String password, String database) {
    Wire.Refused refused =
        catchThrowableOfType(Wire.Refused.class, () -> login(at, user, password, database).close());
    assertThat(refused).as("refused").isNotNull();
    return refused.error();
  }

  /** The client always proves itself to Howdah by SCRAM; the server asks as it likes. */
  @ParameterizedTest
  @EnumSource
  void everyMethodOfTheServer(AuthMethod method) throws IOException {
    String role = role(method);
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).user(role, PASSWORD).start();
        Wire wire = login(howdah.address(), role, PASSWORD, Servers.DATABASE)) {
      assertThat(wire.value("SELECT session_user, txid_current()")).isEqualTo(role);
      assertThat(wire.value("SELECT current_user")).isEqualTo(role);
    }
  }

  /** The users file knows only the verifier: the client's own proof opens the server's door. */
  @Test
  void aVerifierIsEnough() throws IOException {
    String role = role(AuthMethod.SCRAM_SHA_256);
    String verifier;
    try (Db db = Servers.shared().superuser(Servers.shared().primary())) {
      verifier = db.value("SELECT rolpassword FROM pg_authid WHERE rolname = '" + role + "'");
    }
    assertThat(verifier).startsWith("SCRAM-SHA-256$");
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).user(role, verifier).start();
        Wire wire = login(howdah.address(), role, PASSWORD, Servers.DATABASE)) {
      assertThat(wire.value("SELECT session_user")).isEqualTo(role);
      assertThat(refusal(howdah.address(), role, "wrong", Servers.DATABASE).sqlstate())
          .isEqualTo("28P01");
    }
  }

  @Test
  void trust() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).auth(AuthType.TRUST).start();
        Wire wire = login(howdah.address(), Servers.USER, "whatever", Servers.DATABASE)) {
      assertThat(wire.value("SELECT session_user")).isEqualTo(Servers.USER);
    }
  }

  @Test
  void aWrongPasswordHearsWhatPostgresSays() {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start()) {
      for (String user : List.of(Servers.USER, "nobody_knows")) {
        Message through = refusal(howdah.address(), user, "wrong", Servers.DATABASE);
        Message direct = refusal(Target.DIRECT.address(howdah), user, "wrong", Servers.DATABASE);
        for (char field : new char[] {'S', 'V', 'C', 'M', 'D', 'H'}) {
          assertThat(through.field(field)).as("field " + field).isEqualTo(direct.field(field));
        }
      }
    }
  }

  @Test
  void anUnknownDatabase() {
    try (Howdah any = Howdah.of(PoolMode.TRANSACTION).start();
        Howdah one = Howdah.of(PoolMode.TRANSACTION).onlyDatabase(Servers.DATABASE).start()) {
      Message direct =
          refusal(Target.DIRECT.address(any), Servers.USER, Servers.PASSWORD, "nowhere");
      assertThat(direct.sqlstate()).isEqualTo("3D000");
      for (Howdah each : List.of(any, one)) {
        Message through = refusal(each.address(), Servers.USER, Servers.PASSWORD, "nowhere");
        assertThat(through.sqlstate()).isEqualTo("3D000");
        assertThat(through.field('V')).isEqualTo("FATAL");
        assertThat(through.field('M')).isEqualTo(direct.field('M'));
      }
    }
  }

  @Test
  void anInvalidStartUpParameter() {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start()) {
      for (Map.Entry<String, String> bad :
          Map.of("work_mem", "lots", "no_such_setting", "1", "client_encoding", "KLINGON")
              .entrySet()) {
        List<Message> errors = new ArrayList<>();
        for (Target target : Target.values()) {
          Wire.Refused refused =
              catchThrowableOfType(
                  Wire.Refused.class,
                  () ->
                      Wire.login(target.address(howdah), Map.of(bad.getKey(), bad.getValue()))
                          .close());
          assertThat(refused).as(target + " with " + bad).isNotNull();
          errors.add(refused.error());
        }
        assertThat(errors.get(1).sqlstate()).isEqualTo(errors.get(0).sqlstate());
        assertThat(errors.get(1).field('M')).isEqualTo(errors.get(0).field('M'));
        assertThat(errors.get(1).field('V')).isEqualTo("FATAL");
      }
    }
  }

  @Test
  void tooManyClients() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).maxClients(3).start()) {
      List<Wire> in = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        in.add(howdah.wire());
      }
      Message refusal = refusal(howdah.address(), Servers.USER, Servers.PASSWORD, Servers.DATABASE);
      assertThat(refusal.sqlstate()).isEqualTo("53300");
      assertThat(refusal.field('D')).contains("clients.max-connections");
      for (Wire each : in) {
        assertThat(each.value("SELECT 'fine'")).isEqualTo("fine");
        each.close();
      }
      // Their places are free again.
      io.howdah.e2e.harness.Await.until(
          () -> answers(howdah), fine -> assertThat(fine).isEqualTo("fine"));
    }
  }

  private static String answers(Howdah howdah) {
    try (Wire wire = howdah.wire()) {
      return wire.value("SELECT 'fine'");
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  @Test
  void tooManyClientsOfOneUser() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).maxClientsPerUser(1).start();
        Wire in = howdah.wire()) {
      assertThat(
              refusal(howdah.address(), Servers.USER, Servers.PASSWORD, Servers.DATABASE)
                  .sqlstate())
          .isEqualTo("53300");
      assertThat(in.value("SELECT 'fine'")).isEqualTo("fine");
      String password = Servers.shared().superuserPassword();
      login(howdah.address(), Servers.SUPERUSER, password, Servers.DATABASE).close();
    }
  }

  /** The server does not know what the users file says. */
  @Test
  void aPasswordThatOnlyHowdahBelieves() {
    String role = role(AuthMethod.SCRAM_SHA_256);
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).user(role, "not the server's").start()) {
      Message error = refusal(howdah.address(), role, "not the server's", Servers.DATABASE);
      assertThat(error.field('V')).isEqualTo("FATAL");
      assertThat(error.field('M')).contains("password authentication failed");
    }
  }

  @Test
  void statementModeRefusesTransactions() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.STATEMENT).start();
        Wire other = howdah.wire()) {
      for (String begin : List.of("BEGIN", "START TRANSACTION", "BEGIN; SELECT 1")) {
        try (Wire wire = howdah.wire()) {
          assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
          wire.send(Send.query(begin));
          List<Message> replies = wire.toEnd();
          assertThat(replies.getLast().type()).isEqualTo('E');
          assertThat(replies.getLast().field('M')).contains("statement pooling mode");
        }
        assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
      }
    }
  }

  /** In session mode a client keeps one server session from its first request to its end. */
  @Test
  void sessionModeKeepsTheConnection() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.SESSION).poolSize(2).start();
        Wire one = howdah.wire();
        Wire two = howdah.wire()) {
      String pid = one.value("SELECT pg_backend_pid()");
      one.query("CREATE TEMP TABLE mine AS SELECT 'one' AS who");
      assertThat(two.value("SELECT pg_backend_pid()")).isNotEqualTo(pid);
      for (int i = 0; i < 3; i++) {
        assertThat(one.value("SELECT pg_backend_pid()")).isEqualTo(pid);
        assertThat(one.value("SELECT who FROM mine")).isEqualTo("one");
      }
      one.send(Send.terminate());
      one.toEnd();
      try (Wire three = howdah.wire()) {
        assertThat(three.value("SELECT to_regclass('mine') IS NULL")).isEqualTo("t");
      }
    }
  }
}
