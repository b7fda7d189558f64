package io.howdah.route;

import io.howdah.config.RoutingConfig;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.route.Decision.Why;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Chooses the node for a target: of two readers drawn at random the one with less outstanding. What
 * a topology allows is worked out once for each topology object, so a choice allocates nothing.
 *
 * <p>Thread: one at a time; one for each event loop.
 */
public final class ReplicaChooser {
  private final RoutingConfig config;
  private final IntUnaryOperator random;

  private Topology known;
  private Decision primary;
  private Decision any;
  private Decision unsplit;

  /** Who takes reads, never empty; the one entry may have no node. */
  private Decision[] readers = {};

  /**
   * @param random a number from 0 to below its argument
   */
  public ReplicaChooser(RoutingConfig config, IntUnaryOperator random) {
    this.config = config;
    this.random = random;
  }

  /**
   * The node for a statement outside a transaction. Where reads are not split only a hint leads to
   * a replica.
   *
   * @param outstanding requests that a node has not answered yet
   */
  public Decision choose(Facts facts, Topology topology, ToIntFunction<NodeId> outstanding) {
    Target target = facts.target();
    if (target == Target.REPLICA && !config.splitReads() && facts.hint() != Hint.REPLICA) {
      learn(topology);
      return unsplit;
    }
    return choose(target, topology, outstanding);
  }

  /** The node for a target; {@link Decision#node()} is null when none may serve it now. */
  public Decision choose(Target target, Topology topology, ToIntFunction<NodeId> outstanding) {
    learn(topology);
    return switch (target) {
      case PRIMARY -> primary;
      case ANY -> any;
      case REPLICA -> reader(outstanding);
    };
  }

  /**
   * Another node for a read that one has failed: the least busy of the other readers, and without
   * any the primary, unless reads are never for it.
   *
   * @param failed the node that is not to be asked again if there is another
   * @param last whether this is the last attempt, for which the primary is preferred
   */
  public Decision chooseAnother(
      NodeId failed, boolean last, Topology topology, ToIntFunction<NodeId> outstanding) {
    learn(topology);
    boolean mayBePrimary =
        config.readsOnPrimary() != ReadsOnPrimary.NEVER && primary.node() != null;
    Decision best = null;
    for (Decision each : readers) {
      if (each.node() != null
          && !each.node().equals(failed)
          && (best == null
              || outstanding.applyAsInt(each.node()) < outstanding.applyAsInt(best.node()))) {
        best = each;
      }
    }
    if (mayBePrimary && (last || best == null)) {
      return primary;
    }
    return best == null ? reader(outstanding) : best;
  }

  /**
   * The reader with the least outstanding of those that pass a test; null when none does. Of equals
   * one is drawn at random.
   */
  public NodeId chooseAmong(
      Predicate<NodeId> passes, Topology topology, ToIntFunction<NodeId> outstanding) {
    learn(topology);
    NodeId best = null;
    int least = 0;
    int from = random.applyAsInt(readers.length);
    for (int i = 0; i < readers.length; i++) {
      NodeId each = readers[(from + i) % readers.length].node();
      if (each != null && passes.test(each)) {
        int busy = outstanding.applyAsInt(each);
        if (best == null || busy < least) {
          best = each;
          least = busy;
        }
      }
    }
    return best;
  }

  /** Whether the primary may serve a read that no replica can. */
  public boolean mayReadPrimary() {
    return config.readsOnPrimary() != ReadsOnPrimary.NEVER;
  }

  private Decision reader(ToIntFunction<NodeId> outstanding) {
    int count = readers.length;
    if (count == 1) {
      return readers[0];
    }
    int first = random.applyAsInt(count);
    int second = random.applyAsInt(count - 1);
    // The second is drawn from the others.
    Decision a = readers[first];
    Decision b = readers[second < first ? second : second + 1];
    return outstanding.applyAsInt(b.node()) < outstanding.applyAsInt(a.node()) ? b : a;
  }

  // A topology is replaced whole: the same object says the same, and comparing it all would cost.
  @SuppressWarnings("ReferenceEquality")
  private void learn(Topology topology) {
    if (topology == known) {
      return;
    }
    NodeState writer = topology.primary();
    primary = new Decision(id(writer), writer == null ? Why.NO_PRIMARY : Why.PRIMARY);
    unsplit = new Decision(id(writer), writer == null ? Why.NO_PRIMARY : Why.NOT_SPLIT);
    readers = readers(topology).toArray(Decision[]::new);
    any = writer == null ? readers[0] : unsplit;
    known = topology;
  }

  private List<Decision> readers(Topology topology) {
    List<Decision> list = new ArrayList<>();
    for (NodeState n : topology.nodes()) {
      if (n.role() == Role.REPLICA && n.up() && fresh(n)) {
        list.add(new Decision(n.id(), Why.FRESH_REPLICA));
      }
    }
    NodeState writer = topology.primary();
    if (config.readsOnPrimary() == ReadsOnPrimary.ALWAYS && writer != null) {
      list.add(new Decision(writer.id(), Why.PRIMARY_READS_TOO));
    }
    if (list.isEmpty()) {
      boolean never = config.readsOnPrimary() == ReadsOnPrimary.NEVER;
      list.add(new Decision(never ? null : id(writer), Why.NO_FRESH_REPLICA));
    }
    return list;
  }

  /**
   * Within both bounds. What is not known is not within, but one that has replayed all is in time.
   */
  private boolean fresh(NodeState n) {
    long maxBytes = config.maxLagBytes();
    long maxMillis = config.maxLag().toMillis();
    boolean inBytes = maxBytes == 0 || (n.lagBytes() >= 0 && n.lagBytes() <= maxBytes);
    boolean inTime =
        maxMillis == 0 || n.lagBytes() == 0 || (n.lagMillis() >= 0 && n.lagMillis() <= maxMillis);
    return inBytes && inTime;
  }

  private static NodeId id(NodeState n) {
    return n == null ? null : n.id();
  }
}
