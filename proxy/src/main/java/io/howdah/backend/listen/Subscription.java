package io.howdah.backend.listen;

/**
 * One listener's wish to hear one channel, from {@link ListenHub#subscribe} to {@link #cancel}.
 *
 * <p>Thread: any; compared by identity, so that a late word on an earlier one can't be mistaken.
 */
public final class Subscription {
  private final ListenHub hub;
  private final String channel;
  private final ChannelListener listener;
  private final ListenLogin login;

  Subscription(ListenHub hub, String channel, ChannelListener listener, ListenLogin login) {
    this.hub = hub;
    this.channel = channel;
    this.listener = listener;
    this.login = login;
  }

  /** The channel's name as the server knows it. */
  public String channel() {
    return channel;
  }

  ChannelListener listener() {
    return listener;
  }

  ListenLogin login() {
    return login;
  }

  /** Ends it; a notification that is on its way may still come. */
  public void cancel() {
    hub.cancel(this);
  }
}
