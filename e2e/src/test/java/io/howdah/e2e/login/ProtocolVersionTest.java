package io.howdah.e2e.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.howdah.config.PoolMode;
import io.howdah.e2e.cancel.CancelledByDriver;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients of every version that there is, was or may come: as with PostgreSQL 18 itself. */
class ProtocolVersionTest {
  private static Howdah howdah;

  @BeforeAll
  static void start() {
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  private static Wire login(Target target, int version, String... more) throws IOException {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("user", Servers.USER);
    parameters.put("database", Servers.DATABASE);
    for (int i = 0; i < more.length; i += 2) {
      parameters.put(more[i], more[i + 1]);
    }
    Wire wire = Wire.open(target.address(howdah));
    wire.login(version, parameters, Servers.PASSWORD);
    return wire;
  }

  /** What is negotiated, the parameters that are told, the length of the key. */
  @ParameterizedTest
  @CsvSource({"0,", "1,", "2,", "3,", "9999,", "0, _pq_.a", "1, _pq_.a", "2, _pq_.a", "7, _pq_.a"})
  void theSameGreeting(int minor, String option) throws IOException {
    String[] more = option == null ? new String[0] : new String[] {option, "1"};
    assertThat(greeting(Target.HOWDAH, minor, more))
        .isEqualTo(greeting(Target.DIRECT, minor, more));
  }

  private static List<String> greeting(Target target, int minor, String... more)
      throws IOException {
    try (Wire wire = login(target, 3 << 16 | minor, more)) {
      return wire.greeting().stream()
          .map(each -> each.type() == 'K' ? "K of " + each.body().length : each.toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4 << 16, 5 << 16 | 3, 0, -1, 1234 << 16 | 9})
  void theSameRefusal(int version) {
    Message direct = refusal(Target.DIRECT, version);
    Message through = refusal(Target.HOWDAH, version);
    for (char field : new char[] {'S', 'V', 'C', 'M', 'D', 'H'}) {
      assertThat(through.field(field)).as("field " + field).isEqualTo(direct.field(field));
    }
  }

  /** In the words and the format of their own time. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 16, 2 << 16, 5})
  void theSameRefusalOfTheOldest(int version) throws IOException {
    List<byte[]> heard = new ArrayList<>();
    for (Target target : Target.values()) {
      try (Wire wire = Wire.open(target.address(howdah))) {
        wire.send(Send.startup(version, Map.of("user", Servers.USER)));
        heard.add(wire.rest());
      }
    }
    assertThat(heard.get(1)).isEqualTo(heard.get(0));
  }

  private static Message refusal(Target target, int version, String... more) {
    Wire.Refused refused =
        catchThrowableOfType(Wire.Refused.class, () -> login(target, version, more).close());
    assertThat(refused).as("refused").isNotNull();
    return refused.error();
  }

  /** What PostgreSQL says of switches that it can't read, and of parameters that it can't set. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "-c",
        "-c a",
        "--a",
        "-z",
        "-fx",
        "-f x",
        "-c no_such=1",
        "-c work_mem=lots",
        "-c shared_buffers=1",
        "-B 5",
        "-S x",
        "-d 5"
      })
  void theSameRefusalOfOptions(String options) {
    Message direct = refusal(Target.DIRECT, 3 << 16, "options", options);
    Message through = refusal(Target.HOWDAH, 3 << 16, "options", options);
    for (char field : new char[] {'V', 'C', 'M'}) {
      assertThat(through.field(field)).as("field " + field).isEqualTo(direct.field(field));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-e", "-S 64", "-fs -fh", "-c work_mem=5MB --datestyle=German", "-- ", ""})
  void optionsThatAreTaken(String options) throws IOException {
    String asked =
        "SELECT current_setting('work_mem') || current_setting('datestyle')"
            + " || current_setting('enable_seqscan') || current_setting('enable_hashjoin')";
    try (Wire direct = login(Target.DIRECT, 3 << 16, "options", options);
        Wire through = login(Target.HOWDAH, 3 << 16, "options", options)) {
      assertThat(through.value(asked)).isEqualTo(direct.value(asked));
    }
  }

  /** A key of 4 or of 32 bytes; Howdah's own connection to the server has a long one. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5})
  void everyKeyCancels(int minor) throws IOException {
    try (Wire wire = login(Target.HOWDAH, 3 << 16 | minor)) {
      assertThat(wire.key().body()).hasSize(minor < 2 ? 8 : 36);
      String mark = "cancel of 3." + minor;
      wire.send(Send.query("SELECT pg_sleep(600), txid_current() /* " + mark + " */"));
      ServerSessions.awaitRunning(mark);
      byte[] cut = java.util.Arrays.copyOf(wire.key().body(), wire.key().body().length - 1);
      try (Wire wrong = Wire.open(howdah.address())) {
        wrong.send(Send.cancel(new Message('K', cut)));
        assertThat(wrong.toEnd()).isEmpty();
      }
      wire.cancel(howdah.address());
      List<Message> replies = wire.ready();
      assertThat(replies.get(replies.size() - 2).sqlstate()).isEqualTo("57014");
      assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
    }
  }

  /** The search_path, which servers report from PostgreSQL 18 on, is the session's own. */
  @Test
  void theSearchPathIsReported() throws IOException {
    try (Wire one = login(Target.HOWDAH, 3 << 16 | 2, "options", "-c search_path=one");
        Wire two = login(Target.HOWDAH, 3 << 16 | 2)) {
      assertThat(reported(one.greeting())).contains("search_path=one");
      assertThat(reported(two.greeting())).contains("search_path=\"$user\", public");
      assertThat(reported(two.query("SET search_path = two"))).containsExactly("search_path=two");
      assertThat(reported(one.query("SELECT 1, txid_current()"))).isEmpty();
      assertThat(one.value("SHOW search_path")).isEqualTo("one");
      assertThat(two.value("SHOW search_path")).isEqualTo("two");
    }
  }

  private static List<String> reported(List<Message> messages) {
    return messages.stream()
        .filter(each -> each.type() == 'S')
        .map(each -> new String(each.body(), java.nio.charset.StandardCharsets.UTF_8))
        .map(text -> text.substring(0, text.length() - 1).replace('\0', '='))
        .toList();
  }

  @Test
  void pgjdbcSpeaks32() throws SQLException {
    Properties newest = new Properties();
    newest.setProperty("protocolVersion", "3.2");
    try (Connection connection = howdah.jdbc(newest)) {
      CancelledByDriver.check(
          connection,
          "SELECT pg_sleep(600), txid_current() /* by pgjdbc, 3.2 */",
          "by pgjdbc, 3.2");
    }
  }
}
