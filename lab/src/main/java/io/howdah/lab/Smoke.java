package io.howdah.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code native/smoke}: whether an executable of Howdah works, before anybody relies on it. Takes
 * the command that runs it, starts a cluster and that in front of it, and does a little of
 * everything. Prints what it has checked; ends with 0 if all of it held, with 1 if not.
 */
public final class Smoke {
  private static final String ON_REPLICA = "SELECT pg_is_in_recovery() AND count(*) > 0 FROM smoke";

  private final Cluster cluster;
  private final HowdahProcess howdah;
  private final int port;
  private boolean failed;

  private Smoke(Cluster cluster, HowdahProcess howdah, int port) {
    this.cluster = cluster;
    this.howdah = howdah;
    this.port = port;
  }

  /** A check that throws, or is false, has failed. */
  private interface Check {
    boolean holds() throws SQLException, IOException;
  }

  public static void main(String[] arguments) {
    int exitCode = 1;
    try {
      if (arguments.length == 0) {
        throw new LabException("say what runs Howdah: an executable, or java -jar …");
      }
      exitCode = run(absolute(arguments)) ? 0 : 1;
    } catch (LabException | IOException e) {
      System.err.println("smoke: " + e.getMessage());
    }
    System.exit(exitCode);
  }

  /** Howdah runs in a folder of its own: files are named from the root. */
  private static List<String> absolute(String[] words) {
    List<String> command = new ArrayList<>();
    for (String word : words) {
      Path path = Path.of(word);
      boolean isFile = word.contains("/") && Files.isRegularFile(path);
      command.add(isFile ? path.toAbsolutePath().toString() : word);
    }
    return command;
  }

  private static boolean run(List<String> command) throws IOException {
    System.out.println("starting a primary and a replica …");
    Cluster cluster = Cluster.start(ClusterSpec.ofReplicas(1));
    cluster.createRole(DemoCluster.PROBE_USER, DemoCluster.PROBE_PASSWORD);
    cluster.createRole(DemoCluster.USER, DemoCluster.PASSWORD);
    cluster.createDatabase(DemoCluster.DATABASE, DemoCluster.USER);
    cluster.primary().execute("GRANT pg_monitor TO " + DemoCluster.PROBE_USER);
    cluster.awaitReplay();
    Path folder = Files.createTempDirectory("howdah-smoke");
    int port = Ports.free();
    System.out.println("starting " + String.join(" ", command) + " …");
    long began = System.nanoTime();
    HowdahProcess howdah = HowdahProcess.start(command, folder, cluster, port, Ports.free());
    System.out.println("ready after " + (System.nanoTime() - began) / 1_000_000 + " ms");
    Smoke smoke = new Smoke(cluster, howdah, port);
    smoke.checkAll();
    if (smoke.failed) {
      System.out.println(howdah.logTail());
    }
    return !smoke.failed;
  }

  private void checkAll() {
    check("a client logs in by SCRAM and asks", () -> value("SELECT 'here'").equals("here"));
    check("a wrong password is refused", () -> refusal("wrong").equals("28P01"));
    check("a table is made and written to", this::writes);
    check("a session reads its own write", this::readsItsWrite);
    check("a read goes to the replica", () -> awaited(ON_REPLICA));
    check("a prepared statement is run often", this::prepares);
    check("a setting follows its session", this::sets);
    check("an error is the server's own", this::fails);
    check("the console answers", this::showsPools);
    check("metrics are served", this::servesMetrics);
    check("SIGTERM lets a transaction end, and then all is over", this::drains);
  }

  private void check(String what, Check check) {
    String problem = null;
    try {
      problem = check.holds() ? null : "it does not hold";
    } catch (SQLException e) {
      problem = e.getSQLState() + " " + e.getMessage();
    } catch (IOException e) {
      problem = e.toString();
    }
    failed |= problem != null;
    System.out.println((problem == null ? "ok   " : "FAIL ") + what);
    if (problem != null) {
      System.out.println("     " + problem);
    }
  }

  private Connection connect(String database, String password) throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    return DriverManager.getConnection(url, DemoCluster.USER, password);
  }

  private Connection connect() throws SQLException {
    return connect(DemoCluster.DATABASE, DemoCluster.PASSWORD);
  }

  private String value(String sql) throws SQLException {
    try (Connection connection = connect()) {
      return value(connection, sql);
    }
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String refusal(String password) {
    try (Connection connection = connect(DemoCluster.DATABASE, password)) {
      return "let in to " + connection.getCatalog();
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  private boolean writes() throws SQLException {
    try (Connection connection = connect()) {
      execute(connection, "CREATE TABLE smoke (id int PRIMARY KEY, text text)");
      connection.setAutoCommit(false);
      execute(
          connection, "INSERT INTO smoke SELECT i, repeat('x', i) FROM generate_series(1, 99) i");
      connection.commit();
    }
    return cluster.primary().query(DemoCluster.DATABASE, "SELECT count(*) FROM smoke").equals("99");
  }

  private boolean readsItsWrite() throws SQLException {
    try (Connection connection = connect()) {
      for (int i = 100; i < 150; i++) {
        execute(connection, "INSERT INTO smoke VALUES (" + i + ", 'y')");
        if (!value(connection, "SELECT max(id) FROM smoke").equals("" + i)) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean awaited(String sql) throws SQLException {
    try (Connection connection = connect()) {
      long end = System.nanoTime() + Waiting.BOUND.toNanos();
      while (System.nanoTime() - end < 0) {
        if (value(connection, sql).equals("t")) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean prepares() throws SQLException {
    try (Connection connection = connect();
        PreparedStatement statement =
            connection.prepareStatement("SELECT length(text) FROM smoke WHERE id = ?")) {
      for (int i = 1; i < 100; i++) {
        statement.setInt(1, i);
        try (ResultSet rows = statement.executeQuery()) {
          if (!rows.next() || rows.getInt(1) != i) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private boolean sets() throws SQLException {
    try (Connection one = connect();
        Connection other = connect()) {
      execute(one, "SET work_mem = '7MB'");
      return value(one, "SHOW work_mem").equals("7MB")
          && !value(other, "SHOW work_mem").equals("7MB");
    }
  }

  private boolean fails() throws SQLException {
    try (Connection connection = connect()) {
      execute(connection, "SELECT 1 / 0");
      return false;
    } catch (SQLException e) {
      return e.getSQLState().equals("22012");
    }
  }

  private boolean showsPools() throws SQLException {
    String simple = "howdah?preferQueryMode=simple";
    try (Connection connection = connect(simple, DemoCluster.PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW POOLS")) {
      while (rows.next()) {
        if (rows.getString("database").equals(DemoCluster.DATABASE)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A pool's figures are there from the second time on that somebody asks. */
  private boolean servesMetrics() {
    return Waiting.within(Waiting.BOUND, () -> metrics().contains("howdah_pool_queries_total"));
  }

  private String metrics() {
    HttpRequest request = HttpRequest.newBuilder(URI.create(howdah.httpUrl("/q/metrics"))).build();
    try (HttpClient client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      throw LabException.interrupted(e);
    }
  }

  private boolean drains() throws SQLException {
    try (Connection connection = connect()) {
      connection.setAutoCommit(false);
      execute(connection, "INSERT INTO smoke VALUES (1000, 'while it drains')");
      howdah.askToStop();
      boolean closed =
          Waiting.within(Waiting.BOUND, () -> !refusal(DemoCluster.PASSWORD).startsWith("let in"));
      execute(connection, "INSERT INTO smoke VALUES (1001, 'while it drains')");
      connection.commit();
      boolean ended = Waiting.within(Waiting.BOUND, () -> !howdah.isRunning());
      String kept = "SELECT count(*) FROM smoke WHERE id >= 1000";
      return closed
          && ended
          && howdah.exitCode() == 0
          && cluster.primary().query(DemoCluster.DATABASE, kept).equals("2");
    }
  }
}
