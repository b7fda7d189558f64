package io.howdah.backend.listen;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which channels a shared connection listens to, for whom, and what the server must still be told.
 * Pure: it asks for nothing itself. There is one question at a time: {@link #next} says what to
 * send, and {@link #answered}, {@link #refused} or {@link #lost} how that ended.
 *
 * <p>A subscription is confirmed once the server has said that it listens to its channel: from then
 * on nothing is missed, until the connection is lost. After a loss all is asked anew, and who had
 * been confirmed before is told of the interruption in place of a second confirmation.
 *
 * <p>Thread: one.
 *
 * @param <S> a subscription, compared by identity or as its class says
 */
final class ChannelTable<S> {
  /** How a question changed things, for those it concerns. */
  record Outcome<S>(List<S> confirmed, List<S> interrupted) {}

  private static final class Channel<S> {
    final Set<S> subscriptions = new LinkedHashSet<>();

    /** Those who were told that they are heard, or who were and lost it. */
    final Set<S> confirmed = new LinkedHashSet<>();

    boolean listening;
  }

  private final Map<String, Channel<S>> channels = new LinkedHashMap<>();

  /** Channels whose state at the server is not what it should be. */
  private final Set<String> unsettled = new LinkedHashSet<>();

  private List<String> listens = List.of();
  private List<String> unlistens = List.of();
  private boolean asking;

  /** The last question failed as a whole: ask for one channel at a time, to find the one. */
  private boolean singly;

  private int subscriptions;

  /**
   * Adds a subscription.
   *
   * @return whether it is confirmed at once
   */
  boolean add(String name, S subscription) {
    Channel<S> channel = channels.computeIfAbsent(name, _ -> new Channel<>());
    if (channel.subscriptions.add(subscription)) {
      subscriptions++;
    }
    if (channel.listening && !unlistens.contains(name)) {
      unsettled.remove(name);
      channel.confirmed.add(subscription);
      return true;
    }
    unsettled.add(name);
    return false;
  }

  /** Takes one away; nothing happens if it isn't there. */
  void remove(String name, S subscription) {
    Channel<S> channel = channels.get(name);
    if (channel == null || !channel.subscriptions.remove(subscription)) {
      return;
    }
    subscriptions--;
    channel.confirmed.remove(subscription);
    if (channel.subscriptions.isEmpty()) {
      unsettled.add(name);
    }
  }

  /** Those who want to hear what comes on a channel. */
  Collection<S> subscribers(String name) {
    Channel<S> channel = channels.get(name);
    return channel == null ? List.of() : channel.subscriptions;
  }

  /** Those who wait for a confirmation. */
  List<S> waiting() {
    List<S> waiting = new ArrayList<>();
    for (Channel<S> channel : channels.values()) {
      for (S each : channel.subscriptions) {
        if (!channel.confirmed.contains(each)) {
          waiting.add(each);
        }
      }
    }
    return waiting;
  }

  /** Whether the server owes an answer to {@link #next}. */
  boolean isAsking() {
    return asking;
  }

  /** Whether nobody listens. */
  boolean isEmpty() {
    return subscriptions == 0;
  }

  int subscriptions() {
    return subscriptions;
  }

  /** Channels that the server was asked for or will be. */
  int channels() {
    return channels.size();
  }

  /** Every subscription. */
  List<S> everyone() {
    List<S> all = new ArrayList<>(subscriptions);
    channels.values().forEach(channel -> all.addAll(channel.subscriptions));
    return all;
  }

  /** The SQL to send next, or null when there is nothing to say or an answer is awaited. */
  String next() {
    if (asking || unsettled.isEmpty()) {
      return null;
    }
    List<String> add = new ArrayList<>();
    List<String> drop = new ArrayList<>();
    for (String name : List.copyOf(unsettled)) {
      Channel<S> channel = channels.get(name);
      boolean wanted = channel != null && !channel.subscriptions.isEmpty();
      boolean has = channel != null && channel.listening;
      if (wanted == has) {
        unsettled.remove(name);
        if (channel != null && !wanted) {
          channels.remove(name);
        }
      } else if (!singly || (add.isEmpty() && drop.isEmpty())) {
        (wanted ? add : drop).add(name);
      }
    }
    if (add.isEmpty() && drop.isEmpty()) {
      return null;
    }
    listens = add;
    unlistens = drop;
    asking = true;
    StringBuilder sql = new StringBuilder();
    add.forEach(name -> sql.append("LISTEN ").append(quoted(name)).append(';'));
    drop.forEach(name -> sql.append("UNLISTEN ").append(quoted(name)).append(';'));
    return sql.toString();
  }

  /** A name as SQL takes it, whatever is in it. */
  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** The server did what {@link #next} said. */
  Outcome<S> answered() {
    List<S> confirmed = new ArrayList<>();
    List<S> interrupted = new ArrayList<>();
    for (String name : unlistens) {
      channels.get(name).listening = false;
    }
    for (String name : listens) {
      Channel<S> channel = channels.get(name);
      channel.listening = true;
      for (S each : channel.subscriptions) {
        (channel.confirmed.add(each) ? confirmed : interrupted).add(each);
      }
    }
    endQuestion();
    singly = singly && !unsettled.isEmpty();
    return new Outcome<>(confirmed, interrupted);
  }

  private void endQuestion() {
    // What changed while the question was under way is found by looking again.
    unsettled.addAll(listens);
    unsettled.addAll(unlistens);
    listens = List.of();
    unlistens = List.of();
    asking = false;
    for (String name : List.copyOf(unsettled)) {
      Channel<S> channel = channels.get(name);
      if (channel.listening != channel.subscriptions.isEmpty()) {
        unsettled.remove(name);
      } else if (!channel.listening) {
        settleUnheard(name, channel);
      }
    }
  }

  private void settleUnheard(String name, Channel<S> channel) {
    if (channel.subscriptions.isEmpty()) {
      unsettled.remove(name);
      channels.remove(name);
    }
  }

  /**
   * The server answered {@link #next} with an error, and did nothing of it.
   *
   * @return those whose channel can't be listened to, taken out of the table; null when the
   *     connection had better be given up
   */
  List<S> refused() {
    boolean one = listens.size() + unlistens.size() == 1;
    String name = one && unlistens.isEmpty() ? listens.getFirst() : null;
    boolean hopeless = one && (name == null || !channels.get(name).confirmed.isEmpty());
    if (hopeless) {
      return null;
    }
    singly = true;
    List<S> out = List.of();
    if (name != null) {
      Channel<S> channel = channels.get(name);
      out = List.copyOf(channel.subscriptions);
      subscriptions -= out.size();
      channel.subscriptions.clear();
    }
    endQuestion();
    return out;
  }

  /** The connection is gone: nothing is listened to any more, and all must be asked anew. */
  void lost() {
    listens = List.of();
    unlistens = List.of();
    asking = false;
    singly = false;
    unsettled.clear();
    channels.values().removeIf(channel -> channel.subscriptions.isEmpty());
    channels.values().forEach(channel -> channel.listening = false);
    unsettled.addAll(channels.keySet());
  }
}
