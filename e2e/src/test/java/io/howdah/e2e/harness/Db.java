package io.howdah.e2e.harness;

import io.howdah.config.HostPort;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** A JDBC connection for what tests do beside the thing they test. */
public final class Db implements AutoCloseable {
  private final Connection connection;

  private Db(Connection connection) {
    this.connection = connection;
  }

  /** Connects; fails the test if it can't. */
  public static Db open(HostPort at, String database, String user, String password) {
    try {
      return new Db(connect(at, database, user, password, new Properties()));
    } catch (SQLException e) {
      throw new AssertionError("can't connect to " + at + ": " + e.getMessage(), e);
    }
  }

  /** Connects with pgjdbc properties, such as {@code preferQueryMode}. */
  public static Connection connect(
      HostPort at, String database, String user, String password, Properties more)
      throws SQLException {
    Properties properties = new Properties();
    properties.putAll(more);
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return DriverManager.getConnection("jdbc:postgresql://" + at + "/" + database, properties);
  }

  public Connection connection() {
    return connection;
  }

  /** Runs statements one after the other. */
  public void run(String... statements) {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** The first column of every row, as text. */
  public List<String> column(String sql) {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  /** The first column of the only row, as text. */
  public String value(String sql) {
    List<String> column = column(sql);
    if (column.size() != 1) {
      throw new AssertionError(sql + " has " + column.size() + " rows");
    }
    return column.getFirst();
  }

  /** Some columns of every row, by name, as one text with blanks between. */
  public List<String> rows(String sql, String... columns) {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> all = new ArrayList<>();
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (String column : columns) {
          row.add(String.valueOf(rows.getString(column)));
        }
        all.add(String.join(" ", row));
      }
      return all;
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }
}
