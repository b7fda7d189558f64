package io.howdah.e2e.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Processes of this machine that stand still until this is closed: their sockets stay open and
 * nobody answers, as with a server whose machine hangs or whose cable is cut.
 */
public final class Frozen implements AutoCloseable {
  private final List<Long> pids;

  private Frozen(List<Long> pids) {
    this.pids = pids;
    signal("STOP");
  }

  /** One process, such as a server's backend. */
  public static Frozen process(long pid) {
    return new Frozen(List.of(pid));
  }

  /** A process and all that came from it: with its postmaster, a whole server. */
  public static Frozen tree(long pid) {
    List<Long> all = new ArrayList<>(List.of(pid));
    ProcessHandle.of(pid).stream()
        .flatMap(ProcessHandle::descendants)
        .forEach(each -> all.add(each.pid()));
    return new Frozen(all);
  }

  private void signal(String name) {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    pids.forEach(pid -> command.add(Long.toString(pid)));
    try {
      // Some of them may have ended meanwhile.
      new ProcessBuilder(command).start().waitFor();
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
    signal("CONT");
  }
}
