package io.howdah.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One node's data on disk: made, configured, looked at. Knows nothing of running servers but what
 * their lock file tells.
 *
 * @param node the node's folder, in which the data folder is
 */
record DataFolder(Path node, Account account, Binaries binaries) {
  private static final String SETTINGS = "lab.conf";
  private static final String HBA_REST =
      """
      host replication all 127.0.0.1/32 scram-sha-256
      host all all 127.0.0.1/32 scram-sha-256
      """;

  /** PGDATA itself. */
  Path path() {
    return node.resolve("data");
  }

  /** Whether this folder was made to its end; a crash halfway leaves one that was not. */
  boolean isComplete() {
    return Files.exists(node.resolve("complete"), LinkOption.NOFOLLOW_LINKS);
  }

  void markComplete() throws IOException {
    Files.writeString(node.resolve("complete"), binaries.version() + "\n");
  }

  boolean isStandby() {
    return Files.exists(path().resolve("standby.signal"));
  }

  /** Whether these binaries can run what is here: PG_VERSION holds the major version alone. */
  boolean isOfSameMajorVersion() throws IOException {
    String major = Files.readString(path().resolve("PG_VERSION")).strip();
    return binaries.version().startsWith(major + ".");
  }

  /** Empties the node's folder for new data, which the servers' user will own. */
  void recreate() throws IOException {
    Folders.delete(node);
    Folders.create(node);
    Files.createDirectory(path());
    Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rwx------"));
    account.takeOver(path());
  }

  /** Runs initdb with one superuser. */
  void initialise(String superuser, String password) throws IOException {
    recreate();
    Path passwordFile = path().resolveSibling("password");
    Files.writeString(passwordFile, password + "\n");
    account.takeOver(passwordFile);
    List<String> command =
        List.of(
            binaries.program("initdb"),
            "--pgdata=" + path(),
            "--username=" + superuser,
            "--pwfile=" + passwordFile,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            "--no-instructions");
    Spawn.Result result = Spawn.run(account, node, command);
    Files.delete(passwordFile);
    if (result.code() != 0) {
      throw new LabException("initdb failed:\n" + result.output());
    }
    Files.writeString(
        path().resolve("postgresql.conf"),
        "include '" + SETTINGS + "'\n",
        StandardOpenOption.APPEND);
    write("pg_hba.conf", HBA_REST);
  }

  /** Writes the lab's settings, which a start or a reload puts in force. */
  void configure(Map<String, String> settings) {
    String lines =
        settings.entrySet().stream()
            .map(each -> each.getKey() + " = '" + each.getValue().replace("'", "''") + "'\n")
            .collect(Collectors.joining());
    try {
      write(SETTINGS, lines);
    } catch (IOException e) {
      throw new LabException("cannot write the settings of " + node, e);
    }
  }

  /** The settings with which every node of the lab runs. */
  static Map<String, String> settings(String nodeName, int port) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("cluster_name", nodeName);
    settings.put("listen_addresses", "127.0.0.1");
    settings.put("port", Integer.toString(port));
    settings.put("unix_socket_directories", "");
    settings.put("max_connections", "250");
    settings.put("shared_buffers", "32MB");
    settings.put("huge_pages", "off");
    settings.put("fsync", "off");
    settings.put("io_method", "sync"); // spares three processes a node
    settings.put("jit", "off");
    settings.put("wal_level", "logical");
    settings.put("max_wal_senders", "20");
    settings.put("max_replication_slots", "20");
    settings.put("max_prepared_transactions", "20");
    // Enough for a replica that is stopped or paused for a while to find its way again.
    settings.put("wal_keep_size", "1GB");
    settings.put("max_wal_size", "256MB");
    settings.put("wal_retrieve_retry_interval", "200ms");
    settings.put("password_encryption", "scram-sha-256");
    settings.put("md5_password_warnings", "off");
    settings.put("logging_collector", "off");
    settings.put("log_line_prefix", "%m [%p] %q%u@%d ");
    return settings;
  }

  /** Puts a line for {@code role} in front of pg_hba.conf, in place of an earlier one. */
  void authenticate(String role, AuthMethod method) throws IOException {
    String start = "host all " + quoted(role) + " ";
    List<String> lines = new ArrayList<>();
    lines.add(start + "127.0.0.1/32 " + method.hba());
    for (String line : Files.readAllLines(path().resolve("pg_hba.conf"))) {
      if (!line.startsWith(start)) {
        lines.add(line);
      }
    }
    write("pg_hba.conf", String.join("\n", lines) + "\n");
  }

  void becomeStandby() throws IOException {
    write("standby.signal", "");
  }

  /** Writes a file of the servers' user into the data folder, whole or not at all. */
  void write(String name, String content) throws IOException {
    Path half = node.resolve(name + ".part");
    Files.writeString(half, content);
    Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("rw-------"));
    account.takeOver(half);
    Files.move(
        half,
        path().resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Whether postmaster {@code pid} says that it answers connections. */
  boolean isReady(long pid) {
    List<String> lines = lockFile(path());
    return lines.size() >= 8
        && lines.getFirst().strip().equals(Long.toString(pid))
        && lines.get(7).strip().equals("ready");
  }

  /**
   * Clears what a run that was killed left in a node's folder: stops the postmaster if it still
   * runs, and removes its lock file. A process that merely got the same number is left alone.
   */
  static void clearStale(Path node, Progress progress) {
    Path path = node.resolve("data");
    List<String> lines = lockFile(path);
    if (lines.isEmpty()) {
      return;
    }
    Optional<ProcessHandle> leftOver =
        ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
            .filter(process -> isPostmaster(process, path));
    leftOver.ifPresent(
        postmaster -> {
          progress.say(
              "stopping server " + postmaster.pid() + ", left over from a run that was killed");
          Spawn.signal(postmaster.pid(), StopMode.IMMEDIATE.signal());
          Waiting.until(
              "the left-over server " + postmaster.pid() + " to stop", () -> !postmaster.isAlive());
        });
    try {
      Files.deleteIfExists(path.resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new LabException("cannot clear " + path, e);
    }
  }

  private static boolean isPostmaster(ProcessHandle process, Path path) {
    try {
      String command = Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
      List<String> words = List.of(command.split("\0"));
      return words.getFirst().endsWith("/postgres") && words.contains(path.toString());
    } catch (IOException e) {
      return false; // gone in the meantime
    }
  }

  private static List<String> lockFile(Path path) {
    try {
      return Files.readAllLines(path.resolve("postmaster.pid"));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** A name in double quotes, which SQL and pg_hba.conf write the same way. */
  static String quoted(String role) {
    return '"' + role.replace("\"", "\"\"") + '"';
  }
}
