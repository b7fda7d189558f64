package io.howdah.backend.probe;

import io.howdah.backend.login.Inquiry;
import io.howdah.backend.login.LoginListener;
import io.howdah.backend.login.Prober;
import io.howdah.backend.login.ServerConnector;
import io.howdah.backend.login.ServerGreeting;
import io.howdah.config.ProbeConfig;
import io.howdah.error.PgError;
import io.howdah.error.Sqlstate;
import io.howdah.topology.NodeId;
import io.howdah.topology.Observation;
import io.netty.channel.EventLoop;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Asks one node for its role and place again and again, over one connection that is kept. The loss
 * of the connection is itself an observation, made at once and followed by a new attempt at once;
 * further attempts back off up to the interval.
 *
 * <p>Where a statement needs for itself the database that the connection is in, it goes to another
 * one; while there is none, nobody asks, and what was known of the node counts.
 *
 * <p>Thread: the event loop given, for every call and the callback.
 */
public final class NodeProbe {
  private static final long FIRST_BACKOFF_MILLIS = 50;

  private final ServerConnector connector;
  private final EventLoop loop;
  private final NodeId node;
  private final ProbeConfig config;
  private final Prober prober;
  private final Consumer<Observation> sink;

  private final StandbyTimeline timelines = new StandbyTimeline();
  private Inquiry inquiry;
  private ScheduledFuture<?> next;
  private boolean busy;
  private boolean stopped;
  private boolean answered;
  private boolean reduced;
  private int failures;

  /**
   * @param isHeld whether Howdah keeps out of a database of the cluster for now
   */
  public NodeProbe(
      ServerConnector connector,
      EventLoop loop,
      NodeId node,
      ProbeConfig config,
      Predicate<String> isHeld,
      Consumer<Observation> sink) {
    this.connector = connector;
    this.loop = loop;
    this.node = node;
    this.config = config;
    this.sink = sink;
    this.prober = new Prober(connector, loop, node, "howdah probe", isHeld);
  }

  /** Begins with a question now. */
  public void start() {
    probeNow();
  }

  /** Asks now, unless a question is under way: for hints that something has changed. */
  public void probeNow() {
    if (stopped || busy) {
      return;
    }
    if (next != null) {
      next.cancel(false);
      next = null;
    }
    busy = true;
    if (inquiry == null) {
      prober.connect(config, new Login());
    } else {
      ask();
    }
  }

  /** A statement begins to need a database for itself, or does no more. */
  public void holdsChanged() {
    if (inquiry == null) {
      probeNow();
    } else if (!busy && prober.isMisplaced(config)) {
      move();
    }
  }

  /** Closes the connection; the callback is not called again. */
  public void stop() {
    stopped = true;
    if (next != null) {
      next.cancel(false);
    }
    if (inquiry != null) {
      inquiry.close();
    }
  }

  private void ask() {
    inquiry.ask(reduced ? ProbeQuery.REDUCED : ProbeQuery.FULL, config.timeout(), this::answered);
  }

  private void answered(Inquiry.Answer answer) {
    if (stopped) {
      return;
    }
    switch (answer) {
      case Inquiry.Rows(var rows) when rows.size() == 1 -> observed(rows.getFirst());
      case Inquiry.Rows(var rows) -> failed("the probe's answer has " + rows.size() + " rows");
      case Inquiry.Refused(var error) -> {
        if (!reduced && error.code().equals(Sqlstate.INSUFFICIENT_PRIVILEGE.code())) {
          reduced = true;
          ask();
        } else {
          failed(error.toString());
        }
      }
      case Inquiry.Lost _ -> {} // lost(String) follows.
    }
  }

  private void observed(String[] row) {
    Observation observation;
    try {
      observation = timelines.of(ProbeQuery.read(node, System.nanoTime(), row));
    } catch (IllegalArgumentException e) {
      failed(e.getMessage());
      return;
    }
    answered = true;
    failures = 0;
    again(config.interval().toMillis());
    sink.accept(observation);
    if (inquiry != null && prober.isInTheWay()) {
      move();
    }
  }

  /** The server answered, but not the question: asked again over the same connection. */
  private void failed(String problem) {
    again(config.interval().toMillis());
    sink.accept(Observation.failed(node, System.nanoTime(), problem));
  }

  private void lost(String reason) {
    inquiry = null;
    timelines.begin();
    if (stopped) {
      return;
    }
    if (prober.isInTheWay()) {
      // The statement may have ended it by force.
      again(0);
      return;
    }
    // A server that takes logins and drops them unanswered must not make us spin.
    again(answered ? 0 : backoff());
    answered = false;
    sink.accept(Observation.failed(node, System.nanoTime(), reason));
  }

  /** Asks over a new connection, at once. What is known of the node counts until that answers. */
  private void move() {
    Inquiry former = inquiry;
    former.onLost(_ -> {});
    former.close();
    inquiry = null;
    busy = false;
    probeNow();
  }

  private void again(long millis) {
    busy = false;
    next = loop.schedule(this::probeNow, millis, TimeUnit.MILLISECONDS);
  }

  private long backoff() {
    long millis = FIRST_BACKOFF_MILLIS << Math.min(failures, 16);
    failures++;
    return Math.min(millis, config.interval().toMillis());
  }

  private final class Login implements LoginListener {
    @Override
    public void loggedIn(ServerGreeting greeting) {
      Inquiry fresh = Inquiry.on(greeting.channel(), connector.telemetry());
      if (stopped) {
        fresh.close();
        return;
      }
      inquiry = fresh;
      fresh.onLost(NodeProbe.this::lost);
      fresh.onAddressGone(_ -> move());
      if (prober.isInTheWay()) {
        move();
      } else {
        ask();
      }
    }

    @Override
    public void failed(PgError error) {
      if (stopped) {
        return;
      }
      again(backoff());
      if (prober.isKeptOut(config)) {
        return;
      }
      String problem =
          error.detail() == null ? error.message() : error.message() + ": " + error.detail();
      sink.accept(Observation.failed(node, System.nanoTime(), problem));
    }
  }
}
