package io.howdah.backend.wal;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.Fleet;
import io.howdah.telemetry.PoolCounters;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.howdah.topology.WalToken;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How far the replicas of a cluster have replayed, as far as one event loop has asked them, and
 * which of them is asked next. Who waits for it is {@link ReplayWatch}'s business.
 *
 * <p>Thread: that loop.
 */
public final class ReplicaPlaces {
  private final Fleet fleet;
  private final EventLoop loop;
  private final String cluster;
  private final Consumer<ReplicaPlace> onAnswered;
  private final Map<NodeId, ReplicaPlace> replicas = new HashMap<>();

  /** The one that was looked up last, if there is one. */
  private ReplicaPlace last;

  /** Reads ended on replicas since these were last asked where they are. */
  private boolean readSince;

  /** A place that some replica was not known to have reached when it was looked at. */
  private WalToken missed;

  /** Where questions are counted that nobody in particular asks. */
  private PoolCounters counters;

  /** Which replica's turn it is to be asked first. */
  private int turn;

  /**
   * @param onAnswered called when a replica has answered, or could not
   */
  ReplicaPlaces(Fleet fleet, EventLoop loop, String cluster, Consumer<ReplicaPlace> onAnswered) {
    this.fleet = fleet;
    this.loop = loop;
    this.cluster = cluster;
    this.onAnswered = onAnswered;
  }

  /** Where questions are counted from now on that nobody in particular asks. */
  void countBy(PoolCounters pool) {
    counters = pool;
  }

  /** Whether a replica is known to have replayed up to a token. */
  public boolean hasReached(NodeState node, WalToken token) {
    ReplicaPlace known = known(node.id());
    if (known != null && known.hasReached(node.timeline(), token)) {
      return true;
    }
    missed = WalToken.later(missed, token);
    return false;
  }

  /** A read ended on a replica: where that is will be worth knowing. */
  public void readEnded() {
    readSince = true;
  }

  /**
   * What a reader must see in order not to go back behind what it has read on a replica; null while
   * that is not known.
   *
   * @param beganNanos when the last of its reads there was begun
   * @param endedNanos when its answer was there
   */
  public WalToken behindRead(NodeId replica, long beganNanos, long endedNanos) {
    ReplicaPlace known = known(replica);
    Lsn position = known == null ? null : known.behind(beganNanos, endedNanos);
    int timeline = position == null ? 0 : timeline(replica);
    return timeline == 0 ? null : new WalToken(timeline, position);
  }

  /** Whether a replica can be asked for that. If not only the primary knows a place behind it. */
  public boolean canTell(NodeId replica, long beganNanos) {
    ReplicaPlace known = known(replica);
    return known != null && known.canTell(beganNanos) && timeline(replica) != 0;
  }

  /** It may have followed the primary to a new timeline since it was last seen. */
  private int timeline(NodeId replica) {
    Topology topology = fleet.topology(cluster);
    NodeState node = topology == null ? null : topology.node(replica);
    if (node == null || !node.up()) {
      return 0;
    }
    NodeState primary = topology.primary();
    return primary == null ? node.timeline() : Math.max(node.timeline(), primary.timeline());
  }

  /** Whether what is known of a replica holds for a connection to it. */
  public boolean isCertain(ServerConnection connection) {
    ReplicaPlace known = known(connection.identity().node());
    return known != null && known.isCertainFor(connection);
  }

  /** Whether a replica that is of use to a waiter is known to be where it must be. */
  boolean haveReached(ReplayWatch.Waiter waiter) {
    for (ReplicaPlace place : replicas.values()) {
      if (serves(place, waiter)) {
        return true;
      }
    }
    return false;
  }

  boolean serves(ReplicaPlace place, ReplayWatch.Waiter waiter) {
    Topology topology = fleet.topology(cluster);
    NodeState node = topology == null ? null : topology.node(place.node());
    return node != null
        && place.hasReached(node.timeline(), waiter.token())
        && waiter.mayUse(node.id(), true);
  }

  /** Has a replica asked where it is, unless it is being asked. */
  void askPosition(NodeId replica, PoolCounters by) {
    ReplicaPlace place = replica(replica);
    if (place.isFree()) {
      count(by);
      place.askPosition(() -> onAnswered.accept(place));
    }
  }

  private static void count(PoolCounters by) {
    if (by != null) {
      by.add(Figure.CAUSAL_POLL_COUNT, 1);
    }
  }

  /**
   * Has replicas asked whether they are where a waiter needs them to be.
   *
   * @param all whether all that are of use, or only the one whose turn it is
   */
  void ask(ReplayWatch.Waiter waiter, boolean all) {
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
      count(by);
      place.ask(token.lsn(), () -> onAnswered.accept(place));
    }
  }

  /** A session's reads ask of the same node again and again. */
  private ReplicaPlace known(NodeId node) {
    if (last == null || !last.node().equals(node)) {
      last = replicas.get(node);
    }
    return last;
  }

  private ReplicaPlace replica(NodeId node) {
    return replicas.computeIfAbsent(node, n -> new ReplicaPlace(fleet, loop, n));
  }

  /**
   * Has replicas asked that were passed over because nobody knew how far they are, or where reads
   * have ended, and closes connections that nobody needs.
   */
  void tick(long nowNanos) {
    Topology topology = fleet.topology(cluster);
    if (topology != null && (missed != null || readSince)) {
      askAll(topology.nodes().stream().filter(n -> n.role() == Role.REPLICA && n.up()).toList());
      missed = null;
      readSince = false;
    }
    replicas.values().forEach(place -> place.tick(nowNanos));
  }

  private void askAll(List<NodeState> up) {
    for (NodeState node : up) {
      ReplicaPlace place = replica(node.id());
      if (missed != null && !place.hasReached(node.timeline(), missed)) {
        ask(place, missed, counters);
      } else if (readSince && up.size() > 1) {
        askPosition(node.id(), counters);
      }
    }
  }

  /** A node that changed its role, or is not there, is asked anew, over a new connection. */
  void topologyChanged(Topology before, Topology now) {
    for (NodeState node : now.nodes()) {
      NodeState was = before == null ? null : before.node(node.id());
      if (was == null || was.role() != node.role() || !node.up()) {
        last = null;
        ReplicaPlace place = replicas.remove(node.id());
        if (place != null) {
          place.close();
        }
      }
    }
  }

  void close() {
    replicas.values().forEach(ReplicaPlace::close);
    replicas.clear();
    last = null;
  }
}
