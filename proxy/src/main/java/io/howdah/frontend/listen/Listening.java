package io.howdah.frontend.listen;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.listen.ChannelListener;
import io.howdah.backend.listen.Notification;
import io.howdah.backend.listen.Subscription;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.Listen;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The channels of a session that hears them over the connection shared by all (see {@link
 * io.howdah.backend.listen.ListenHub}).
 *
 * <p>The shared connection listens before the client's own LISTEN goes to the server. From then on
 * notifications are kept; whether the client hears them ({@link ToldNotifications}) is decided with
 * the LISTEN, when its transaction ends.
 *
 * <p>Thread: the session's event loop.
 */
final class Listening implements ChannelListener {
  private final SessionState state;
  private final Client session;
  private final Map<String, ListenedChannel> channels = new LinkedHashMap<>();
  private final ToldNotifications told;
  private final SelfNotifications own;
  private final ChannelsHere here = new ChannelsHere(this);

  /** The server connection at hand has run a LISTEN of this session's. */
  private boolean usedHere;

  /** Called when something may have changed for a request that waits. */
  Runnable whenDecided = () -> {};

  Listening(SessionState state) {
    this.state = state;
    this.session = state.session;
    this.told = new ToldNotifications(session, state.writes, this::turn);
    this.own = new SelfNotifications(state, this);
  }

  @Override
  public EventLoop loop() {
    return session.worker().loop();
  }

  /** What its client is yet to hear. */
  ToldNotifications told() {
    return told;
  }

  /** What the session notifies itself of. */
  SelfNotifications own() {
    return own;
  }

  /** Its channels on the server connection at hand. */
  ChannelsHere here() {
    return here;
  }

  /** Whether it hears anything. */
  boolean isLive() {
    return channels.values().stream().anyMatch(member -> member.live);
  }

  /** What it listens to, committed. */
  List<String> liveChannels() {
    return channels.keySet().stream().filter(name -> channels.get(name).live).toList();
  }

  /** The error for a statement that would listen to more than a client may, or null. */
  PgError tooMany(Facts facts) {
    int bound = session.worker().config().clients().maxListenChannels();
    if (bound == 0) {
      return null;
    }
    Set<String> all = new HashSet<>(channels.keySet());
    for (SessionEffect effect : facts.effects()) {
      if (effect instanceof Listen listen && all.add(listen.channel()) && all.size() > bound) {
        return new PgError.LimitExceeded(
            Severity.ERROR,
            "too many channels are listened to by this session",
            "The limit is " + bound + " (clients.max-listen-channels).",
            "UNLISTEN channels that are not needed, or tell notifications apart by their payload.");
      }
    }
    return null;
  }

  /**
   * Asks for every channel that a statement would listen to.
   *
   * @param owed requests that were sent and are not answered yet
   * @return whether all of them are heard now, or refused
   */
  boolean reserve(Facts facts, int owed) {
    boolean decided = true;
    for (SessionEffect effect : facts.effects()) {
      if (effect instanceof Listen listen) {
        ListenedChannel member = channels.get(listen.channel());
        if (member == null) {
          member = new ListenedChannel(state.pools.listen(listen.channel(), this));
          channels.put(listen.channel(), member);
        }
        member.awaited = owed + 1;
        decided &= member.confirmed || member.refused != null;
      }
    }
    return decided;
  }

  /** Why one of a statement's channels can't be listened to, or null. */
  PgError refusal(Facts facts) {
    for (SessionEffect effect : facts.effects()) {
      if (effect instanceof Listen listen) {
        ListenedChannel member = channels.get(listen.channel());
        if (member != null && member.refused != null) {
          return member.refused;
        }
      }
    }
    return null;
  }

  /** Takes back what was reserved for a statement that is not sent. */
  void release(Facts facts) {
    for (SessionEffect effect : facts.effects()) {
      if (effect instanceof Listen listen) {
        ListenedChannel member = channels.get(listen.channel());
        if (member != null) {
          member.awaited = 0;
          if (!member.live) {
            channels.remove(listen.channel());
            member.subscription.cancel();
          }
        }
      }
    }
  }

  /** A LISTEN that was reserved is being sent. */
  void sent() {
    usedHere = true;
  }

  /** Whether the server connection at hand listens for this session, itself. */
  boolean isUsedHere() {
    return usedHere;
  }

  /** The session got another server connection. */
  void begin() {
    usedHere = false;
    here.begin();
  }

  /** Whether a channel is heard, or will be if its LISTEN is committed. */
  boolean has(String channel) {
    return channels.containsKey(channel);
  }

  /** A LISTEN was committed. */
  void joined(String channel) {
    ListenedChannel member = channels.get(channel);
    if (member != null) {
      member.live = true;
    }
  }

  /** An UNLISTEN was committed; null for all channels. */
  void left(String channel) {
    if (channel == null) {
      channels.values().forEach(member -> member.live = false);
    } else if (channels.containsKey(channel)) {
      channels.get(channel).live = false;
    }
  }

  /**
   * A request ended, and what it committed was told. Says what there is to say, ahead of the
   * ReadyForQuery at hand.
   *
   * @param owed requests that are not answered yet
   */
  void ready(byte status, int owed, ServerConnection server) {
    for (ListenedChannel member : channels.values()) {
      if (member.awaited > 0) {
        member.awaited--;
      }
    }
    if (status == 'I') {
      dropUnwanted();
      told.sayAhead(server);
      own.ended(server);
    } else if (owed == 0) {
      dropPremature();
    }
  }

  /** Nothing is owed, and no transaction open: what is undecided now was never sent. */
  void settled() {
    if (!session.reader().isStopped()) {
      channels.values().forEach(member -> member.awaited = 0);
      dropUnwanted();
    }
  }

  private void dropUnwanted() {
    Iterator<ListenedChannel> each = channels.values().iterator();
    while (each.hasNext()) {
      ListenedChannel member = each.next();
      if (!member.live && member.awaited == 0) {
        each.remove();
        member.subscription.cancel();
      }
    }
  }

  /** What came on a channel before the transaction that listens to it even was asked to commit. */
  private void dropPremature() {
    Set<String> premature = new HashSet<>();
    channels.forEach(
        (name, member) -> {
          if (!member.live) {
            premature.add(name);
          }
        });
    if (!premature.isEmpty()) {
      told.drop(premature::contains);
    }
  }

  @Override
  public void confirmed(Subscription subscription) {
    ListenedChannel member = channels.get(subscription.channel());
    if (member != null && member.subscription == subscription) {
      member.confirmed = true;
      state.session.contain(whenDecided);
    }
  }

  @Override
  public void refused(Subscription subscription, PgError error) {
    ListenedChannel member = channels.get(subscription.channel());
    if (member != null && member.subscription == subscription) {
      member.refused = error;
      state.session.contain(whenDecided);
    }
  }

  @Override
  public void notified(Notification notification) {
    // Others of this loop hear the same behind it.
    if (channels.containsKey(notification.channel())) {
      state.session.contain(() -> told.notified(notification));
    }
  }

  @Override
  public void interrupted(List<String> names) {
    List<String> mine = names.stream().filter(channels::containsKey).sorted().toList();
    if (!mine.isEmpty()) {
      state.session.contain(() -> told.interrupted(mine));
    }
  }

  private NotificationQueue.Fate turn(String channel) {
    ListenedChannel member = channels.get(channel);
    if (member == null) {
      return NotificationQueue.Fate.DROP;
    }
    if (member.live) {
      return NotificationQueue.Fate.SAY;
    }
    return member.awaited > 0 ? NotificationQueue.Fate.WAIT : NotificationQueue.Fate.DROP;
  }

  /** The session ends. */
  void close() {
    channels.values().forEach(member -> member.subscription.cancel());
    channels.clear();
    told.close();
  }
}
