package io.howdah.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux tells of a process in /proc. */
final class ProcessFigures {
  /** USER_HZ is 100 on every architecture that Java runs on under Linux. */
  private static final long MICROS_PER_TICK = 10_000;

  private static final int STAT_USER = 11;
  private static final int STAT_SYSTEM = 12;

  /** Of children that ended and were waited for. */
  private static final int STAT_ENDED_USER = 13;

  private static final int STAT_ENDED_SYSTEM = 14;

  private ProcessFigures() {}

  /** CPU time that was used so far, in microseconds. */
  record Cpu(long user, long system) {
    long total() {
      return user + system;
    }

    private Cpu and(Cpu other) {
      return new Cpu(user + other.user, system + other.system);
    }

    Cpu since(Cpu earlier) {
      return new Cpu(user - earlier.user, system - earlier.system);
    }
  }

  static Cpu cpu(long pid) throws IOException {
    String[] stat = stat(pid);
    return new Cpu(micros(stat[STAT_USER]), micros(stat[STAT_SYSTEM]));
  }

  /** Of a process and its children, those that ended included. */
  static Cpu cpuOfFamily(long pid) throws IOException {
    String[] stat = stat(pid);
    Cpu all = cpu(pid).and(new Cpu(micros(stat[STAT_ENDED_USER]), micros(stat[STAT_ENDED_SYSTEM])));
    ProcessHandle parent = ProcessHandle.of(pid).orElseThrow();
    for (ProcessHandle child : parent.children().toList()) {
      try {
        all = all.and(cpu(child.pid()));
      } catch (IOException e) {
        // It ended just now.
        if (child.isAlive()) {
          throw e;
        }
      }
    }
    return all;
  }

  private static String[] stat(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    // The name stands in parentheses and may hold spaces; the numbers stand behind it.
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }

  private static long micros(String ticks) {
    return Long.parseLong(ticks) * MICROS_PER_TICK;
  }

  /**
   * The objects that live in a JVM's heap, in bytes, after a full collection: what it needs, where
   * the resident size also tells what it has not given back. Native memory is not in it.
   */
  static long liveHeap(long pid) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String total = null;
    for (String line : jcmd.inputReader().lines().toList()) {
      total = line.startsWith("Total") ? line : total;
    }
    if (total == null) {
      throw new IOException("no histogram of process " + pid);
    }
    return Long.parseLong(total.trim().split("\\s+")[2]);
  }

  /** Resident memory in bytes. */
  static long resident(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
      }
    }
    throw new IOException("no VmRSS for process " + pid);
  }
}
