package io.howdah.backend.listen;

import java.util.concurrent.atomic.LongAdder;

/**
 * What a {@link ListenHub} tells about itself.
 *
 * <p>Thread: the hub's loop, but where a method says otherwise.
 */
final class HubCounts {
  private final LongAdder losses = new LongAdder();
  private volatile ListenFigures.Link link = ListenFigures.Link.NONE;
  private volatile int channels;
  private volatile int subscriptions;

  /** It has this connection from now on. */
  void linked(ListenFigures.Link to) {
    link = to;
  }

  /** It lost a connection by which somebody was to hear something. */
  void lost() {
    losses.increment();
  }

  /** Counts what is listened to now. */
  void count(ChannelTable<Subscription> table) {
    channels = table.channels();
    subscriptions = table.subscriptions();
  }

  /** Thread: any. */
  ListenFigures figures(
      String cluster, String database, NotificationFanOut fanOut, String problem) {
    return new ListenFigures(
        cluster,
        database,
        link,
        channels,
        subscriptions,
        fanOut.received(),
        fanOut.delivered(),
        losses.sum(),
        problem);
  }
}
