package io.howdah.e2e.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** pgjdbc, in the ways in which applications set it up; in transaction mode where none is named. */
public class JdbcTest {
  private static final int ROWS = 1000;
  private static Howdah howdah;

  @BeforeAll
  static void start() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS jdbc",
            "CREATE TABLE jdbc (id int PRIMARY KEY, label text)",
            "ALTER TABLE jdbc OWNER TO app",
            "DROP SCHEMA IF EXISTS side CASCADE",
            "CREATE SCHEMA side AUTHORIZATION app",
            "CREATE TABLE side.here (id int)",
            "ALTER TABLE side.here OWNER TO app");
    howdah = Howdah.of(PoolMode.TRANSACTION).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  @BeforeEach
  void empty() {
    Servers.shared().prepare("TRUNCATE jdbc");
  }

  private static Properties with(String... namesAndValues) {
    Properties properties = new Properties();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
    }
    return properties;
  }

  private static Connection connect(Target target, Properties properties) throws SQLException {
    return Db.connect(
        target.address(howdah), Servers.DATABASE, Servers.USER, Servers.PASSWORD, properties);
  }

  @ParameterizedTest
  @CsvSource({
    "simple, never",
    "extended, never",
    "extendedForPrepared, conservative",
    "extendedCacheEverything, always",
    "extended, always"
  })
  void everyQueryMode(String mode, String autosave) throws SQLException {
    Properties properties =
        with("preferQueryMode", mode, "autosave", autosave, "prepareThreshold", "2");
    // All on the primary: what was written is read again at once.
    try (Howdah primaryOnly = Howdah.of(PoolMode.TRANSACTION).splitReads(false).start();
        Connection through = primaryOnly.jdbc(properties);
        Connection direct = connect(Target.DIRECT, properties)) {
      assertThat(dayAtWork(through)).isEqualTo(dayAtWork(direct));
    }
  }

  /** What an application does in a day, and what it sees. */
  private static List<String> dayAtWork(Connection connection) throws SQLException {
    List<String> seen = new ArrayList<>();
    connection.setAutoCommit(false);
    try (PreparedStatement insert = connection.prepareStatement("INSERT INTO jdbc VALUES (?, ?)")) {
      for (int i = 0; i < 10; i++) {
        insert.setInt(1, i);
        insert.setString(2, i % 3 == 0 ? null : "label " + i);
        insert.addBatch();
      }
      seen.add("batch " + List.of(insert.executeBatch().length));
    }
    Savepoint savepoint = connection.setSavepoint("here");
    seen.add(error(connection, "INSERT INTO jdbc VALUES (1, 'again')"));
    connection.rollback(savepoint);
    seen.add(all(connection, "SELECT id, label FROM jdbc ORDER BY id"));
    connection.commit();
    connection.setAutoCommit(true);
    try (PreparedStatement select =
        connection.prepareStatement("SELECT label FROM jdbc WHERE id = ?")) {
      for (int i = 0; i < 10; i++) {
        select.setInt(1, i);
        try (ResultSet rows = select.executeQuery()) {
          seen.add(rows.next() + " " + rows.getString(1));
        }
      }
    }
    seen.add(error(connection, "SELECT 1/0"));
    seen.add(error(connection, "SELECT nonsense"));
    seen.add(error(connection, "SELECT 1; SELECT 2"));
    try (Statement statement = connection.createStatement()) {
      seen.add("gone " + statement.executeUpdate("DELETE FROM jdbc"));
    }
    return seen;
  }

  private static String error(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
      return "no error";
    } catch (SQLException e) {
      return e.getSQLState() + " " + e.getMessage();
    }
  }

  private static String all(Connection connection, String sql) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          text.append(rows.getString(i)).append(' ');
        }
      }
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource(PoolMode.class)
  void severalConnectionsUseTheSamePreparedStatements(PoolMode mode) throws SQLException {
    try (Howdah few = Howdah.of(mode).poolSize(mode == PoolMode.SESSION ? 10 : 2).start()) {
      List<Connection> connections = new ArrayList<>();
      try {
        for (int i = 0; i < 10; i++) {
          connections.add(few.jdbc(with("prepareThreshold", "1")));
        }
        for (int round = 0; round < 5; round++) {
          for (int i = 0; i < connections.size(); i++) {
            assertThat(sum(connections.get(i), i, round)).isEqualTo(i + round);
          }
        }
      } finally {
        for (Connection each : connections) {
          each.close();
        }
      }
    }
  }

  private static int sum(Connection connection, int a, int b) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT ?::int + ?::int /* " + a % 3 + " */")) {
      statement.setInt(1, a);
      statement.setInt(2, b);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /** More statements than a server connection may hold: the oldest go, and come back when used. */
  @Test
  void moreStatementsThanAServerConnectionKeeps() throws SQLException {
    try (Howdah small =
            Howdah.of(PoolMode.TRANSACTION).poolSize(1).maxServerPreparedStatements(5).start();
        Connection connection = small.jdbc(with("prepareThreshold", "1"))) {
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 20; i++) {
          try (PreparedStatement statement =
              connection.prepareStatement("SELECT " + i + " + ?::int")) {
            statement.setInt(1, round);
            try (ResultSet rows = statement.executeQuery()) {
              rows.next();
              assertThat(rows.getInt(1)).isEqualTo(i + round);
            }
          }
        }
      }
      try (Db db = Db.open(small.address(), Servers.DATABASE, Servers.USER, Servers.PASSWORD)) {
        assertThat(db.value("SELECT count(*) FROM pg_prepared_statements"))
            .satisfies(n -> assertThat(Integer.parseInt(n)).isLessThanOrEqualTo(6));
      }
    }
  }

  @Test
  void cursorsFetchInPortions() throws SQLException {
    try (Connection connection = howdah.jdbc()) {
      connection.setAutoCommit(false);
      try (PreparedStatement statement =
          connection.prepareStatement("SELECT i FROM generate_series(1, ?) i")) {
        statement.setFetchSize(7);
        statement.setInt(1, ROWS);
        try (ResultSet rows = statement.executeQuery()) {
          for (int i = 1; i <= ROWS; i++) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(i);
          }
          assertThat(rows.next()).isFalse();
        }
      }
      connection.commit();
    }
  }

  @Test
  void copyGoesBothWays() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      lines.append(i).append("\tlabel ").append(i).append('\n');
    }
    try (Connection connection = howdah.jdbc()) {
      CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
      assertThat(copy.copyIn("COPY jdbc FROM STDIN", new StringReader(lines.toString())))
          .isEqualTo(ROWS);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      // On the primary: a replica may not have the rows yet.
      connection.setAutoCommit(false);
      copy.copyOut("COPY (SELECT * FROM jdbc ORDER BY id) TO STDOUT", out);
      connection.commit();
      assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(lines.toString());
      assertThatThrownBy(() -> copy.copyIn("COPY jdbc FROM STDIN", new StringReader("x\ty\n")))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("22P02"));
      connection.rollback();
      assertThat(all(connection, "SELECT count(*) FROM jdbc")).isEqualTo(ROWS + " ");
    }
  }

  @Test
  void aListenerHearsWhatOthersNotify() throws SQLException {
    try (Connection listener = howdah.jdbc();
        Connection other = howdah.jdbc()) {
      try (Statement statement = listener.createStatement()) {
        statement.execute("LISTEN news");
      }
      assertThat(howdah.events().pins()).noneSatisfy(pin -> assertThat(pin).contains("LISTEN"));
      try (Statement statement = other.createStatement()) {
        statement.execute("NOTIFY news, 'extra'");
      }
      PGConnection hearing = listener.unwrap(PGConnection.class);
      List<String> heard = new ArrayList<>();
      Await.until(
          () -> {
            heard.addAll(notifications(hearing));
            return heard;
          },
          all -> assertThat(all).containsExactly("news extra"));
    }
  }

  private static List<String> notifications(PGConnection connection) {
    try {
      List<String> heard = new ArrayList<>();
      for (var each : connection.getNotifications(100)) {
        heard.add(each.getName() + " " + each.getParameter());
      }
      return heard;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void readOnlyConnections() throws SQLException {
    try (Connection connection = howdah.jdbc()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      assertThat(all(connection, "SELECT 1")).isEqualTo("1 ");
      assertThat(error(connection, "INSERT INTO jdbc VALUES (1)")).startsWith("25006");
      connection.rollback();
      connection.setReadOnly(false);
      assertThat(error(connection, "INSERT INTO jdbc VALUES (1)")).isEqualTo("no error");
      connection.rollback();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended"})
  void startUpParametersCount(String mode) throws SQLException {
    Properties properties =
        with(
            "ApplicationName", "the shop",
            "currentSchema", "side,public",
            "options", "-c statement_timeout=12345 -c DateStyle=German",
            "preferQueryMode", mode);
    List<String> direct = parameters(Target.DIRECT, properties);
    for (int i = 0; i < 3; i++) {
      assertThat(parameters(Target.HOWDAH, properties)).isEqualTo(direct);
      // Between them somebody with other parameters has the server connection.
      assertThat(parameters(Target.HOWDAH, with()).getFirst()).doesNotContain("the shop");
    }
  }

  private static List<String> parameters(Target target, Properties properties) throws SQLException {
    try (Connection connection = connect(target, properties)) {
      return List.of(
          all(connection, "SHOW application_name"),
          all(connection, "SHOW search_path"),
          all(connection, "SHOW statement_timeout"),
          all(connection, "SELECT '2026-02-01'::date"),
          error(connection, "SELECT * FROM here"));
    }
  }

  @Test
  void schemaAndClientInfoChangeWithTheConnection() throws SQLException {
    try (Connection one = howdah.jdbc();
        Connection two = howdah.jdbc()) {
      one.setSchema("side");
      one.setClientInfo("ApplicationName", "one");
      assertThat(two.getSchema()).isEqualTo("public");
      assertThat(one.getSchema()).isEqualTo("side");
      assertThat(all(one, "SHOW application_name")).isEqualTo("one ");
      assertThat(all(two, "SHOW application_name")).isNotEqualTo("one ");
    }
  }
}
