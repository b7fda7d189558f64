package io.howdah.backend.listen;

import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.fleet.NodeRoles;
import io.howdah.backend.login.Inquiry;
import io.howdah.backend.login.LoginListener;
import io.howdah.backend.login.ServerGreeting;
import io.howdah.error.PgError;
import io.howdah.topology.NodeId;
import io.howdah.topology.Topology;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One connection to a database's primary that listens for all client sessions, on whatever loop
 * they are. It is opened for the first who listens and closed when nobody has for a while. When it
 * is lost, or the primary changes, it is opened anew, listens to the same channels again, and tells
 * everybody concerned that notifications may be missing.
 *
 * <p>Everyone hears notifications in the order in which the server sent them.
 *
 * <p>Thread: its own loop, but where a method says otherwise.
 *
 * @see <a href="https://www.postgresql.org/docs/18/sql-listen.html">PostgreSQL, LISTEN</a>
 */
public final class ListenHub {
  private static final Duration LINGER = Duration.ofSeconds(10);

  /** A limit that is meant for clients must not end what serves them all. */
  private static final String PREPARE =
      "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings"
          + " WHERE name IN ('idle_session_timeout', 'statement_timeout', 'transaction_timeout')";

  private final Fleet fleet;
  private final String cluster;
  private final String database;
  private final EventLoop loop;
  private final ChannelTable<Subscription> table = new ChannelTable<>();
  private final NotificationBarriers barriers = new NotificationBarriers();
  private final NotificationFanOut fanOut = new NotificationFanOut();
  private final HubCounts counts = new HubCounts();
  private final Backoff backoff;

  private Inquiry inquiry;

  /** The connection has been made ready to listen. */
  private boolean prepared;

  private NodeId node;
  private boolean connecting;
  private boolean closed;
  private ScheduledFuture<?> idle;
  private volatile String problem;

  ListenHub(Fleet fleet, String cluster, String database, EventLoop loop) {
    this.fleet = fleet;
    this.cluster = cluster;
    this.database = database;
    this.loop = loop;
    this.backoff = new Backoff(loop, this::work);
  }

  /**
   * Asks to hear a channel; the listener is told once that is so. Thread: any.
   *
   * @param channel the name as the server knows it: folded, and cut to 63 bytes; not empty
   */
  public Subscription subscribe(ListenLogin login, String channel, ChannelListener listener) {
    Subscription subscription = new Subscription(this, channel, listener, login);
    NotificationFanOut.post(
        loop,
        () -> {
          if (table.add(channel, subscription)) {
            NotificationFanOut.post(listener.loop(), () -> listener.confirmed(subscription));
          }
          work();
        });
    return subscription;
  }

  /** Thread: any. */
  void cancel(Subscription subscription) {
    NotificationFanOut.post(
        loop,
        () -> {
          table.remove(subscription.channel(), subscription);
          work();
        });
  }

  /**
   * Runs a task on a loop once everybody there was told of all that is committed by now; at once
   * when there is no connection that could tell. Thread: any.
   */
  public void afterNotifications(EventLoop to, Runnable task) {
    NotificationFanOut.post(
        loop,
        () -> {
          barriers.add(() -> NotificationFanOut.post(to, task));
          work();
        });
  }

  /** Why it has no connection though it wants one, for people; null when it has. Thread: any. */
  public String problem() {
    return problem;
  }

  /** How it stands. Thread: any. */
  public ListenFigures figures() {
    return counts.figures(cluster, database, fanOut, problem);
  }

  /**
   * The cluster changed: a connection to what is the primary no longer is given up. Thread: any.
   */
  void topologyChanged(Topology now) {
    if (now.cluster().equals(cluster)) {
      NotificationFanOut.post(
          loop,
          () -> {
            if (inquiry != null && !NodeRoles.isPrimary(now, node)) {
              giveUp("the node is no longer the primary");
            }
            work();
          });
    }
  }

  /** Closes it for good. Thread: any. */
  void close() {
    NotificationFanOut.post(
        loop,
        () -> {
          closed = true;
          if (inquiry != null) {
            inquiry.close();
          }
        });
  }

  /** Does what is next to do, if anything. */
  private void work() {
    counts.count(table);
    if (closed || inquiry == null || !prepared) {
      barriers.giveUp();
    }
    if (closed) {
      return;
    }
    if (table.isEmpty()) {
      problem = null;
      if (idle == null && inquiry != null) {
        idle = loop.schedule(this::closeIdle, LINGER.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
    if (inquiry != null) {
      if (prepared && !barriers.areAsked()) {
        ask();
      }
    } else if (!table.isEmpty() && !connecting && !backoff.isUnderWay()) {
      connect();
    }
  }

  private void ask() {
    String sql = table.next();
    if (sql != null) {
      inquiry.ask(sql, patience(), this::answered);
    } else if (barriers.areWanted() && !table.isAsking()) {
      barriers.asking();
      inquiry.ask("", patience(), this::passed);
    }
  }

  private void passed(Inquiry.Answer answer) {
    barriers.passed();
    if (!(answer instanceof Inquiry.Lost)) {
      work();
    }
  }

  private void refuse(List<Subscription> out, PgError error) {
    counts.count(table);
    NotificationFanOut.refuse(out, error);
  }

  private Duration patience() {
    return fleet.config().timeouts().serverOwnWork();
  }

  /** Closes the connection, unless somebody listens; one is opened when somebody does. */
  void closeUnused() {
    NotificationFanOut.post(loop, this::closeIdle);
  }

  private void closeIdle() {
    if (idle != null) {
      idle.cancel(false);
      idle = null;
    }
    if (table.isEmpty() && inquiry != null) {
      inquiry.close();
    }
  }

  private void connect() {
    Topology topology = fleet.topology(cluster);
    if (topology == null || topology.primary() == null) {
      problem = "cluster \"" + cluster + "\" has no primary now";
      return; // topologyChanged comes back to it.
    }
    if (fleet.holds().isHeld(cluster, database)) {
      problem = "database \"" + database + "\" is being changed";
      backoff.begin();
      return;
    }
    List<ListenLogin> logins =
        table.everyone().stream().map(Subscription::login).distinct().toList();
    ListenLogin login = logins.get(backoff.failures() % logins.size());
    NodeId primary = topology.primary().id();
    connecting = true;
    fleet
        .connector()
        .connect(loop, login.request(fleet, primary, database), new Login(primary, login));
  }

  private final class Login implements LoginListener {
    private final NodeId at;
    private final ListenLogin login;

    Login(NodeId at, ListenLogin login) {
      this.at = at;
      this.login = login;
    }

    @Override
    public void loggedIn(ServerGreeting greeting) {
      Inquiry fresh = Inquiry.on(greeting.channel(), fleet.telemetry());
      connecting = false;
      if (closed || !NodeRoles.isPrimary(fleet.topology(cluster), at)) {
        fresh.close();
        work();
        return;
      }
      fresh.onNotification(ListenHub.this::notified);
      fresh.onLost(ListenHub.this::lost);
      fresh.onAddressGone(ListenHub.this::giveUp);
      node = at;
      inquiry = fresh;
      prepared = false;
      counts.linked(new ListenFigures.Link(at.toString(), login.user(), greeting.processId()));
      inquiry.ask(PREPARE, patience(), ListenHub.this::prepared);
    }

    @Override
    public void failed(PgError error) {
      connecting = false;
      problem = error.detail() == null ? error.message() : error.message() + ": " + error.detail();
      if (error instanceof PgError.ServerLoginRefused refused && refused.isPermanent()) {
        List<Subscription> out =
            table.waiting().stream().filter(each -> each.login().equals(login)).toList();
        out.forEach(each -> table.remove(each.channel(), each));
        refuse(out, error);
      }
      backoff.begin();
    }
  }

  private void prepared(Inquiry.Answer answer) {
    switch (answer) {
      case Inquiry.Rows _ -> {
        prepared = true;
        work();
      }
      case Inquiry.Refused(var error) -> giveUp(error.toString());
      case Inquiry.Lost _ -> {} // lost(String) follows.
    }
  }

  private void answered(Inquiry.Answer answer) {
    switch (answer) {
      case Inquiry.Rows _ -> {
        backoff.succeeded();
        problem = null;
        NotificationFanOut.tell(table.answered());
        work();
      }
      case Inquiry.Refused(var error) -> {
        List<Subscription> out = table.refused();
        if (out == null) {
          giveUp(error.toString());
          return;
        }
        refuse(
            out,
            new PgError.ServerError(error.code(), error.message(), error.detail(), error.hint()));
        work();
      }
      case Inquiry.Lost _ -> {} // lost(String) follows.
    }
  }

  private void giveUp(String reason) {
    problem = reason;
    inquiry.close();
  }

  private void lost(String reason) {
    inquiry = null;
    counts.linked(ListenFigures.Link.NONE);
    table.lost();
    barriers.giveUp();
    if (closed) {
      return;
    }
    if (!table.isEmpty()) {
      counts.lost();
      problem = Objects.requireNonNullElse(problem, reason);
      fleet.telemetry().listeningLost(cluster, database, node.toString(), problem);
      backoff.begin();
    }
  }

  private void notified(ByteBuf body) {
    Notification notification = Notification.of(body);
    fanOut.hand(notification, table.subscribers(notification.channel()));
  }

  @Override
  public String toString() {
    return "listening at " + cluster + "/" + database;
  }
}
