package io.howdah.topology;

import io.howdah.config.ClusterConfig;
import io.howdah.config.HostPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Merges what single nodes answer into one {@link Topology}, and decides which node may be written
 * to. The rules:
 *
 * <ul>
 *   <li>The primary is the one node that says it is, on the newest timeline on which any primary
 *       was ever seen. Timelines never go backwards: a primary on an older one is a former primary
 *       that does not know yet, and is not used at all.
 *   <li>Two primaries on one timeline: none may be written to. Replicas go on serving reads.
 *   <li>A primary that does not answer is none, at once.
 *   <li>A node with another system identifier than the cluster's is not used. The cluster's is that
 *       of most nodes; where that is a tie, the one that counted before, else the one seen first.
 *   <li>Lag is measured against the primary's last known position, or while there is no primary
 *       against the furthest position known of any node.
 * </ul>
 *
 * <p>A new topology comes out of each observation that changes anything at all, positions included,
 * for reads that must be fresh need them; {@link Topology#version()} grows only when the primary, a
 * role, a timeline or whether a node is up changes.
 *
 * <p>Thread: one at a time for {@link #observe}; {@link #current} any.
 */
public final class ClusterView {
  private final String cluster;
  private final Map<NodeId, Observation> latest = new LinkedHashMap<>();
  private final Map<NodeId, Observation> latestAnswer = new HashMap<>();
  private long identity;

  /** By system identifier: which cluster's counts may turn out only later. */
  private final Map<Long, Integer> newestTimelines = new HashMap<>();

  private volatile Topology current;

  /** A view of which nothing is known yet but the nodes. */
  public ClusterView(ClusterConfig config) {
    cluster = config.name();
    List<NodeState> nodes = new ArrayList<>();
    for (HostPort host : config.hosts()) {
      NodeId id = new NodeId(cluster, host.host(), host.port());
      latest.put(id, Observation.failed(id, 0, "not asked yet"));
      nodes.add(new NodeState(id, Role.UNKNOWN, 0, Lsn.NONE, -1, -1, false, "not asked yet"));
    }
    current = new Topology(cluster, 0, null, nodes, "no node has been asked yet");
  }

  /** The cluster as it was last seen. */
  public Topology current() {
    return current;
  }

  /**
   * Takes one observation in.
   *
   * @return the new topology, or null when nothing changed, when the node is none of the cluster's
   *     or when something newer is known of it
   */
  public Topology observe(Observation o) {
    Observation before = latest.get(o.node());
    if (before == null || (latestAnswer.containsKey(o.node()) && o.atNanos() < before.atNanos())) {
      return null;
    }
    latest.put(o.node(), o);
    if (o.role() != Role.UNKNOWN) {
      latestAnswer.put(o.node(), o);
    }
    decideIdentity();
    if (o.role() == Role.PRIMARY) {
      long of = o.systemIdentifier() == 0 ? identity : o.systemIdentifier();
      newestTimelines.merge(of, o.timeline(), Math::max);
    }
    Topology next = build();
    if (next.equals(current)) {
      return null;
    }
    current = next;
    return next;
  }

  private void decideIdentity() {
    Map<Long, Integer> votes = new LinkedHashMap<>();
    for (NodeId id : latest.keySet()) {
      Observation answer = latestAnswer.get(id);
      if (answer != null && answer.systemIdentifier() != 0) {
        votes.merge(answer.systemIdentifier(), 1, Integer::sum);
      }
    }
    votes.forEach(
        (id, n) -> {
          if (identity == 0 || n > votes.getOrDefault(identity, 0)) {
            identity = id;
          }
        });
  }

  private boolean foreign(Observation o) {
    return o.systemIdentifier() != 0 && o.systemIdentifier() != identity;
  }

  private int newestTimeline() {
    return newestTimelines.getOrDefault(identity, 0);
  }

  private boolean claims(Observation o) {
    return o.role() == Role.PRIMARY && !foreign(o) && o.timeline() >= newestTimeline();
  }

  private Topology build() {
    List<Observation> primaries = latest.values().stream().filter(this::claims).toList();
    Observation primary = primaries.size() == 1 ? primaries.getFirst() : null;
    Lsn reference = primary != null ? primary.position() : furthest();
    List<NodeState> nodes = new ArrayList<>();
    for (Observation o : latest.values()) {
      nodes.add(state(o, primaries, reference));
    }
    NodeState chosen =
        nodes.stream().filter(n -> n.role() == Role.PRIMARY).findFirst().orElse(null);
    Topology next =
        new Topology(cluster, current.version(), chosen, nodes, problem(primaries, nodes));
    return matters(next)
        ? new Topology(cluster, current.version() + 1, chosen, nodes, next.problem())
        : next;
  }

  private Lsn furthest() {
    return latestAnswer.values().stream()
        .filter(o -> !foreign(o))
        .map(Observation::position)
        .max(Lsn::compareTo)
        .orElse(Lsn.NONE);
  }

  private NodeState state(Observation o, List<Observation> primaries, Lsn reference) {
    if (o.role() == Role.UNKNOWN) {
      Observation last = latestAnswer.get(o.node());
      return last == null ? unused(o, o.problem(), false) : unused(last, o.problem(), false);
    }
    if (foreign(o)) {
      return unused(
          o,
          "belongs to another cluster: its system identifier is "
              + Long.toUnsignedString(o.systemIdentifier())
              + ", the cluster's is "
              + Long.toUnsignedString(identity),
          true);
    }
    if (o.role() == Role.PRIMARY) {
      return primaryState(o, primaries);
    }
    boolean unknown = o.position().equals(Lsn.NONE) || reference.equals(Lsn.NONE);
    long bytes = unknown ? -1 : reference.bytesSince(o.position());
    long millis = bytes == 0 ? 0 : o.replayAgeMillis();
    return new NodeState(
        o.node(), Role.REPLICA, o.timeline(), o.position(), bytes, millis, true, o.problem());
  }

  private NodeState primaryState(Observation o, List<Observation> primaries) {
    if (o.timeline() < newestTimeline()) {
      return unused(
          o,
          "says that it is the primary, but is on timeline "
              + o.timeline()
              + " and a primary on timeline "
              + newestTimeline()
              + " has been seen",
          true);
    }
    if (primaries.size() > 1) {
      return unused(o, "is one of several primaries on timeline " + o.timeline(), true);
    }
    return new NodeState(
        o.node(), Role.PRIMARY, o.timeline(), o.position(), 0, 0, true, o.problem());
  }

  private static NodeState unused(Observation o, String problem, boolean up) {
    return new NodeState(o.node(), Role.UNKNOWN, o.timeline(), o.position(), -1, -1, up, problem);
  }

  private String problem(List<Observation> primaries, List<NodeState> nodes) {
    if (primaries.size() == 1) {
      return null;
    }
    if (primaries.size() > 1) {
      return "SPLIT BRAIN: "
          + String.join(" and ", primaries.stream().map(o -> o.node().toString()).toList())
          + " all say that they are the primary on timeline "
          + newestTimeline()
          + "; writes are refused until only one is left";
    }
    List<String> why =
        nodes.stream()
            .filter(n -> n.problem() != null)
            .map(n -> n.id() + ": " + n.problem())
            .toList();
    return "no node is a primary that may be used"
        + (why.isEmpty() ? "" : " (" + String.join("; ", why) + ")");
  }

  private boolean matters(Topology next) {
    if (!Objects.equals(id(next.primary()), id(current.primary()))) {
      return true;
    }
    for (int i = 0; i < next.nodes().size(); i++) {
      NodeState a = next.nodes().get(i);
      NodeState b = current.nodes().get(i);
      if (a.role() != b.role() || a.up() != b.up() || a.timeline() != b.timeline()) {
        return true;
      }
    }
    return false;
  }

  private static NodeId id(NodeState node) {
    return node == null ? null : node.id();
  }
}
