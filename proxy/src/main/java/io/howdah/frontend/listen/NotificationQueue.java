package io.howdah.frontend.listen;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What a client is to hear between its requests, in order: notifications, and notices about them.
 * It counts its bytes; whoever fills it sees to the bound.
 *
 * <p>Thread: the session's event loop.
 */
final class NotificationQueue {
  /** What becomes of a message whose turn it is. */
  enum Fate {
    SAY,
    /** Not yet, and nothing behind it either: the order is kept. */
    WAIT,
    DROP
  }

  /** What an entry costs beside its message. */
  private static final int ENTRY_BYTES = 48;

  /**
   * @param channel null for a notice
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Entry(String channel, byte[] message) {}

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();
  private long bytes;

  boolean isEmpty() {
    return entries.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  void notification(String channel, byte[] message) {
    add(new Entry(channel, message));
  }

  void notice(byte[] message) {
    add(new Entry(null, message));
  }

  private void add(Entry entry) {
    entries.add(entry);
    bytes += cost(entry);
  }

  private static long cost(Entry entry) {
    return (long) entry.message().length + ENTRY_BYTES;
  }

  /**
   * The next message to say, taken out; null when there is none that may be said now.
   *
   * @param turns decides by the channel
   */
  byte[] next(Function<String, Fate> turns) {
    while (!entries.isEmpty()) {
      Entry first = entries.getFirst();
      Fate turn = first.channel() == null ? Fate.SAY : turns.apply(first.channel());
      if (turn == Fate.WAIT) {
        return null;
      }
      entries.removeFirst();
      bytes -= cost(first);
      if (turn == Fate.SAY) {
        return first.message();
      }
    }
    return null;
  }

  /** Forgets what came on some channels. */
  void drop(Predicate<String> which) {
    Iterator<Entry> each = entries.iterator();
    while (each.hasNext()) {
      Entry entry = each.next();
      if (entry.channel() != null && which.test(entry.channel())) {
        bytes -= cost(entry);
        each.remove();
      }
    }
  }

  void clear() {
    entries.clear();
    bytes = 0;
  }
}
