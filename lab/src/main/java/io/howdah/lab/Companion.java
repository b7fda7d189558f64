package io.howdah.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A program that runs beside the lab's servers, such as another pooler: with a folder of its own
 * that it is started in, its output in a log there, and gone when the JVM goes.
 */
public final class Companion implements AutoCloseable {
  private static final Duration STOP_BOUND = Duration.ofSeconds(10);
  private static final int LOG_TAIL = 30;

  private final Process process;
  private final Path log;

  private Companion(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** A new temporary folder that unprivileged programs can reach. */
  public static Path newFolder(String prefix) {
    try {
      return Folders.createTemporary(prefix);
    } catch (IOException e) {
      throw new LabException("cannot create a temporary folder: " + e.getMessage(), e);
    }
  }

  /** Removes a folder with all that is in it. */
  public static void deleteFolder(Path folder) {
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new LabException("cannot remove " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Any TCP port on which nothing listens now. */
  public static int freePort() {
    return Ports.free();
  }

  /** Starts a program as the JVM's own user. */
  public static Companion start(Path folder, List<String> command) {
    return start(Account.own(), folder, command);
  }

  /**
   * Starts a program that refuses to run as root: as the user that the servers run as, to whom
   * {@code folder} is given.
   */
  public static Companion startUnprivileged(Path folder, List<String> command) {
    Account account = Account.forServers();
    try {
      account.takeOver(folder);
    } catch (IOException e) {
      throw new LabException("cannot give " + folder + " to " + account.name(), e);
    }
    return start(account, folder, command);
  }

  private static Companion start(Account account, Path folder, List<String> command) {
    Path log = folder.resolve("output.log");
    Process process = Spawn.server(account, "TERM", folder, log, _ -> {}, command);
    Companion companion = new Companion(process, log);
    AtExit.add(companion);
    return companion;
  }

  /**
   * Waits until it listens on {@code port} of the loopback interface.
   *
   * @throws LabException with the end of its log if it ends, or does not listen in time
   */
  public void awaitListening(int port) {
    boolean settled =
        Waiting.within(Waiting.BOUND, () -> !process.isAlive() || !Ports.isFree(port));
    if (!process.isAlive()) {
      throw new LabException("it ended while it started; " + logTail());
    }
    if (!settled) {
      throw new LabException("it does not listen on port " + port + "; " + logTail());
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /** The end of what it wrote, for a person. */
  public String logTail() {
    return Files.exists(log) ? Logs.tail(log, LOG_TAIL) : "it wrote nothing";
  }

  /** Asks it to stop (TERM), waits, and ends it by force if it does not. */
  @Override
  public void close() {
    AtExit.remove(this);
    process.destroy();
    if (!Waiting.within(STOP_BOUND, () -> !process.isAlive())) {
      process.destroyForcibly();
    }
  }
}
