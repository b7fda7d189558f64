package io.howdah.app;

import org.jboss.logging.Logger;
import sun.misc.Signal;

/**
 * POSIX signals. There is no supported way to hear of SIGHUP, or to end with code 0 after SIGTERM,
 * but {@code sun.misc.Signal}, which the JDK keeps in jdk.unsupported for this and which native
 * images have too.
 */
final class Signals {
  private static final Logger LOG = Logger.getLogger("howdah.app");

  private Signals() {}

  /** Runs {@code action} on a thread of its own at each signal. False if the JVM won't have it. */
  static boolean on(String name, Runnable action) {
    try {
      Signal.handle(
          new Signal(name), signal -> Thread.ofPlatform().name("signal-" + name).start(action));
      return true;
    } catch (IllegalArgumentException e) {
      LOG.warnf("SIG%s can't be handled here: %s", name, e.getMessage());
      return false;
    }
  }
}
