package io.howdah.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

  private final Path directory;
  private final boolean temporary;
  private final FileChannel lock;
  private final List<Postgres> nodes;
  private final boolean created;

  private Cluster(
      Path directory, boolean temporary, FileChannel lock, List<Postgres> nodes, boolean created) {
    this.directory = directory;
    this.temporary = temporary;
    this.lock = lock;
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
   * @throws LabException if it cannot be; nothing is left running then
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
      Path directory = directory(spec, account);
      FileChannel lock = lock(directory);
      List<Postgres> nodes = new ArrayList<>();
      for (int i = 0; i <= spec.replicas(); i++) {
        String name = "node" + (i + 1);
        DataFolder data = new DataFolder(directory.resolve(name), account, binaries);
        nodes.add(new Postgres(name, data, spec.port(i), spec.settings()));
      }
      boolean fresh = nodes.stream().noneMatch(node -> node.data().isComplete());
      Cluster cluster =
          new Cluster(directory, spec.directory().isEmpty(), lock, List.copyOf(nodes), fresh);
      AtExit.add(cluster);
      cluster.bringUp(progress);
      return cluster;
    } catch (IOException e) {
      throw new LabException("cannot start the cluster: " + e.getMessage(), e);
    }
  }

  private static Path directory(ClusterSpec spec, Account account) throws IOException {
    if (spec.directory().isEmpty()) {
      return Folders.createTemporary("howdah-lab-");
    }
    Path directory = Folders.create(spec.directory().get());
    if (!account.reaches(directory)) {
      throw new LabException(
          "user "
              + account.name()
              + ", as whom the servers run, cannot reach "
              + directory
              + ": choose a folder that is not below a private one, or none for a temporary one");
    }
    return directory;
  }

  private static FileChannel lock(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very JVM: the same answer as for another one.
    }
    channel.close();
    throw new LabException("another program runs the cluster in " + directory);
  }

  private void bringUp(Progress progress) throws IOException {
    try {
      nodes.forEach(node -> node.data().clearStale(progress));
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
      throw e;
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
      throw new LabException(
          "the data in " + directory + " has not one primary but " + primaries + ": remove it");
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
      lock.close();
      if (temporary) {
        Folders.delete(directory);
      }
    } catch (IOException e) {
      throw new LabException("cannot clear " + directory, e);
    }
  }
}
