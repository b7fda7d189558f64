package io.howdah.frontend.listen;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.listen.Notification;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.SessionWrites;
import io.howdah.wire.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Tells a client of notifications, only between requests and outside transactions, as PostgreSQL
 * does. Until then they are kept, up to a bound, above which the client is dropped.
 *
 * <p>Thread: the session's event loop.
 */
final class ToldNotifications {
  private static final int GRACE_SECONDS = 10;

  private final Client session;
  private final SessionWrites writes;
  private final Function<String, NotificationQueue.Fate> turn;
  private final NotificationQueue queue = new NotificationQueue();
  private boolean flushing;
  private boolean closed;

  /**
   * @param writes what the session's reads must see, which a notification adds to
   * @param turn what becomes of a notification on a channel when its turn comes
   */
  ToldNotifications(
      Client session, SessionWrites writes, Function<String, NotificationQueue.Fate> turn) {
    this.session = session;
    this.writes = writes;
    this.turn = turn;
  }

  /** A notification came in. */
  void notified(Notification notification) {
    queue.notification(notification.channel(), notification.message());
    queued();
  }

  /** Notifications on these channels may have been missed, which the client is told of in turn. */
  void interrupted(List<String> channels) {
    ByteBuf notice =
        BackendMessages.warning(
            session.buffer(),
            "01000",
            "notifications may have been lost",
            "The connection that listens for this session was lost and is there again. Channels: "
                + String.join(", ", channels)
                + ".",
            "Look up what the notifications would have told.");
    try {
      queue.notice(ByteBufUtil.getBytes(notice));
    } finally {
      notice.release();
    }
    queued();
  }

  private void queued() {
    sayIfQuiet();
    int bound = session.worker().config().clients().maxNotificationBytes();
    if (queue.bytes() > bound) {
      session.terminate(
          new PgError.LimitExceeded(
              Severity.FATAL,
              "too many notifications wait for this session",
              "The limit is " + bound + " bytes (clients.max-notification-bytes).",
              "Read from the connection, and keep transactions of sessions that LISTEN short."));
      // It may never read that: then it is not waited for.
      var unused =
          session
              .worker()
              .loop()
              .schedule(() -> session.channel().close(), GRACE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Forgets what came on these channels. */
  void drop(Predicate<String> channels) {
    queue.drop(channels);
  }

  /** Says what there is to say ahead of the server's message at hand, if the client reads. */
  void sayAhead(ServerConnection server) {
    if (!queue.isEmpty() && session.isClientWritable()) {
      server.passSoFar();
      say();
    }
  }

  /** Says what there is to say if the client is between requests, and reads. */
  void sayIfQuiet() {
    if (queue.isEmpty() || closed || !session.turn().isQuiet()) {
      return;
    }
    say();
    if (!flushing) {
      // What is posted by now comes first: one flush for a burst of notifications.
      flushing = true;
      session
          .worker()
          .loop()
          .execute(
              () -> {
                flushing = false;
                session.flush();
              });
    }
  }

  /** Says what there is to say, if the client reads. */
  void say() {
    byte[] message = next();
    if (message != null) {
      writes.notified();
    }
    while (message != null) {
      session
          .output()
          .writeAhead(session.channel().alloc().buffer(message.length).writeBytes(message));
      message = next();
    }
  }

  private byte[] next() {
    return session.channel().isWritable() ? queue.next(turn) : null;
  }

  /** The session ends. */
  void close() {
    closed = true;
    queue.clear();
  }
}
