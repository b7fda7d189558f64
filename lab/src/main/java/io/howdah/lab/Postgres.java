package io.howdah.lab;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;

/**
 * One server of a {@link Cluster}. Its methods block until what they ask for has happened; one
 * thread at a time may call those that start, stop or re-point it.
 */
public final class Postgres {
  private static final String HOST = "127.0.0.1";
  private static final Duration START_BOUND = Duration.ofSeconds(60);
  private static final Duration KILLED_BOUND = Duration.ofSeconds(10);
  private static final int LOG_TAIL = 20;
  // Not by DriverManager, which does not see the driver from every class loader.
  private static final Driver DRIVER =
      ServiceLoader.load(Driver.class, Postgres.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .filter(driver -> driver.getClass().getName().startsWith("org.postgresql."))
          .findFirst()
          .orElseThrow();

  private final String name;
  private final DataFolder data;
  private final Map<String, String> extraSettings;
  private final int wantedPort;
  private int port;
  private Postgres upstream;
  private Process process;

  Postgres(String name, DataFolder data, int wantedPort, Map<String, String> extraSettings) {
    this.name = name;
    this.data = data;
    this.wantedPort = wantedPort;
    this.extraSettings = extraSettings;
  }

  /**
   * The name in the cluster, for instance node1; also its cluster_name. Says nothing of its role.
   */
  public String name() {
    return name;
  }

  public String host() {
    return HOST;
  }

  /** The TCP port, the same as long as the cluster lives. */
  public int port() {
    return port;
  }

  /** A JDBC address of {@code database}, without user and password. */
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + HOST + ":" + port + "/" + database;
  }

  /** Where the server writes its log. */
  public Path log() {
    return data.node().resolve("postgres.log");
  }

  DataFolder data() {
    return data;
  }

  public boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** The postmaster's process id, for tests that freeze or kill it. */
  public long pid() {
    return process.pid();
  }

  /** Completes when the server that runs now ends, for whatever reason. */
  CompletableFuture<Process> onExit() {
    return process.onExit();
  }

  // ---- starting and stopping

  /** Starts the server and waits until it answers; does nothing when it runs. */
  public void start() {
    if (isRunning()) {
      return;
    }
    if (port == 0) {
      port = wantedPort == 0 ? Ports.free() : wantedPort;
    }
    for (int attempt = 1; !startOnce(attempt); attempt++) {
      if (wantedPort == 0 && attempt > 1) {
        port = Ports.free();
      }
    }
  }

  /** Answers false where another attempt may go better. */
  private boolean startOnce(int attempt) {
    Ports.requireFree(port, "PostgreSQL " + name);
    configure();
    long logged = Logs.size(log());
    process =
        Spawn.server(
            data.account(),
            StopMode.IMMEDIATE.signal(),
            data.path(),
            log(),
            environment -> environment.put("LC_ALL", "C"),
            List.of(data.binaries().program("postgres"), "-D", data.path().toString()));
    boolean settled =
        Waiting.within(START_BOUND, () -> !process.isAlive() || data.isReady(process.pid()));
    if (settled && process.isAlive()) {
      return true;
    }
    String said = Logs.since(log(), logged, LOG_TAIL);
    boolean lostPort = wantedPort == 0 && said.contains("could not bind");
    // After a kill the old backends go a moment later, and their shared memory with them.
    boolean oldBackends = said.contains("pre-existing shared memory block");
    if (attempt <= 50 && settled && (lostPort || oldBackends)) {
      Waiting.within(Duration.ofMillis(200), () -> false);
      return false;
    }
    process.destroyForcibly();
    throw new LabException(name + " did not start; its log " + log() + " ends with:\n" + said);
  }

  private void configure() {
    Map<String, String> settings = DataFolder.settings(name, port);
    if (upstream != null) {
      settings.put("primary_conninfo", upstream.replicationAddress(name));
    }
    settings.putAll(extraSettings);
    data.configure(settings);
  }

  private String replicationAddress(String follower) {
    return String.format(
        "host=%s port=%d user=%s password=%s application_name=%s",
        HOST, port, Cluster.REPLICATION_USER, Cluster.REPLICATION_PASSWORD, follower);
  }

  /** Stops the server and waits until it is gone; does nothing when it does not run. */
  public void stop(StopMode mode) {
    if (!isRunning()) {
      return;
    }
    signalStop(mode);
    awaitStop();
  }

  void signalStop(StopMode mode) {
    if (isRunning()) {
      Spawn.signal(process.pid(), mode.signal());
    }
  }

  /** Waits for a stop that was asked for; one that takes too long is made short. */
  void awaitStop() {
    if (process == null || Waiting.within(Waiting.BOUND, () -> !process.isAlive())) {
      return;
    }
    process.destroyForcibly();
    Waiting.within(KILLED_BOUND, () -> !process.isAlive());
  }

  /** Stops fast and starts again. */
  public void restart() {
    stop(StopMode.FAST);
    start();
  }

  /** Makes the server read its configuration again; new connections see it when this returns. */
  public void reload() {
    String loadTime = "SELECT pg_conf_load_time()";
    String before = query(loadTime);
    Spawn.signal(process.pid(), "HUP");
    Waiting.until("the reload of " + name, () -> !query(loadTime).equals(before));
  }

  // ---- role and replication

  /** Whether the server is a standby now; asks it. */
  public boolean isInRecovery() {
    return query("SELECT pg_is_in_recovery()").equals("t");
  }

  /** Makes a replica the primary of a new timeline; the others do not follow by themselves. */
  public void promote() {
    if (!query("SELECT pg_promote(true, 60)").equals("t")) {
      throw new LabException(name + " was not promoted within 60 s; see " + log());
    }
    upstream = null;
  }

  /**
   * Makes this replica stream from {@code newPrimary}. Waits until it does when both run; a stopped
   * replica does so from its next start.
   *
   * @throws LabException also when this node has replayed more than the new primary had at its
   *     promotion: then only {@link Cluster#rebuild} helps
   */
  public void follow(Postgres newPrimary) {
    upstream = newPrimary;
    if (!isRunning()) {
      return;
    }
    configure();
    reload();
    awaitStreaming();
  }

  /** Sets whom to follow, for a server that is yet to start. */
  void upstream(Postgres primary) {
    upstream = primary;
  }

  void awaitStreaming() {
    String streams =
        "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND application_name = '"
            + name
            + "'";
    Waiting.until(
        name + " to stream from " + upstream.name() + "; see " + log(),
        () -> !upstream.query(streams).equals("0"));
  }

  /** Waits until this replica has replayed all that {@code primary} has written by now. */
  public void awaitReplay(Postgres primary) {
    String lsn = primary.query("SELECT pg_current_wal_flush_lsn()");
    Waiting.until(
        name + " to replay " + lsn,
        () -> query("SELECT pg_last_wal_replay_lsn() >= '" + lsn + "'").equals("t"));
  }

  /** Stops replay on a replica, which goes on receiving: from now on its rows grow old. */
  public void pauseReplay() {
    query("SELECT pg_wal_replay_pause()");
    Waiting.until(
        "replay to pause on " + name,
        () -> query("SELECT pg_get_wal_replay_pause_state()").equals("paused"));
  }

  /** Lets a paused replica replay again. */
  public void resumeReplay() {
    query("SELECT pg_wal_replay_resume()");
  }

  // ---- SQL, as the superuser

  /** A connection to database postgres as the superuser; the caller closes it. */
  public Connection connect() throws SQLException {
    return connect("postgres", Cluster.SUPERUSER, Cluster.SUPERUSER_PASSWORD);
  }

  /** A direct connection; the caller closes it. */
  public Connection connect(String database, String user, String password) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("connectTimeout", "10");
    return DRIVER.connect(jdbcUrl(database), properties);
  }

  /** Runs statements in database postgres as the superuser. */
  public void execute(String sql) {
    execute("postgres", sql);
  }

  /** Runs statements in {@code database} as the superuser. */
  public void execute(String database, String sql) {
    try (Connection connection = connect(database, Cluster.SUPERUSER, Cluster.SUPERUSER_PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new LabException(name + ": " + e.getMessage(), e);
    }
  }

  /** The first column of the first row as text, from database postgres as the superuser. */
  public String query(String sql) {
    return query("postgres", sql);
  }

  /** The first column of the first row as text; null for NULL and for no row. */
  public String query(String database, String sql) {
    try (Connection connection = connect(database, Cluster.SUPERUSER, Cluster.SUPERUSER_PASSWORD);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    } catch (SQLException e) {
      throw new LabException(name + ": " + e.getMessage(), e);
    }
  }

  /** The log's last lines, for a person. */
  public String logTail() {
    return Logs.tail(log(), LOG_TAIL);
  }

  @Override
  public String toString() {
    return name + " (" + HOST + ":" + port + ")";
  }
}
