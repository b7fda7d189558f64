package io.howdah.e2e.routing;

import static io.howdah.e2e.routing.ReadOnlyPortTest.howdah;
import static io.howdah.e2e.routing.ReadOnlyPortTest.readOnly;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What drivers are told by the read-only port of what they have connected to. */
class ReadOnlyPortDriversTest {
  private static final String ON_REPLICA = "SELECT pg_is_in_recovery()";

  @Test
  void theParametersToldAreAStandbys() throws IOException {
    HostPort standby = Servers.shared().replicas().getFirst();
    try (Howdah howdah = howdah(PoolMode.TRANSACTION);
        Wire direct = Wire.login(standby, Map.of())) {
      // In either order, and from memory.
      for (int i = 0; i < 2; i++) {
        try (Wire ordinary = howdah.wire();
            Wire wire = readOnly(howdah)) {
          assertThat(parameters(wire)).isEqualTo(parameters(direct));
          assertThat(parameters(wire)).containsEntry("in_hot_standby", "on");
          assertThat(parameters(ordinary)).containsEntry("in_hot_standby", "off");
        }
      }
    }
  }

  /** What drivers ask whose {@code target_session_attrs} looks at no parameters, or at some. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "select pg_is_in_recovery()",
        "SELECT pg_catalog.pg_is_in_recovery()",
        "show transaction_read_only",
        "SHOW transaction_read_only"
      })
  void aDriverThatAsksWhatItHasConnectedToIsToldWhatThePortIs(String sql) throws IOException {
    try (Howdah howdah = howdah(PoolMode.TRANSACTION);
        Wire wire = readOnly(howdah)) {
      assertThat(wire.value(sql)).isIn("t", "on");
      for (Purpose port : List.of(Purpose.ANY, Purpose.READ_WRITE)) {
        try (Wire ordinary = Wire.login(howdah.address(port), Map.of())) {
          assertThat(ordinary.value(sql)).isIn("f", "off");
          // It is a read like others then, once a replica has what this one saw.
          Await.until(
              () -> ordinary,
              again ->
                  assertThat(again.value(ON_REPLICA)).isEqualTo(port == Purpose.ANY ? "t" : "f"));
        }
      }
    }
  }

  /** As pgx asks. */
  @Test
  void soIsADriverThatAsksByTheExtendedProtocol() throws IOException {
    try (Howdah howdah = howdah(PoolMode.TRANSACTION);
        Wire ordinary = howdah.wire()) {
      assertThat(asked(ordinary)).isEqualTo("f");
      Await.until(() -> ordinary, again -> assertThat(asked(again)).isEqualTo("t"));
    }
  }

  private static String asked(Wire wire) throws IOException {
    wire.send(
        Send.parse("", "select pg_is_in_recovery()"),
        Send.bind("", ""),
        Send.describePortal(""),
        Send.execute("", 0),
        Send.sync());
    return wire.ready().get(3).row().getFirst();
  }

  /** What pgjdbc makes of each port. */
  @ParameterizedTest
  @CsvSource({
    "any, true, true",
    "primary, true, false",
    "secondary, false, true",
    "preferPrimary, true, true",
    "preferSecondary, true, true"
  })
  void pgjdbcChoosesRight(String type, boolean ordinary, boolean readOnly) throws SQLException {
    try (Howdah howdah = howdah(PoolMode.TRANSACTION)) {
      assertThat(takes(howdah, Purpose.ANY, type)).isEqualTo(ordinary);
      assertThat(takes(howdah, Purpose.READ_ONLY, type)).isEqualTo(readOnly);
    }
  }

  private static boolean takes(Howdah howdah, Purpose port, String type) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("targetServerType", type);
    // What it learnt of a port of another test's is not for this one.
    properties.setProperty("hostRecheckSeconds", "0");
    try (Connection connection =
        Db.connect(
            howdah.address(port), Servers.DATABASE, Servers.USER, Servers.PASSWORD, properties)) {
      return connection.isValid(0);
    } catch (SQLException e) {
      if (e.getMessage().contains("Could not find a server with specified targetServerType")) {
        return false;
      }
      throw e;
    }
  }

  private static Map<String, String> parameters(Wire wire) {
    return wire.greeting().stream()
        .filter(each -> each.type() == 'S')
        .map(each -> new String(each.body(), StandardCharsets.UTF_8).split("\0"))
        .collect(Collectors.toMap(each -> each[0], each -> each.length > 1 ? each[1] : ""));
  }
}
