package io.howdah.lab;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Starts processes that do not outlive the JVM.
 *
 * <p>Each long-running one gets a session of its own, so that Ctrl-C reaches the JVM alone and the
 * JVM decides in which order things stop; and a parent-death signal, so that it goes even when the
 * JVM is killed. The kernel ties that signal to the <em>thread</em> that started the process, hence
 * the one thread here that lives as long as the JVM.
 */
final class Spawn {
  private static final ExecutorService PARENT =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("lab-parent").daemon().factory());
  private static final ProcessBuilder.Redirect NOTHING =
      ProcessBuilder.Redirect.from(new File("/dev/null"));

  private Spawn() {}

  /**
   * What became of a short command.
   *
   * @param output what it wrote, both streams together
   */
  record Result(int code, String output) {}

  /**
   * Whether a server goes with the JVM even when that is killed: it takes the setpriv of util-linux
   * (the one of busybox knows no parent-death signal).
   */
  static boolean diesWithParent() {
    return DeathSignal.KNOWN;
  }

  static boolean onPath(String tool) {
    String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
    for (String folder : path.split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(folder, tool))) {
        return true;
      }
    }
    return false;
  }

  /** Runs a short command to its end, in {@code directory}, as {@code account}. */
  static Result run(Account account, Path directory, List<String> command) {
    List<String> whole = new ArrayList<>();
    if (account.switched()) {
      whole.add("setpriv");
      whole.addAll(identity(account));
      whole.add("--");
    }
    whole.addAll(command);
    return run(builder(directory, whole));
  }

  private static Result run(ProcessBuilder builder) {
    try {
      Process process = builder.redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new LabException(e.getMessage(), e);
    } catch (InterruptedException e) {
      throw LabException.interrupted(e);
    }
  }

  /**
   * Starts a server as {@code account}. The process answered is the server itself: every tool in
   * between replaces itself by the next.
   *
   * @param deathSignal what the server gets when the JVM dies, for instance QUIT
   * @param log where both its output streams are appended
   * @param environment changes the environment that it inherits
   */
  static Process server(
      Account account,
      String deathSignal,
      Path directory,
      Path log,
      Consumer<Map<String, String>> environment,
      List<String> command) {
    List<String> whole = new ArrayList<>();
    if (onPath("setsid")) {
      whole.add("setsid");
    }
    if (account.switched() || diesWithParent()) {
      whole.add("setpriv");
      if (account.switched()) {
        whole.addAll(identity(account));
      }
      if (diesWithParent()) {
        whole.addAll(List.of("--pdeathsig", deathSignal));
      }
      whole.add("--");
    }
    whole.addAll(command);
    ProcessBuilder builder =
        builder(directory, whole)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    environment.accept(builder.environment());
    try {
      return PARENT.submit(builder::start).get();
    } catch (ExecutionException e) {
      throw new LabException("cannot start " + command.getFirst(), e.getCause());
    } catch (InterruptedException e) {
      throw LabException.interrupted(e);
    }
  }

  /** Sends a signal such as INT or QUIT, which Java itself cannot. */
  static void signal(long pid, String signal) {
    run(
        builder(
            Path.of("/"),
            List.of("sh", "-c", "kill -s \"$0\" \"$1\"", signal, Long.toString(pid))));
  }

  private static ProcessBuilder builder(Path directory, List<String> command) {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectInput(NOTHING);
    // PGDATA, PGPORT and their kin would change what the servers do.
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    return builder;
  }

  private static List<String> identity(Account account) {
    return List.of("--reuid=" + account.uid(), "--regid=" + account.gid(), "--clear-groups");
  }

  private static final class DeathSignal {
    private static final boolean KNOWN =
        onPath("setpriv")
            && run(builder(Path.of("/"), List.of("setpriv", "--pdeathsig", "QUIT", "--", "true")))
                    .code()
                == 0;
  }
}
