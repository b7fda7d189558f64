package io.howdah.lab;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Closes what is still open when the JVM ends, last opened first. One hook for all, because the JVM
 * runs its hooks side by side and the proxy has to go before the servers behind it.
 */
final class AtExit {
  private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();
  private static boolean hooked;
  private static boolean begun;

  private AtExit() {}

  static synchronized void add(AutoCloseable resource) {
    if (!hooked) {
      Runtime.getRuntime().addShutdownHook(new Thread(AtExit::closeAll, "lab-at-exit"));
      hooked = true;
    }
    OPEN.push(resource);
  }

  static synchronized void remove(AutoCloseable resource) {
    OPEN.remove(resource);
  }

  /** Whether the JVM is ending, so that a server which stops now is no surprise. */
  static synchronized boolean hasBegun() {
    return begun;
  }

  private static void closeAll() {
    begin();
    for (AutoCloseable next = take(); next != null; next = take()) {
      try {
        next.close();
      } catch (Exception e) {
        System.err.println("could not stop cleanly: " + e.getMessage());
      }
    }
  }

  private static synchronized void begin() {
    begun = true;
  }

  private static synchronized AutoCloseable take() {
    return OPEN.poll();
  }
}
