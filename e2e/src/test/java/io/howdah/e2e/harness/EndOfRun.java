package io.howdah.e2e.harness;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Stops the shared servers when all tests are through. */
public final class EndOfRun implements LauncherSessionListener {
  @Override
  public void launcherSessionClosed(LauncherSession session) {
    SharedServers.stop();
  }
}
