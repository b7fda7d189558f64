package io.howdah.backend.wal;

import io.howdah.backend.fleet.Fleet;
import io.howdah.telemetry.PoolCounters;
import io.howdah.topology.Commits;
import io.howdah.topology.NodeId;
import io.howdah.topology.Topology;
import io.howdah.topology.WalToken;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
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

    /**
     * The replica that must say where it is before {@link #token} is known; null when none must.
     */
    NodeId unsettled();

    /** What a replica must have replayed, once all that is known; null if none is needed. */
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
  private final Commits commits;
  private final CommitLocator locator;
  private final ReplicaPlaces places;

  /** Those who wait, and whether a replica that was asked for them was not far enough. */
  private final Map<Waiter, Boolean> waiters = new LinkedHashMap<>();

  private ScheduledFuture<?> round;
  private long roundAtNanos;

  public ReplayWatch(Fleet fleet, EventLoop loop, String cluster) {
    this.fleet = fleet;
    this.loop = loop;
    this.commits = fleet.commits(cluster);
    this.locator = new CommitLocator(fleet, loop, cluster, this::located);
    this.places = new ReplicaPlaces(fleet, loop, cluster, this::answered);
  }

  /** The commits that it locates. */
  public Commits commits() {
    return commits;
  }

  /** How far the replicas are. */
  public ReplicaPlaces places() {
    return places;
  }

  /**
   * Has the primary asked if there are commits whose place is not known: while there is no primary
   * nobody can tell it, and reads that need it wait. To be called some ten times a second.
   */
  public void keepUp(PoolCounters counters) {
    places.countBy(counters);
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
    } else if (waiter.unsettled() != null) {
      places.askPosition(waiter.unsettled(), waiter.counters());
    } else if (waiter.token() != null) {
      places.ask(waiter, waiters.getOrDefault(waiter, false));
    }
  }

  /** The places of more commits are known. */
  private void located() {
    for (Waiter waiter : copy()) {
      if (waiters.containsKey(waiter) && waiter.unlocated() == 0) {
        if (isSettled(waiter) && (waiter.token() == null || places.haveReached(waiter))) {
          waiter.lookAgain();
        }
        askOn(waiter);
      }
    }
  }

  /** Whether it is known what it must see. */
  private static boolean isSettled(Waiter waiter) {
    return waiter.unlocated() == 0 && waiter.unsettled() == null;
  }

  private void answered(ReplicaPlace place) {
    for (Waiter waiter : copy()) {
      if (!waiters.containsKey(waiter) || waiter.unlocated() != 0) {
        continue;
      }
      if (place.node().equals(waiter.unsettled())) {
        // It was asked too early, or can't tell any more.
        waiter.lookAgain();
        askOn(waiter);
      } else if (isSettled(waiter) && waiter.token() != null) {
        // By the answer of one that is of no use to it, it may know what the others have.
        boolean found =
            waiter.mayUse(place.node(), true)
                ? places.serves(place, waiter)
                : places.haveReached(waiter);
        if (found) {
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

  /** To be called some ten times a second. */
  public void tick(long nowNanos) {
    places.tick(nowNanos);
    locator.tick(nowNanos);
  }

  /** A node that changed its role, or is not there, is asked anew, over a new connection. */
  public void topologyChanged(Topology before, Topology now) {
    locator.topologyChanged(now);
    places.topologyChanged(before, now);
  }

  public void close() {
    locator.close();
    places.close();
  }
}
