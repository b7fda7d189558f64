package io.howdah.backend;

import io.howdah.telemetry.PoolCounters;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.Commits;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.howdah.topology.WalToken;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Finds out, for the sessions of one event loop, where the commits of a cluster are in its WAL, and
 * how far its replicas have replayed. Nothing is asked unless somebody needs to know, and one
 * answer serves all that wait for it; nobody else is told.
 *
 * <p>The primary is asked first. Of the replicas that may serve a read one is asked, another each
 * time, and it answers once it has replayed as far as it must ({@link WalQuery}). Only if it does
 * not come that far in some milliseconds, or does not answer, the others are asked too.
 *
 * <p>Thread: that loop.
 */
public final class ReplayWatch {
  /** After so long those who wait have all replicas asked that are not being asked. */
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Who waits for the place of a commit, or for a replica that has replayed up to a place. */
  public interface Waiter {
    /** The commit that must be located first; 0 when none must. */
    long unlocated();

    /** What a replica must have replayed, once nothing is unlocated; null if none is needed. */
    WalToken token();

    /**
     * Whether a replica would be of use.
     *
     * @param any whether those of other zones are, too
     */
    boolean mayUse(NodeId replica, boolean any);

    /** When to look again at the latest, on the clock of all pools. */
    long untilNanos();

    /** Where the questions for it are counted; null while there is no primary. */
    PoolCounters counters();

    /** What it waits for is known, or its time is over. */
    void lookAgain();
  }

  private final Fleet fleet;
  private final EventLoop loop;
  private final String cluster;
  private final Commits commits;
  private final CommitLocator locator;
  private final Map<NodeId, ReplicaPlace> replicas = new HashMap<>();

  /** Those who wait, and whether a replica that was asked for them was not far enough. */
  private final Map<Waiter, Boolean> waiters = new LinkedHashMap<>();

  /** A place that some replica was not known to have reached when it was looked at. */
  private WalToken missed;

  /** Where questions are counted that nobody in particular asks. */
  private PoolCounters counters;

  /** Which replica's turn it is to be asked first. */
  private int turn;

  private ScheduledFuture<?> round;
  private long roundAtNanos;

  ReplayWatch(Fleet fleet, EventLoop loop, String cluster) {
    this.fleet = fleet;
    this.loop = loop;
    this.cluster = cluster;
    this.commits = fleet.commits(cluster);
    this.locator = new CommitLocator(fleet, loop, cluster, this::located);
  }

  /** The commits that it locates. */
  public Commits commits() {
    return commits;
  }

  /** Whether a replica is known to have replayed up to a token. */
  boolean hasReached(NodeState node, WalToken token) {
    ReplicaPlace known = replicas.get(node.id());
    if (known != null && known.hasReached(node.timeline(), token)) {
      return true;
    }
    missed = WalToken.later(missed, token);
    return false;
  }

  /** Whether what is known of a replica holds for a connection to it. */
  boolean isCertain(ServerConnection connection) {
    ReplicaPlace known = replicas.get(connection.identity().node());
    return known != null && known.isCertainFor(connection);
  }

  /**
   * Has the primary asked if there are commits whose place is not known: while there is no primary
   * nobody can tell it, and reads that need it wait. To be called some ten times a second.
   */
  void keepUp(PoolCounters counters) {
    this.counters = counters;
    if (commits.areOverdue(System.nanoTime())) {
      locator.locate(commits.count(), counters);
    }
  }

  /** Joins those who wait; it is told, and servers are asked, until it {@link #leave leaves}. */
  public void join(Waiter waiter) {
    if (waiters.putIfAbsent(waiter, false) == null) {
      ask(waiter);
      schedule();
    }
  }

  /** Waits no more. */
  public void leave(Waiter waiter) {
    waiters.remove(waiter);
  }

  /** Has whoever is concerned asked for something that may be worth knowing soon. */
  public void ask(Waiter waiter) {
    long unlocated = waiter.unlocated();
    if (unlocated != 0) {
      locator.locate(unlocated, waiter.counters());
    } else if (waiter.token() != null) {
      askReplicas(waiter, waiters.getOrDefault(waiter, false));
    }
  }

  private void askReplicas(Waiter waiter, boolean all) {
    Topology topology = fleet.topology(cluster);
    if (topology == null) {
      return;
    }
    WalToken token = waiter.token();
    List<NodeState> nodes = topology.nodes();
    int first = -1;
    for (int i = 0; i < nodes.size(); i++) {
      int at = (turn + i) % nodes.size();
      NodeState node = nodes.get(at);
      if (node.role() != Role.REPLICA || !node.up() || !waiter.mayUse(node.id(), all)) {
        continue;
      }
      ReplicaPlace place = replica(node.id());
      if (all) {
        ask(place, token, waiter.counters());
      } else if (place.isPrompt() && place.isAskedFor(token.lsn())) {
        return;
      } else if (place.isFree()
          && (first < 0 || place.isPrompt() && !replica(nodes.get(first).id()).isPrompt())) {
        first = at;
      }
    }
    if (first >= 0) {
      turn = first + 1;
      ask(replica(nodes.get(first).id()), token, waiter.counters());
    }
  }

  private void ask(ReplicaPlace place, WalToken token, PoolCounters by) {
    if (place.isFree()) {
      if (by != null) {
        by.add(Figure.CAUSAL_POLL_COUNT, 1);
      }
      place.ask(token.lsn(), () -> answered(place));
    }
  }

  private ReplicaPlace replica(NodeId node) {
    return replicas.computeIfAbsent(node, n -> new ReplicaPlace(fleet, loop, n));
  }

  /** The places of more commits are known. */
  private void located() {
    for (Waiter waiter : copy()) {
      if (waiters.containsKey(waiter) && waiter.unlocated() == 0) {
        if (waiter.token() == null || isReached(waiter)) {
          waiter.lookAgain();
        }
        askOn(waiter);
      }
    }
  }

  private boolean isReached(Waiter waiter) {
    for (ReplicaPlace place : replicas.values()) {
      if (serves(place, waiter)) {
        return true;
      }
    }
    return false;
  }

  private boolean serves(ReplicaPlace place, Waiter waiter) {
    Topology topology = fleet.topology(cluster);
    NodeState node = topology == null ? null : topology.node(place.node());
    return node != null
        && place.hasReached(node.timeline(), waiter.token())
        && waiter.mayUse(node.id(), true);
  }

  private void answered(ReplicaPlace place) {
    for (Waiter waiter : copy()) {
      if (waiters.containsKey(waiter) && waiter.unlocated() == 0 && waiter.token() != null) {
        if (serves(place, waiter)) {
          waiter.lookAgain();
        } else if (!place.isPrompt() && waiter.mayUse(place.node(), true)) {
          waiters.replace(waiter, true);
        }
        askOn(waiter);
      }
    }
  }

  private void askOn(Waiter waiter) {
    if (waiters.containsKey(waiter)) {
      ask(waiter);
    }
  }

  /** Who is told may join or leave, or have others do so. */
  private List<Waiter> copy() {
    return waiters.isEmpty() ? List.of() : new ArrayList<>(waiters.keySet());
  }

  private void schedule() {
    if (waiters.isEmpty()) {
      return;
    }
    long now = fleet.loops().nanoTime();
    long at = now + ROUND_NANOS;
    for (Waiter waiter : waiters.keySet()) {
      // One whose time is over, and who waits on, is told in every round.
      if (waiter.untilNanos() - now > 0 && waiter.untilNanos() - at < 0) {
        at = waiter.untilNanos();
      }
    }
    if (round != null && roundAtNanos - at > 0) {
      round.cancel(false);
      round = null;
    }
    if (round == null) {
      roundAtNanos = at;
      round = loop.schedule(this::round, at - now, TimeUnit.NANOSECONDS);
    }
  }

  private void round() {
    round = null;
    long now = fleet.loops().nanoTime();
    for (Waiter waiter : copy()) {
      if (waiters.containsKey(waiter)) {
        waiters.replace(waiter, true);
        if (now - waiter.untilNanos() >= 0) {
          waiter.lookAgain();
        }
        askOn(waiter);
      }
    }
    schedule();
  }

  /**
   * Has replicas asked that were passed over because nobody knew how far they are, and closes
   * connections that nobody needs. To be called some ten times a second.
   */
  void tick(long nowNanos) {
    Topology topology = fleet.topology(cluster);
    if (missed != null && topology != null) {
      for (NodeState node : topology.nodes()) {
        if (node.role() == Role.REPLICA
            && node.up()
            && !replica(node.id()).hasReached(node.timeline(), missed)) {
          ask(replica(node.id()), missed, counters);
        }
      }
    }
    missed = null;
    locator.tick(nowNanos);
    replicas.values().forEach(place -> place.tick(nowNanos));
  }

  /** A node that changed its role, or is not there, is asked anew, over a new connection. */
  void topologyChanged(Topology before, Topology now) {
    locator.topologyChanged(now);
    for (NodeState node : now.nodes()) {
      NodeState was = before == null ? null : before.node(node.id());
      if (was == null || was.role() != node.role() || !node.up()) {
        ReplicaPlace place = replicas.remove(node.id());
        if (place != null) {
          place.close();
        }
      }
    }
  }

  void close() {
    locator.close();
    replicas.values().forEach(ReplicaPlace::close);
    replicas.clear();
  }
}
