package io.howdah.backend.listen;

import io.howdah.error.PgError;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Hands what a {@link ListenHub} has to say to its listeners, each on its own event loop, in the
 * order of the calls.
 *
 * <p>Thread: the hub's loop; the figures any.
 */
final class NotificationFanOut {
  private final LongAdder received = new LongAdder();
  private final LongAdder delivered = new LongAdder();

  /** Hands one notification to all who hear it: one task a loop, whatever their number there. */
  void hand(Notification notification, Collection<Subscription> to) {
    received.increment();
    delivered.add(to.size());
    Map<EventLoop, List<ChannelListener>> byLoop = new LinkedHashMap<>();
    for (Subscription each : to) {
      byLoop.computeIfAbsent(each.listener().loop(), _ -> new ArrayList<>()).add(each.listener());
    }
    byLoop.forEach(
        (loop, listeners) ->
            post(loop, () -> listeners.forEach(listener -> listener.notified(notification))));
  }

  /** Tells how a question to the server changed things. */
  static void tell(ChannelTable.Outcome<Subscription> outcome) {
    for (Subscription each : outcome.confirmed()) {
      post(each.listener().loop(), () -> each.listener().confirmed(each));
    }
    Map<ChannelListener, List<String>> interrupted = new LinkedHashMap<>();
    for (Subscription each : outcome.interrupted()) {
      interrupted.computeIfAbsent(each.listener(), _ -> new ArrayList<>()).add(each.channel());
    }
    interrupted.forEach(
        (listener, names) -> post(listener.loop(), () -> listener.interrupted(names)));
  }

  static void refuse(List<Subscription> out, PgError error) {
    for (Subscription each : out) {
      post(each.listener().loop(), () -> each.listener().refused(each, error));
    }
  }

  /** Runs a task on a loop, unless the loops have ended. */
  static void post(EventLoop to, Runnable task) {
    try {
      to.execute(task);
    } catch (RejectedExecutionException e) {
      // With the loops has ended whatever the task was about.
    }
  }

  /** Notifications that came. */
  long received() {
    return received.sum();
  }

  /** Notifications that were handed on, counted by listener. */
  long delivered() {
    return delivered.sum();
  }
}
