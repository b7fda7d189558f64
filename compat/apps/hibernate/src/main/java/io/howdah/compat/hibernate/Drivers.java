package io.howdah.compat.hibernate;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** What the same application does with the driver itself. */
final class Drivers {
  private static final int NOTIFICATIONS = 10;
  private static final int PATIENCE_MS = 2000;

  private final DataSource pool;
  private final Checks checks;

  Drivers(DataSource pool, Checks checks) {
    this.pool = pool;
    this.checks = checks;
  }

  void run() throws SQLException, IOException {
    settings();
    savepoints();
    copy();
    schemaChange();
    metadata();
    notifications();
  }

  private void settings() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < 8; i++) {
        checks.equal(value(statement, "SHOW timezone"), "Europe/Lisbon", "the pool's time zone");
        checks.equal(value(statement, "SHOW application_name"), "shop", "the application's name");
      }
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      checks.fails("25006", () -> statement.execute("DELETE FROM stock"), "read only");
      connection.rollback();
      connection.setAutoCommit(true);
      connection.setReadOnly(false);
      connection.setSchema("pg_catalog");
      checks.equal(value(statement, "SHOW search_path"), "pg_catalog", "setSchema");
      connection.setSchema("public");
    }
  }

  private void savepoints() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("INSERT INTO stock (name, amount) VALUES ('kept', 1)");
      Savepoint savepoint = connection.setSavepoint("here");
      checks.fails(
          "23514",
          () -> statement.execute("INSERT INTO stock (name, amount) VALUES ('bad', -1)"),
          "check violation");
      connection.rollback(savepoint);
      connection.commit();
      connection.setAutoCommit(true);
      checks.equal(
          value(statement, "SELECT count(*) FROM stock WHERE name IN ('kept', 'bad')"),
          "1",
          "after the savepoint");
      statement.execute("DELETE FROM stock WHERE name = 'kept'");
    }
  }

  private void copy() throws SQLException, IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 10_000; i++) {
      lines.append(i).append("\tline ").append(i).append('\n');
    }
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMP TABLE upload (id int, line text)");
      var copies = connection.unwrap(PGConnection.class).getCopyAPI();
      checks.equal(
          copies.copyIn("COPY upload FROM STDIN", new StringReader(lines.toString())),
          10_000L,
          "COPY in");
      StringWriter out = new StringWriter();
      copies.copyOut("COPY (SELECT * FROM upload ORDER BY id) TO STDOUT", out);
      checks.equal(out.toString(), lines.toString(), "COPY out");
      checks.fails(
          "22P02",
          () -> copies.copyIn("COPY upload FROM STDIN", new StringReader("x\ty\n")),
          "COPY of rubbish");
      statement.execute("DROP TABLE upload");
    }
  }

  /** A statement that the driver has prepared on the server meets a changed table. */
  private void schemaChange() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement ddl = connection.createStatement()) {
      ddl.execute("CREATE TABLE shape AS SELECT 1 AS a");
      try (PreparedStatement select = connection.prepareStatement("SELECT * FROM shape")) {
        for (int i = 0; i < 8; i++) {
          checks.equal(columns(select), List.of("1"), "before the change");
        }
        ddl.execute("ALTER TABLE shape ADD COLUMN b text DEFAULT 'new'");
        for (int i = 0; i < 8; i++) {
          checks.equal(columns(select), List.of("1", "new"), "after the change");
        }
      }
      ddl.execute("DROP TABLE shape");
    }
  }

  private void metadata() throws SQLException {
    try (Connection connection = pool.getConnection();
        ResultSet tables =
            connection.getMetaData().getTables(null, "public", "%", new String[] {"TABLE"})) {
      List<String> names = new ArrayList<>();
      while (tables.next()) {
        names.add(tables.getString("TABLE_NAME"));
      }
      checks.equal(
          names, List.of("customer", "flyway_schema_history", "purchase", "stock"), "the tables");
    }
  }

  private void notifications() throws SQLException {
    try (Connection listener = pool.getConnection();
        Statement listen = listener.createStatement();
        Connection sender = pool.getConnection();
        Statement send = sender.createStatement()) {
      listen.execute("LISTEN shop");
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < NOTIFICATIONS; i++) {
        send.execute("NOTIFY shop, '" + i + "'");
        expected.add(String.valueOf(i));
      }
      List<String> heard = new ArrayList<>();
      for (int i = 0; i < NOTIFICATIONS && heard.size() < NOTIFICATIONS; i++) {
        PGNotification[] some = listener.unwrap(PGConnection.class).getNotifications(PATIENCE_MS);
        for (PGNotification one : some == null ? new PGNotification[0] : some) {
          heard.add(one.getParameter());
        }
      }
      checks.equal(heard, expected, "notifications in order");
      listen.execute("UNLISTEN *");
    }
  }

  private static String value(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static List<String> columns(PreparedStatement select) throws SQLException {
    try (ResultSet rows = select.executeQuery()) {
      rows.next();
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
        values.add(rows.getString(i));
      }
      return values;
    }
  }
}
