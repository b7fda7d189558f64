package io.howdah.backend.listen;

import io.howdah.error.PgError;
import io.netty.channel.EventLoop;
import java.util.List;

/**
 * Who listens by way of a {@link ListenHub}.
 *
 * <p>Thread: its own event loop, for every call but {@link #loop}; never from within a call of the
 * hub.
 */
public interface ChannelListener {
  /** The loop on which it wants to be told. Thread: any. */
  EventLoop loop();

  /** The server listens: from now on nothing is missed. */
  void confirmed(Subscription subscription);

  /** The channel can't be listened to; the subscription is over. */
  void refused(Subscription subscription, PgError error);

  /** A notification came, on a channel that it had subscribed to when the server sent it. */
  void notified(Notification notification);

  /**
   * The shared connection was lost and is there again: what was notified in between is gone.
   *
   * @param channels those concerned
   */
  void interrupted(List<String> channels);
}
