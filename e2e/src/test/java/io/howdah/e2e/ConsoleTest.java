package io.howdah.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin console as drivers see it. */
class ConsoleTest {
  private static Howdah howdah;

  @BeforeAll
  static void start() {
    howdah = Howdah.of(PoolMode.TRANSACTION).splitReads(false).start();
    try (Db db = howdah.db()) {
      db.value("SELECT 1");
    }
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  private static Connection console(String database, String mode) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("preferQueryMode", mode);
    return Db.connect(
        howdah.address(),
        database,
        Servers.SUPERUSER,
        Servers.shared().superuserPassword(),
        properties);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HELP",
        "CLIENTS",
        "CONFIG",
        "DATABASES",
        "LISTS",
        "NODES",
        "POOLS",
        "SERVERS",
        "STATE",
        "STATS",
        "STATS_TOTALS",
        "STATS_AVERAGES",
        "TOTALS",
        "USERS",
        "VERSION"
      })
  void everyShowIsATable(String what) throws SQLException {
    for (String database : new String[] {"howdah", "pgbouncer"}) {
      for (String mode : new String[] {"simple", "extended"}) {
        try (Connection console = console(database, mode);
            Statement statement = console.createStatement();
            var rows = statement.executeQuery("SHOW " + what)) {
          assertThat(rows.getMetaData().getColumnCount()).isPositive();
          while (rows.next()) {
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              rows.getObject(i);
            }
          }
        }
      }
    }
  }

  @Test
  void anErrorKeepsTheSession() throws SQLException {
    for (String mode : new String[] {"simple", "extended"}) {
      try (Connection console = console("howdah", mode);
          Statement statement = console.createStatement()) {
        assertThatThrownBy(() -> statement.execute("SHOW POOLZ"))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("Did you mean SHOW POOLS")
            .extracting(e -> ((SQLException) e).getSQLState())
            .isEqualTo("42601");
        assertThat(statement.execute("SHOW VERSION")).isTrue();
      }
    }
  }

  @Test
  void onlyAdminUsersComeIn() {
    assertThatThrownBy(
            () ->
                Db.connect(
                    howdah.address(), "howdah", Servers.USER, Servers.PASSWORD, new Properties()))
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("42501");
  }

  @Test
  void aPauseKeepsRequestsWaitingUntilResume() throws IOException {
    try (Db admin = howdah.console();
        Wire wire = howdah.wire()) {
      admin.run("PAUSE " + Servers.DATABASE);
      wire.send(Send.query("SELECT 'served'"));
      assertThat(admin.column("SHOW DATABASES")).isNotEmpty();
      while (admin.column("SHOW CLIENTS").size() < 2) {
        Thread.onSpinWait();
      }
      admin.run("RESUME " + Servers.DATABASE);
      assertThat(wire.ready().toString()).contains("served");
    }
  }

  @Test
  void aClientCanBeKilled() throws IOException, SQLException {
    try (Db admin = howdah.console();
        Wire wire = howdah.wire()) {
      wire.query("SET application_name = 'victim'");
      String id = null;
      try (Statement statement = admin.connection().createStatement();
          var rows = statement.executeQuery("SHOW CLIENTS")) {
        while (rows.next()) {
          if ("victim".equals(rows.getString("application_name"))) {
            id = rows.getString("id");
          }
        }
      }
      admin.run("KILL_CLIENT " + id);
      assertThat(wire.toEnd().toString()).contains("57P01");
    }
  }
}
