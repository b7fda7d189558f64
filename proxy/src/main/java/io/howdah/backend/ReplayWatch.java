package io.howdah.backend;

import io.howdah.telemetry.PoolCounters;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.CommitPoint;
import io.howdah.topology.Commits;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.howdah.topology.WalToken;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Finds out, for the sessions of one event loop, where the commits of a cluster are in its WAL, and
 * how far its replicas have replayed. Nothing is asked unless a read needs to know, and one answer
 * serves all that wait for one.
 *
 * <p>What is known of a replica is true of the server process that said it. One that crashes may
 * come back with less than it had; but its crash cuts all connections. So it counts for a
 * connection only if that was open already when the question was sent ({@link #isCertain}).
 *
 * <p>Thread: that loop.
 */
public final class ReplayWatch {
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long MOST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(16);

  /** Who waits for something to become known. */
  public interface Waiter {
    /** Something may have become known, or some time has passed: look again. */
    void lookAgain();
  }

  private record Replayed(Lsn lsn, long askedAtNanos) {}

  private final Fleet fleet;
  private final EventLoop loop;
  private final String cluster;
  private final Commits commits;
  private final Map<NodeId, WalInquirer> inquirers = new HashMap<>();
  private final Map<NodeId, Replayed> replayed = new HashMap<>();
  private final Set<Waiter> waiters = new LinkedHashSet<>();
  private long wanted;
  private PoolCounters wantedBy;
  private ScheduledFuture<?> next;
  private long pauseNanos = FIRST_PAUSE_NANOS;

  ReplayWatch(Fleet fleet, EventLoop loop, String cluster) {
    this.fleet = fleet;
    this.loop = loop;
    this.cluster = cluster;
    this.commits = fleet.commits(cluster);
  }

  /** The commits that it locates. */
  public Commits commits() {
    return commits;
  }

  /** Whether a replica is known to have replayed up to a token. */
  boolean hasReached(NodeState node, WalToken token) {
    Replayed known = replayed.get(node.id());
    return known != null && token.isReached(node.timeline(), known.lsn());
  }

  /** Whether what is known of a replica holds for a connection to it. */
  boolean isCertain(ServerConnection connection) {
    Replayed known = replayed.get(connection.identity().node());
    return known != null && known.askedAtNanos() - connection.openedAtNanos() > 0;
  }

  /**
   * Has the primary asked where a commit is; the answer will be found in {@link #commits}.
   *
   * @param counters where the question is counted
   */
  public void locate(long commit, PoolCounters counters) {
    wanted = Math.max(wanted, commit);
    wantedBy = counters;
    askPrimary();
  }

  /**
   * Has the primary asked if there are commits whose place is not known: while there is no primary
   * nobody can tell it, and reads that need it wait. To be called some ten times a second.
   */
  void keepUp(PoolCounters counters) {
    long all = commits.count();
    if (all > 0 && commits.behind(all) == null) {
      locate(all, counters);
    }
  }

  private void askPrimary() {
    // In this order: whoever acknowledged a commit knew the primary that the topology has by then.
    long covers = commits.count();
    Topology topology = fleet.topology(cluster);
    if (topology == null || topology.primary() == null) {
      return;
    }
    NodeId primary = topology.primary().id();
    WalInquirer inquirer = inquirer(primary);
    if (inquirer.isBusy(System.nanoTime())) {
      return;
    }
    if (wantedBy != null) {
      wantedBy.add(Figure.CAUSAL_QUESTION_COUNT, 1);
    }
    // Counted before the login, where there is one: then the answer is only later than it need be.
    inquirer.ask(WalQuery.PRIMARY, row -> located(covers, row));
  }

  private void located(long covers, String[] row) {
    CommitPoint point = null;
    if (row != null) {
      try {
        point = WalQuery.point(covers, row);
      } catch (IllegalArgumentException e) {
        fleet.telemetry().fault("the primary's place in its WAL", e);
      }
    }
    if (point != null) {
      commits.located(point);
      if (wanted > covers && commits.behind(wanted) == null) {
        askPrimary();
      }
      tellAll();
    }
  }

  /** Asks the replicas how far they are, those that are not being asked already. */
  public void poll() {
    Topology topology = fleet.topology(cluster);
    if (topology == null) {
      return;
    }
    long now = System.nanoTime();
    for (NodeState node : topology.nodes()) {
      if (node.role() == Role.REPLICA && node.up()) {
        WalInquirer inquirer = inquirer(node.id());
        if (!inquirer.isBusy(now)) {
          poll(node.id(), inquirer);
        }
      }
    }
  }

  private void poll(NodeId node, WalInquirer inquirer) {
    inquirer.ask(
        WalQuery.REPLICA,
        row -> {
          if (row == null || row.length != 1 || row[0] == null) {
            replayed.remove(node);
          } else {
            replayed.put(node, new Replayed(Lsn.parse(row[0]), inquirer.sentAtNanos()));
          }
          tellAll();
        });
  }

  private WalInquirer inquirer(NodeId node) {
    return inquirers.computeIfAbsent(node, n -> new WalInquirer(fleet, loop, n));
  }

  /** Joins those who wait; they are told, and replicas asked, until they {@link #leave}. */
  public void join(Waiter waiter) {
    if (waiters.add(waiter)) {
      pauseNanos = FIRST_PAUSE_NANOS;
      if (next == null) {
        schedule();
      } else if (next.getDelay(TimeUnit.NANOSECONDS) > FIRST_PAUSE_NANOS) {
        next.cancel(false);
        schedule();
      }
    }
  }

  /** Waits no more. */
  public void leave(Waiter waiter) {
    waiters.remove(waiter);
  }

  private void schedule() {
    next = loop.schedule(this::round, pauseNanos, TimeUnit.NANOSECONDS);
    pauseNanos = Math.min(2 * pauseNanos, MOST_PAUSE_NANOS);
  }

  private void round() {
    next = null;
    tellAll();
    if (!waiters.isEmpty()) {
      if (wanted > 0 && commits.behind(wanted) == null) {
        askPrimary();
      }
      poll();
      schedule();
    }
  }

  private void tellAll() {
    if (!waiters.isEmpty()) {
      for (Waiter waiter : new ArrayList<>(waiters)) {
        if (waiters.contains(waiter)) {
          waiter.lookAgain();
        }
      }
    }
  }

  /** Closes connections that nobody needs. */
  void tick(long nowNanos) {
    for (WalInquirer inquirer : inquirers.values()) {
      inquirer.tick(nowNanos);
    }
  }

  /** A node that changed its role, or is not there, is asked anew, over a new connection. */
  void topologyChanged(Topology before, Topology now) {
    for (NodeState node : now.nodes()) {
      NodeState was = before == null ? null : before.node(node.id());
      if (was == null || was.role() != node.role() || !node.up()) {
        replayed.remove(node.id());
        WalInquirer inquirer = inquirers.remove(node.id());
        if (inquirer != null) {
          inquirer.close();
        }
      }
    }
  }

  void close() {
    inquirers.values().forEach(WalInquirer::close);
    inquirers.clear();
    replayed.clear();
  }
}
