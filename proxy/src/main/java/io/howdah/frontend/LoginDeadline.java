package io.howdah.frontend;

import io.howdah.error.PgError;
import java.time.Duration;

/** The bound on the time from accept to the end of authentication. */
final class LoginDeadline {
  private LoginDeadline() {}

  static void check(ClientSession session, long nowNanos) {
    Duration bound = session.worker.config().timeouts().clientLogin();
    if (!bound.isZero() && nowNanos - session.connectedAtNanos > bound.toNanos()) {
      session.terminate(new PgError.LoginTimeout(bound));
    }
  }
}
