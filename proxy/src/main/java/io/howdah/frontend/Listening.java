package io.howdah.frontend;

import io.howdah.backend.ChannelListener;
import io.howdah.backend.Notification;
import io.howdah.backend.ServerConnection;
import io.howdah.backend.Subscription;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.route.Facts;
import io.howdah.route.SessionEffect;
import io.howdah.route.SessionEffect.Listen;
import io.howdah.wire.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The channels of a session that hears them over the connection shared by all (see {@link
 * io.howdah.backend.ListenHub}), and what it is yet to hear.
 *
 * <p>The shared connection listens before the client's own LISTEN goes to the server. From then on
 * notifications are kept; whether the client hears them is decided with the LISTEN, when its
 * transaction ends. They are said only between requests and outside transactions, as PostgreSQL
 * does.
 *
 * <p>Thread: the session's event loop.
 */
final class Listening implements ChannelListener {
  private static final int GRACE_SECONDS = 10;

  private final SessionState state;
  private final ClientSession session;
  private final Map<String, Membership> channels = new LinkedHashMap<>();
  private final NotificationQueue queue = new NotificationQueue();

  private final OwnNotifications own;
  private final ChannelsHere here = new ChannelsHere(this);

  /** The server connection at hand has run a LISTEN of this session's. */
  private boolean usedHere;

  private boolean flushing;
  private boolean closed;

  /** Called when something may have changed for a request that waits. */
  Runnable whenDecided = () -> {};

  Listening(SessionState state) {
    this.state = state;
    this.session = state.session;
    this.own = new OwnNotifications(state, this);
  }

  @Override
  public EventLoop loop() {
    return session.worker.loop();
  }

  /** What the session notifies itself of. */
  OwnNotifications own() {
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
    int bound = session.worker.config().clients().maxListenChannels();
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
        Membership member = channels.get(listen.channel());
        if (member == null) {
          member = new Membership(state.pools.listen(listen.channel(), this));
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
        Membership member = channels.get(listen.channel());
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
        Membership member = channels.get(listen.channel());
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
    Membership member = channels.get(channel);
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
    for (Membership member : channels.values()) {
      if (member.awaited > 0) {
        member.awaited--;
      }
    }
    if (status == 'I') {
      dropUnwanted();
      if (!queue.isEmpty() && session.isClientWritable()) {
        server.passSoFar();
        say();
      }
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
    Iterator<Membership> each = channels.values().iterator();
    while (each.hasNext()) {
      Membership member = each.next();
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
      queue.drop(premature::contains);
    }
  }

  @Override
  public void confirmed(Subscription subscription) {
    Membership member = channels.get(subscription.channel());
    if (member != null && member.subscription == subscription) {
      member.confirmed = true;
      whenDecided.run();
    }
  }

  @Override
  public void refused(Subscription subscription, PgError error) {
    Membership member = channels.get(subscription.channel());
    if (member != null && member.subscription == subscription) {
      member.refused = error;
      whenDecided.run();
    }
  }

  @Override
  public void notified(Notification notification) {
    if (!channels.containsKey(notification.channel())) {
      return;
    }
    queue.notification(notification.channel(), notification.message());
    queued();
  }

  @Override
  public void interrupted(List<String> names) {
    List<String> mine = names.stream().filter(channels::containsKey).sorted().toList();
    if (mine.isEmpty()) {
      return;
    }
    ByteBuf notice =
        BackendMessages.warning(
            session.buffer(),
            "01000",
            "notifications may have been lost",
            "The connection that listens for this session was lost and is there again. Channels: "
                + String.join(", ", mine)
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
    int bound = session.worker.config().clients().maxNotificationBytes();
    if (queue.bytes() > bound) {
      session.terminate(
          new PgError.LimitExceeded(
              Severity.FATAL,
              "too many notifications wait for this session",
              "The limit is " + bound + " bytes (clients.max-notification-bytes).",
              "Read from the connection, and keep transactions of sessions that LISTEN short."));
      // It may never read that: then it is not waited for.
      var unused =
          loop().schedule(() -> session.channel().close(), GRACE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Says what there is to say if the client is between requests, and reads. */
  void sayIfQuiet() {
    if (queue.isEmpty() || closed || !isQuiet()) {
      return;
    }
    say();
    if (!flushing) {
      // What is posted by now comes first: one flush for a burst of notifications.
      flushing = true;
      loop()
          .execute(
              () -> {
                flushing = false;
                session.flush();
              });
    }
  }

  private boolean isQuiet() {
    return session.phase() == state.idle
        || (session.phase() == state.attached && state.attached.isQuiet());
  }

  /** Says what there is to say, if the client reads. */
  void say() {
    byte[] message = session.channel().isWritable() ? queue.next(this::turn) : null;
    while (message != null) {
      session.sendAhead(session.channel().alloc().buffer(message.length).writeBytes(message));
      message = session.channel().isWritable() ? queue.next(this::turn) : null;
    }
  }

  private NotificationQueue.Turn turn(String channel) {
    Membership member = channels.get(channel);
    if (member == null) {
      return NotificationQueue.Turn.DROP;
    }
    if (member.live) {
      return NotificationQueue.Turn.SAY;
    }
    return member.awaited > 0 ? NotificationQueue.Turn.WAIT : NotificationQueue.Turn.DROP;
  }

  /** The session ends. */
  void close() {
    closed = true;
    channels.values().forEach(member -> member.subscription.cancel());
    channels.clear();
    queue.clear();
  }
}
