package io.howdah.route.replica;

import io.howdah.config.ClusterConfig;
import io.howdah.config.NodeConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.route.fact.Target;
import io.howdah.route.replica.Decision.Why;
import io.howdah.route.replica.Readers.Reader;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;

/**
 * Chooses the node for a target: of the readers that are near enough two are drawn at random, and
 * the less busy serves ({@link Readers}). What a topology allows is worked out once for each
 * topology object, so a choice allocates nothing.
 *
 * <p>A reader is a replica within the lag bounds whose weight is above 0; the primary where {@link
 * RoutingConfig#readsOnPrimary()} says so. While a replica of this Howdah's zone is one, only
 * readers of this zone serve.
 *
 * <p>Thread: one at a time; one for each event loop.
 */
public final class ReplicaChooser {
  private final RoutingConfig config;
  private final ClusterConfig cluster;
  private final Freshness freshness;
  private final IntUnaryOperator random;

  private Topology known;
  private Decision primary;
  private Decision any;

  /** What stands in where there is no reader; it may have no node. */
  private Decision noReader;

  private Decision noReplica;
  private Readers near = Readers.NONE;
  private Readers far = Readers.NONE;

  /** The same without the primary. */
  private Readers nearReplicas = Readers.NONE;

  private Readers farReplicas = Readers.NONE;

  /**
   * @param cluster whose nodes have weights and zones
   * @param random a number from 0 to below its argument
   */
  public ReplicaChooser(RoutingConfig config, ClusterConfig cluster, IntUnaryOperator random) {
    this.config = config;
    this.cluster = cluster;
    this.freshness = new Freshness(config);
    this.random = random;
  }

  /**
   * The node for a target; {@link Decision#node()} is null when none may serve it now.
   *
   * @param outstanding requests that a node has not answered yet
   */
  public Decision choose(Target target, Topology topology, ToIntFunction<NodeId> outstanding) {
    learn(topology);
    return switch (target) {
      case PRIMARY -> primary;
      case ANY -> any;
      case REPLICA -> near.isEmpty() ? noReader : near.choose(random, outstanding);
      case ONLY_REPLICA ->
          nearReplicas.isEmpty() ? noReplica : nearReplicas.choose(random, outstanding);
    };
  }

  /**
   * Another node for a read that one has failed: the least busy of the other readers, those of
   * other zones last, and without any the primary, unless reads are never for it.
   *
   * @param failed the node that is not to be asked again if there is another
   * @param last whether this is the last attempt, for which the primary is preferred
   */
  public Decision chooseAnother(
      Target target,
      NodeId failed,
      boolean last,
      Topology topology,
      ToIntFunction<NodeId> outstanding) {
    learn(topology);
    boolean mayBePrimary =
        target != Target.ONLY_REPLICA && mayReadPrimary() && primary.node() != null;
    if (mayBePrimary && last) {
      return primary;
    }
    Decision other = least(target, node -> !node.equals(failed), outstanding);
    if (other != null) {
      return other;
    }
    return mayBePrimary ? primary : choose(target, topology, outstanding);
  }

  /**
   * The reader with the least outstanding of those that pass a test, one of another zone only if
   * none of this passes; null when none does.
   */
  public NodeId chooseAmong(
      Target target,
      Predicate<NodeId> passes,
      Topology topology,
      ToIntFunction<NodeId> outstanding) {
    learn(topology);
    Decision found = least(target, passes, outstanding);
    if (found == null && target != Target.ONLY_REPLICA && near.isEmpty()) {
      NodeId node = noReader.node();
      return node != null && passes.test(node) ? node : null;
    }
    return found == null ? null : found.node();
  }

  /**
   * Whether a node is one of the readers that a target is for.
   *
   * @param anyZone whether those count, too, that serve only if no nearer one can
   */
  public boolean isReader(Target target, NodeId node, boolean anyZone, Topology topology) {
    learn(topology);
    boolean replicas = target == Target.ONLY_REPLICA;
    return (replicas ? nearReplicas : near).has(node)
        || anyZone && (replicas ? farReplicas : far).has(node);
  }

  private Decision least(
      Target target, Predicate<NodeId> passes, ToIntFunction<NodeId> outstanding) {
    boolean replicas = target == Target.ONLY_REPLICA;
    Decision found = (replicas ? nearReplicas : near).least(passes, random, outstanding);
    return found != null
        ? found
        : (replicas ? farReplicas : far).least(passes, random, outstanding);
  }

  /** Whether the primary may serve a read that no replica can. */
  public boolean mayReadPrimary() {
    return config.readsOnPrimary() != ReadsOnPrimary.NEVER;
  }

  // A topology is replaced whole: the same object says the same, and comparing it all would cost.
  @SuppressWarnings("ReferenceEquality")
  private void learn(Topology topology) {
    if (topology == known) {
      return;
    }
    NodeId writer = topology.primary() == null ? null : topology.primary().id();
    primary = new Decision(writer, writer == null ? Why.NO_PRIMARY : Why.PRIMARY);
    noReader = new Decision(mayReadPrimary() ? writer : null, Why.NO_FRESH_REPLICA);
    noReplica = new Decision(null, Why.NO_FRESH_REPLICA);
    sort(topology);
    any = writer != null ? new Decision(writer, Why.NOT_SPLIT) : anyReader();
    known = topology;
  }

  private Decision anyReader() {
    Decision found = near.least(_ -> true, n -> 0, _ -> 0);
    return found == null ? noReader : found;
  }

  private void sort(Topology topology) {
    boolean prefersZone =
        config.zone().isPresent()
            && topology.nodes().stream().anyMatch(n -> isReader(n) && isHere(n.id()));
    List<Reader> here = new ArrayList<>();
    List<Reader> elsewhere = new ArrayList<>();
    for (NodeState node : topology.nodes()) {
      if (isReader(node)) {
        Why why = prefersZone && isHere(node.id()) ? Why.NEAR_REPLICA : Why.FRESH_REPLICA;
        add(node, why, !prefersZone || isHere(node.id()) ? here : elsewhere);
      }
    }
    nearReplicas = new Readers(here);
    farReplicas = new Readers(elsewhere);
    NodeState writer = topology.primary();
    if (config.readsOnPrimary() == ReadsOnPrimary.ALWAYS
        && writer != null
        && share(writer.id()).weight() > 0) {
      add(writer, Why.PRIMARY_READS_TOO, !prefersZone || isHere(writer.id()) ? here : elsewhere);
    }
    near = new Readers(here);
    far = new Readers(elsewhere);
  }

  private void add(NodeState node, Why why, List<Reader> to) {
    to.add(new Reader(new Decision(node.id(), why), share(node.id()).weight()));
  }

  private boolean isReader(NodeState node) {
    return freshness.passes(node) && share(node.id()).weight() > 0;
  }

  private boolean isHere(NodeId node) {
    return share(node).zone().equals(config.zone());
  }

  private NodeConfig share(NodeId node) {
    return cluster.node(node.host(), node.port());
  }

  /** What each node of a cluster is for such a read, in the order of the configuration. */
  public List<Candidate> candidates(Target target, Topology topology) {
    learn(topology);
    List<Candidate> all = new ArrayList<>();
    for (NodeState node : topology.nodes()) {
      all.add(new Candidate(node, share(node.id()), problem(target, node)));
    }
    return all;
  }

  private String problem(Target target, NodeState node) {
    NodeId id = node.id();
    boolean onlyReplica = target == Target.ONLY_REPLICA;
    if ((onlyReplica ? nearReplicas : near).has(id)) {
      return null;
    }
    if ((onlyReplica ? farReplicas : far).has(id)) {
      return "is in another zone than " + config.zone().orElse("");
    }
    if (onlyReplica || !id.equals(primary.node())) {
      return share(id).weight() == 0 ? "has weight 0" : freshness.problem(node);
    }
    return near.isEmpty() && mayReadPrimary()
        ? null
        : "is the primary, and reads-on-primary is "
            + config.readsOnPrimary().name().toLowerCase(Locale.ROOT);
  }
}
