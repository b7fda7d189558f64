package io.howdah.frontend;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.error.PgError;
import io.howdah.frontend.session.SessionState;
import io.howdah.telemetry.Telemetry;
import io.howdah.wire.ProtocolException;

/**
 * Keeps what fails in one session from everybody else: the session ends, and what it had of others
 * is given back or destroyed.
 *
 * <p>Thread: the session's event loop.
 */
final class Containment {
  private static final String END = "the end of a client session";

  private final ClientSession session;

  Containment(ClientSession session) {
    this.session = session;
  }

  /**
   * Runs what concerns the session on behalf of somebody else, such as a pool or a clock: if it
   * fails, the session ends.
   */
  void run(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /**
   * The same where the session is given a connection: if it fails, nobody else gets that one, as
   * nobody can tell what became of it.
   */
  void run(ServerConnection connection, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      fail(e);
      connection.destroy("a fault of Howdah: " + e);
    }
  }

  private boolean end(Runnable step) {
    return session.worker.telemetry().contain(END, step);
  }

  /**
   * The session leaves its last phase.
   *
   * @param state what it carries, and {@code turns} that are to end with it; null before its login
   *     is over
   */
  void leave(Phase last, SessionState state, Turns turns) {
    if (!end(last::leave) && turns != null) {
      // Whatever it did not come to.
      turns.attached().abandon();
    }
    if (state != null) {
      end(state::end);
      end(turns::end);
    }
  }

  /** A fault of the session, which ends: in the client's protocol, or in Howdah's own code. */
  void fail(Throwable cause) {
    if (cause instanceof ProtocolException violation) {
      session.terminate(new PgError.ProtocolViolation(violation.getMessage()));
      return;
    }
    Telemetry telemetry = session.worker.telemetry();
    telemetry.fault("a client session", cause);
    end(
        () ->
            session.terminate(
                new PgError.InternalError("internal error: " + cause.getClass().getSimpleName())));
    if (session.phase() != ClosedPhase.CLOSED) {
      end(session.end()::now);
    }
    session.channel().close();
  }
}
