package io.howdah.e2e.corpus;

import io.howdah.config.HostPort;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Logins that may have to wait: while a shared catalog is rewritten, or a server comes up again
 * after a crash, they fail that go well a moment later.
 */
final class PatientLogin {
  private static final int ATTEMPTS = 200;
  private static final long PAUSE_NANOS = 100_000_000;

  private PatientLogin() {}

  /**
   * A connection that is logged in.
   *
   * @throws IOException when it can't be had within a while
   */
  static Wire at(HostPort server, Map<String, String> parameters, String password)
      throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return once(server, parameters, password);
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private static Wire once(HostPort server, Map<String, String> parameters, String password)
      throws IOException {
    Wire wire = Wire.open(server);
    try {
      wire.login(parameters, password);
      return wire;
    } catch (IOException e) {
      wire.close();
      throw e;
    }
  }
}
