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

  private ProcessFigures() {}

  /** CPU time that was used so far, in microseconds. */
  record Cpu(long user, long system) {
    long total() {
      return user + system;
    }

    Cpu since(Cpu earlier) {
      return new Cpu(user - earlier.user, system - earlier.system);
    }
  }

  static Cpu cpu(long pid) throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
    // The name stands in parentheses and may hold spaces; the numbers stand behind it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return new Cpu(
        Long.parseLong(fields[STAT_USER]) * MICROS_PER_TICK,
        Long.parseLong(fields[STAT_SYSTEM]) * MICROS_PER_TICK);
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
