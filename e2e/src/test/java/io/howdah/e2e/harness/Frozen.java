package io.howdah.e2e.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes of this machine that stand still until this is closed: their sockets stay open and
 * nobody answers, as with a server whose machine hangs or whose cable is cut.
 */
public final class Frozen implements AutoCloseable {
  private final List<Long> pids = new ArrayList<>();

  /** One process, such as a server's backend. */
  public static Frozen process(long pid) {
    Frozen frozen = new Frozen();
    frozen.stop(pid);
    return frozen;
  }

  /** A process and all that came from it: with its postmaster, a whole server. */
  public static Frozen tree(long pid) {
    Frozen frozen = process(pid);
    ProcessHandle.of(pid).stream()
        .flatMap(ProcessHandle::descendants)
        .forEach(each -> frozen.stop(each.pid()));
    return frozen;
  }

  private void stop(long pid) {
    signal("STOP", pid);
    pids.add(pid);
  }

  private static void signal(String name, long pid) {
    try {
      int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
      if (code != 0 && name.equals("STOP")) {
        throw new AssertionError("kill -" + name + " " + pid + ": " + code);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** They go on, as far as they are still there. */
  @Override
  public void close() {
    pids.reversed().forEach(pid -> signal("CONT", pid));
  }
}
