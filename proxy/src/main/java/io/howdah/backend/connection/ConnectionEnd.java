package io.howdah.backend.connection;

import io.howdah.backend.transport.Outlet;
import io.howdah.error.PgError;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrontendMessages;
import io.howdah.wire.FrontendType;
import java.io.IOException;
import java.time.Duration;

/**
 * How a {@link ServerConnection} ends, and why: whoever that concerns is told, each for itself.
 *
 * <p>Thread: the event loop of the connection.
 */
final class ConnectionEnd {
  private final ServerConnection connection;
  private final ReplyReader replies;
  private final OwnWork own;
  private final Outlet out;
  private Runnable whenQuiet;
  private boolean serverSaidFatal;
  private boolean ended;

  /** Null as long as there is none. */
  private String reason;

  ConnectionEnd(ServerConnection connection, ReplyReader replies, OwnWork own, Outlet out) {
    this.connection = connection;
    this.replies = replies;
    this.own = own;
    this.out = out;
  }

  /** Whether it has ended, or is about to. */
  boolean hasReason() {
    return reason != null;
  }

  /** Why it has ended, or is about to; or null. */
  String reason() {
    return reason;
  }

  /** Whether the server has said that it ends the session. */
  boolean isAnnounced() {
    return serverSaidFatal;
  }

  /** The server says an error; {@code ofOwn} tells whether to a message of Howdah's own. */
  void refused(ErrorFields error, boolean ofOwn) {
    if (error.isFatal()) {
      announced(error);
    }
    if (ofOwn) {
      own.refused(error);
    }
  }

  /** The server ends the session with this error. */
  private void announced(ErrorFields error) {
    serverSaidFatal = true;
    if (reason == null) {
      reason = error.code() + " " + error.message();
    }
  }

  /** Runs a task once it owes nothing and no transaction is open, or it is closed. */
  void whenQuiet(Runnable task) {
    Runnable before = whenQuiet;
    whenQuiet =
        before == null
            ? task
            : () -> {
              before.run();
              task.run();
            };
  }

  /** It owes nothing, and no transaction is open: runs what waited for that. */
  void quiet() {
    Runnable task = whenQuiet;
    if (task != null) {
      whenQuiet = null;
      task.run();
    }
  }

  /**
   * Closes the connection for good. The session that has it, if any, is told.
   *
   * @param why a clause, for people
   */
  void destroy(String why) {
    close(
        why,
        serverSaidFatal
            ? lostError()
            : new PgError.ServerConnectionSevered(connection.identity().node().toString(), why),
        false);
  }

  /** It did not answer a request of Howdah's own in time. */
  void stalled(String what, Duration limit) {
    close(
        "it did not answer a request of Howdah's own: " + what,
        new PgError.ServerStalled(connection.identity().node().toString(), what, limit),
        false);
  }

  /** The server said what it must not: what it says can't be trusted any more. */
  void violated(String what) {
    close(
        what,
        new PgError.ServerProtocolViolation(connection.identity().node().toString(), what),
        true);
  }

  /** What came on its channel could not be dealt with, or the channel is broken. */
  void failed(Throwable cause) {
    if (cause instanceof IOException) {
      close(cause.toString(), lostError(cause.toString()), false);
      return;
    }
    connection.owner().fault("what a server's replies lead to", cause);
    close(
        "a fault of Howdah: " + cause,
        new PgError.InternalError("internal error: " + cause.getClass().getSimpleName()),
        false);
  }

  /** What to tell whoever can't use the connection any more. */
  PgError lostError() {
    return lostError(reason);
  }

  /** The same, for another reason. */
  PgError lostError(String why) {
    return new PgError.ServerConnectionLost(connection.identity().node().toString(), why);
  }

  /** Closes it, and tells everybody whom that concerns. */
  void close(String why, PgError error, boolean violation) {
    if (ended) {
      return;
    }
    ended = true;
    if (reason == null) {
      reason = why;
    }
    boolean polite = connection.ledger().isEmpty() && connection.channel().isActive();
    replies.close();
    connection.ledger().abandon();
    if (polite) {
      out.writeAndFlush(FrontendMessages.bodyless(connection.alloc(), FrontendType.TERMINATE));
    }
    connection.channel().close();
    out.closed();
    SessionLink session = replies.link();
    replies.goTo(null);
    Chore work = own.drop();
    connection.owner().gone(connection, reason, violation);
    contain(this::quiet);
    if (work != null) {
      contain(() -> work.failed(own.errorOr(error)));
    }
    if (session != null) {
      contain(() -> session.lost(error, serverSaidFatal));
    }
  }

  /** Whoever closes it has others to look after than those whom that concerns. */
  private void contain(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      connection.owner().fault("the loss of a server connection", e);
    }
  }
}
