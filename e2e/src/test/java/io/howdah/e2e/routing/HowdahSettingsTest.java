package io.howdah.e2e.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Howdah's own settings, answered by Howdah in either protocol as PostgreSQL answers its own. */
class HowdahSettingsTest {
  private static final String WHERE = "SELECT pg_is_in_recovery()";
  private static Howdah howdah;

  @BeforeAll
  static void start() {
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).leakCheckRate(1).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  private static String types(List<Message> replies) {
    return replies.stream().map(each -> "" + each.type()).collect(Collectors.joining());
  }

  @Test
  void theRouteOfASession() throws IOException {
    try (Wire wire = howdah.wire()) {
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("auto");
      assertThat(wire.value(WHERE)).isEqualTo("t");
      assertThat(types(wire.query("SET howdah.route = 'primary'"))).isEqualTo("CZ");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("primary");
      assertThat(wire.value(WHERE)).isEqualTo("f");
      assertThat(wire.value("/* howdah: replica */ " + WHERE)).isEqualTo("t");
      wire.query("SET Howdah.Route TO replica");
      assertThat(wire.value("SELECT random() >= 0 AND pg_is_in_recovery()")).isEqualTo("t");
      assertThat(types(wire.query("RESET howdah.route"))).isEqualTo("CZ");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("auto");
    }
  }

  @Test
  void whatPostgresSaysOfASettingItSaysToo() throws IOException {
    try (Wire wire = howdah.wire()) {
      List<Message> own = wire.query("SHOW howdah.route");
      List<Message> theirs = wire.query("SHOW application_name");
      assertThat(types(own)).isEqualTo(types(theirs)).isEqualTo("TDCZ");
      assertThat(own.get(2).body()).isEqualTo(theirs.get(2).body());
    }
  }

  /** Until the transaction ends, however that may be; outside of one not at all. */
  @ParameterizedTest
  @ValueSource(strings = {"COMMIT", "ROLLBACK"})
  void setLocal(String end) throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("SET howdah.route = 'replica'");
      wire.query("BEGIN");
      assertThat(types(wire.query("SET LOCAL howdah.route = 'primary'"))).isEqualTo("CZ");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("primary");
      wire.query(end);
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("replica");
      wire.query("BEGIN");
      wire.query("SET LOCAL howdah.route = 'primary'");
      wire.query("SET howdah.route = 'auto'");
      wire.query(end);
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("auto");
      wire.query("BEGIN");
      wire.query("SET LOCAL howdah.explain_route = on");
      wire.query("SELECT nonsense");
      wire.query(end);
      assertThat(wire.value("SHOW howdah.explain_route")).isEqualTo("off");
      List<Message> outside = wire.query("SET LOCAL howdah.route = 'primary'");
      assertThat(types(outside)).isEqualTo("NCZ");
      assertThat(outside.getFirst().sqlstate()).isEqualTo("25P01");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("auto");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SET howdah.nothing = 1                                 | 42704
          SHOW howdah.nothing                                    | 42704
          SET howdah.route = 'elsewhere'                         | 22023
          SET LOCAL howdah.route = 'elsewhere'                   | 22023
          SELECT set_config('howdah.route', 'primary', true)     | 0A000
          SET howdah.route = 'primary'; SELECT 1                 | 0A000
          SELECT set_config('howdah.route', 'primary', false)    | 0A000
          """)
  void refused(String sql, String sqlstate) throws IOException {
    try (Wire wire = howdah.wire()) {
      List<Message> simple = wire.query(sql);
      assertThat(types(simple)).isEqualTo("EZ");
      assertThat(simple.getFirst().sqlstate()).isEqualTo(sqlstate);
      if (sql.indexOf(';') < 0) {
        wire.send(Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync());
        List<Message> extended = wire.ready();
        assertThat(types(extended)).isEqualTo("1EZ");
        assertThat(extended.get(1).sqlstate()).isEqualTo(sqlstate);
      }
      wire.query("BEGIN");
      assertThat(types(wire.query(sql))).isEqualTo("EZ");
      assertThat(wire.query("SHOW howdah.route").getFirst().sqlstate()).isEqualTo("25P02");
      wire.query("ROLLBACK");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("auto");
    }
  }

  @ParameterizedTest
  @EnumSource(PoolMode.class)
  void theExtendedProtocol(PoolMode mode) throws IOException {
    try (Howdah own = Howdah.of(mode).start();
        Wire wire = own.wire()) {
      wire.send(
          Send.parse("s", "SET howdah.route = 'primary'"),
          Send.describeStatement("s"),
          Send.bind("p", "s"),
          Send.describePortal("p"),
          Send.execute("p", 0),
          Send.parse("", "SHOW howdah.route"),
          Send.describeStatement(""),
          Send.bind("", ""),
          Send.describePortal(""),
          Send.execute("", 0),
          Send.closePortal("p"),
          Send.sync());
      List<Message> replies = wire.ready();
      assertThat(types(replies)).isEqualTo("1tn2nC1tT2TDC3Z");
      assertThat(replies.get(11).row()).containsExactly("primary");
      // The name is the session's like any other.
      wire.send(Send.parse("s", "SELECT 1"), Send.sync());
      if (mode != PoolMode.SESSION) {
        assertThat(wire.ready().getFirst().sqlstate()).isEqualTo("42P05");
      } else {
        wire.ready();
      }
      wire.send(Send.closeStatement("s"), Send.parse("s", "SELECT 5"), Send.sync());
      assertThat(types(wire.ready())).isEqualTo("31Z");
      wire.send(Send.bind("", "s"), Send.execute("", 0), Send.sync());
      assertThat(types(wire.ready())).isEqualTo("2DCZ");
    }
  }

  @Test
  void amongOthersInABatch() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(
          Send.parse("", "SELECT 1"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.parse("", "SET howdah.route = 'primary'"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.parse("", "SELECT 2"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync(),
          Send.query("SHOW howdah.route"));
      assertThat(types(wire.ready())).isEqualTo("12DC12C12DCZ");
      assertThat(types(wire.ready())).isEqualTo("TDCZ");
      // What comes behind an error is not done.
      wire.send(
          Send.parse("", "SELECT 1 / 0"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.parse("", "SET howdah.route = 'replica'"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync());
      assertThat(types(wire.ready())).isEqualTo("1EZ");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("primary");
    }
  }

  @Test
  void inATransactionItHoldsAtOnceAndStays() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      List<Message> set = wire.query("SET howdah.route = 'primary'");
      assertThat(types(set)).isEqualTo("CZ");
      assertThat(set.getLast().body()).containsExactly('T');
      wire.query("ROLLBACK");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("primary");
      wire.query("DISCARD ALL");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("auto");
      wire.query("SET howdah.route = 'primary'");
      wire.query("RESET ALL");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("auto");
    }
  }

  @Test
  void asAnOptionOfTheConnection() throws IOException {
    try (Wire wire = login("options", "-c howdah.route=primary")) {
      assertThat(wire.value(WHERE)).isEqualTo("f");
      wire.query("SET howdah.route = 'auto'");
      assertThat(wire.value(WHERE)).isEqualTo("t");
      wire.query("RESET howdah.route");
      assertThat(wire.value("SHOW howdah.route")).isEqualTo("primary");
    }
    try (Wire wire = login("howdah.route", "primary")) {
      assertThat(wire.value(WHERE)).isEqualTo("f");
    }
    assertThatThrownBy(() -> login("howdah.route", "nowhere"))
        .isInstanceOfSatisfying(
            Wire.Refused.class, e -> assertThat(e.error().sqlstate()).isEqualTo("22023"));
    assertThatThrownBy(() -> login("options", "-c howdah.rute=auto"))
        .isInstanceOfSatisfying(
            Wire.Refused.class, e -> assertThat(e.error().sqlstate()).isEqualTo("42704"));
  }

  private static Wire login(String name, String value) throws IOException {
    return Wire.login(howdah.address(), Map.of(name, value));
  }

  @Test
  void withJdbc() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("options", "-c howdah.route=primary");
    try (Connection connection = howdah.jdbc(properties);
        Statement statement = connection.createStatement()) {
      assertThat(value(statement, "SHOW howdah.route")).isEqualTo("primary");
      for (int i = 0; i < 12; i++) {
        String route = i % 2 == 0 ? "replica" : "primary";
        statement.execute("SET howdah.route = '" + route + "'");
        assertThat(value(statement, WHERE)).isEqualTo(i % 2 == 0 ? "t" : "f");
      }
      try (PreparedStatement show = connection.prepareStatement("SHOW howdah.route")) {
        for (int i = 0; i < 8; i++) {
          try (ResultSet row = show.executeQuery()) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("primary");
          }
        }
      }
    }
  }

  private static String value(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void noServerKnows() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("SET howdah.route = 'primary'");
      assertThat(wire.value("SELECT current_setting('howdah.route', true) IS NULL")).isEqualTo("t");
    }
  }
}
