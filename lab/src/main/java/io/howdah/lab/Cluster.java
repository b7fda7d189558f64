package io.howdah.lab;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A running PostgreSQL cluster: one primary and its streaming replicas on the loopback interface.
 * Closing it stops the servers; so does the end of the JVM, in whatever way it ends.
 */
public final class Cluster implements AutoCloseable {
  public static final String SUPERUSER = "postgres";
  public static final String SUPERUSER_PASSWORD = "postgres";
  static final String REPLICATION_USER = "replicator";
  static final String REPLICATION_PASSWORD = "replicator";

  private final ClusterFolder folder;
  private final List<Postgres> nodes;
  private final boolean created;

  private Cluster(ClusterFolder folder, List<Postgres> nodes, boolean created) {
    this.folder = folder;
    this.nodes = nodes;
    this.created = created;
  }

  /** Starts a cluster without a word. */
  public static Cluster start(ClusterSpec spec) {
    return start(spec, Progress.silent());
  }

  /**
   * Starts a cluster, made anew or found in the spec's directory, and waits until every replica has
   * caught up.
   *
   * @throws BrokenCluster if the directory's data is of no use
   * @throws PortTaken if a port of the spec is in use
   * @throws LabException if it cannot be for another reason; nothing is left running in any case
   */
  public static Cluster start(ClusterSpec spec, Progress progress) {
    Account account = Account.forServers();
    if (!Spawn.diesWithParent()) {
      progress.say(
          "setpriv of util-linux is not here: if this program is killed, its servers stay until the"
              + " next start");
    }
    Binaries binaries = Binaries.unpacked(account, progress);
    try {
      ClusterFolder folder = ClusterFolder.open(spec.directory(), account);
      List<Postgres> nodes = new ArrayList<>();
      for (int i = 0; i <= spec.replicas(); i++) {
        String name = "node" + (i + 1);
        DataFolder data = new DataFolder(folder.path().resolve(name), account, binaries);
        nodes.add(new Postgres(name, data, spec.port(i), spec.settings()));
      }
      boolean fresh = nodes.stream().noneMatch(node -> node.data().isComplete());
      Cluster cluster = new Cluster(folder, List.copyOf(nodes), fresh);
      AtExit.add(cluster);
      cluster.bringUp(progress);
      return cluster;
    } catch (IOException e) {
      throw new LabException("cannot start the cluster: " + e.getMessage(), e);
    }
  }

  private void bringUp(Progress progress) throws IOException {
    try {
      nodes.forEach(node -> DataFolder.clearStale(node.data().node(), progress));
      requireSameVersion();
      Postgres primary = created ? create(progress) : findPrimary();
      progress.say("starting " + primary.name() + " as primary …");
      primary.start();
      if (created) {
        createReplicationRole(primary);
        primary.data().markComplete();
      }
      addReplicas(primary, progress);
    } catch (RuntimeException | IOException e) {
      close();
      if (!created && e instanceof LabException cause && !(e instanceof PortTaken)) {
        throw new BrokenCluster(cause);
      }
      throw e;
    }
  }

  private void requireSameVersion() throws IOException {
    for (Postgres node : nodes) {
      if (node.data().isComplete() && !node.data().isOfSameMajorVersion()) {
        throw new BrokenCluster(
            "the data in " + folder.path() + " is of another PostgreSQL version");
      }
    }
  }

  private Postgres create(Progress progress) throws IOException {
    progress.say("initdb …");
    Postgres primary = nodes.getFirst();
    primary.data().initialise(SUPERUSER, SUPERUSER_PASSWORD);
    return primary;
  }

  private Postgres findPrimary() {
    List<Postgres> primaries =
        nodes.stream()
            .filter(node -> node.data().isComplete() && !node.data().isStandby())
            .toList();
    if (primaries.size() != 1) {
      throw new BrokenCluster(
          "the data in " + folder.path() + " has not one primary but " + primaries);
    }
    return primaries.getFirst();
  }

  private static void createReplicationRole(Postgres primary) {
    primary.execute(
        "CREATE ROLE "
            + REPLICATION_USER
            + " LOGIN REPLICATION PASSWORD '"
            + REPLICATION_PASSWORD
            + "'");
  }

  private void addReplicas(Postgres primary, Progress progress) throws IOException {
    List<Postgres> replicas = nodes.stream().filter(node -> node != primary).toList();
    List<Postgres> missing = replicas.stream().filter(node -> !node.data().isComplete()).toList();
    if (!missing.isEmpty()) {
      progress.say("copying the primary for " + missing.size() + " of the replicas …");
      BaseBackup.copy(primary, missing.stream().map(Postgres::data).toList());
    }
    for (Postgres replica : replicas) {
      progress.say("replica " + replica.name() + " catching up …");
      replica.upstream(primary);
      replica.start();
      replica.awaitStreaming();
      replica.awaitReplay(primary);
      replica.data().markComplete();
    }
  }

  // ---- nodes

  /** Every node, in the order in which they were made, running or not. */
  public List<Postgres> nodes() {
    return nodes;
  }

  /**
   * The running node that takes writes; asks them. After a promotion with the old primary still
   * running, the one on the newer timeline.
   *
   * @throws LabException if there is none
   */
  public Postgres primary() {
    return nodes.stream()
        .filter(node -> node.isRunning() && !node.isInRecovery())
        .max(Comparator.comparing(Cluster::timeline))
        .orElseThrow(() -> new LabException("no node is a primary"));
  }

  /** The running standbys; asks them. */
  public List<Postgres> replicas() {
    return nodes.stream().filter(node -> node.isRunning() && node.isInRecovery()).toList();
  }

  private static String timeline(Postgres primary) {
    return primary.query("SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)");
  }

  /** Waits until every running replica has replayed all that the primary has written by now. */
  public void awaitReplay() {
    Postgres primary = primary();
    replicas().forEach(replica -> replica.awaitReplay(primary));
  }

  /** Makes {@code node} a replica of the primary from a new copy; its own data is lost. */
  public void rebuild(Postgres node) {
    node.stop(StopMode.IMMEDIATE);
    Postgres primary = primary();
    try {
      BaseBackup.copy(primary, List.of(node.data()));
      node.upstream(primary);
      node.start();
      node.awaitStreaming();
      node.awaitReplay(primary);
      node.data().markComplete();
    } catch (IOException e) {
      throw new LabException("cannot rebuild " + node.name(), e);
    }
  }

  /** Whether the data was made by this start, rather than found. */
  public boolean isNew() {
    return created;
  }

  // ---- roles and databases

  /** Creates a role that may log in, and lets it in by SCRAM-SHA-256. */
  public void createRole(String role, String password) {
    createRole(role, password, AuthMethod.SCRAM_SHA_256);
  }

  /**
   * Creates a role that may log in, its password stored as {@code method} wants it, and lets it in
   * by that method on every node. Waits until the replicas know it.
   */
  public void createRole(String role, String password, AuthMethod method) {
    try (Connection connection = primary().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET password_encryption = '" + method.encryption() + "'");
      statement.execute(
          "CREATE ROLE "
              + DataFolder.quoted(role)
              + " LOGIN PASSWORD "
              + statement.enquoteLiteral(password));
      for (Postgres node : nodes) {
        node.data().authenticate(role, method);
        if (node.isRunning()) {
          node.reload();
        }
      }
    } catch (SQLException | IOException e) {
      throw new LabException("cannot create role " + role + ": " + e.getMessage(), e);
    }
    awaitReplay();
  }

  /** Creates a database and waits until the replicas know it. */
  public void createDatabase(String database, String owner) {
    try (Connection connection = primary().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE DATABASE " + DataFolder.quoted(database) + " OWNER " + DataFolder.quoted(owner));
    } catch (SQLException e) {
      throw new LabException("cannot create database " + database + ": " + e.getMessage(), e);
    }
    awaitReplay();
  }

  /** Stops the replicas, then the primary; a temporary directory is removed. */
  @Override
  public void close() {
    AtExit.remove(this);
    List<Postgres> replicas = nodes.stream().filter(node -> node.data().isStandby()).toList();
    List<Postgres> primaries = nodes.stream().filter(node -> !node.data().isStandby()).toList();
    for (List<Postgres> group : List.of(replicas, primaries)) {
      group.forEach(node -> node.signalStop(StopMode.FAST));
      group.forEach(Postgres::awaitStop);
    }
    try {
      folder.close();
    } catch (IOException e) {
      throw new LabException("cannot clear " + folder.path(), e);
    }
  }
}
