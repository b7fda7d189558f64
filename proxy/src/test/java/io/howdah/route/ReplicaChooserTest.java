package io.howdah.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.howdah.config.ClusterConfig;
import io.howdah.config.HostPort;
import io.howdah.config.NodeConfig;
import io.howdah.config.ProbeConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.route.Decision.Why;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaChooserTest {
  private static final NodeState P = node("p", Role.PRIMARY, 0, 0, true);
  private static final NodeState A = node("a", Role.REPLICA, 0, 0, true);
  private static final NodeState B = node("b", Role.REPLICA, 100, 50, true);

  private final Random random = new Random(5);

  private static NodeState node(String host, Role role, long bytes, long millis, boolean up) {
    NodeId id = new NodeId("main", host, 5432);
    return new NodeState(id, role, 1, Lsn.NONE, bytes, millis, up, null);
  }

  private static Topology topology(NodeState primary, NodeState... nodes) {
    return new Topology("main", 1, primary, List.of(nodes), null);
  }

  private ReplicaChooser chooser(ReadsOnPrimary onPrimary) {
    return chooser(onPrimary, null, Map.of());
  }

  private ReplicaChooser chooser(
      ReadsOnPrimary onPrimary, String zone, Map<NodeState, NodeConfig> shares) {
    RoutingConfig config =
        RoutingConfig.DEFAULT.with(
            r -> {
              r.zone = Optional.ofNullable(zone);
              r.maxLagBytes = 1000;
              r.maxLag = Duration.ofSeconds(1);
              r.readsOnPrimary = onPrimary;
            });
    return new ReplicaChooser(config, cluster(shares), random::nextInt);
  }

  private static ClusterConfig cluster(Map<NodeState, NodeConfig> shares) {
    Map<HostPort, NodeConfig> nodes =
        shares.entrySet().stream()
            .collect(
                Collectors.toMap(
                    e -> new HostPort(e.getKey().id().host(), e.getKey().id().port()),
                    Map.Entry::getValue));
    ProbeConfig probe = new ProbeConfig("a", "", "a", Duration.ofSeconds(1), Duration.ofSeconds(1));
    return new ClusterConfig("main", List.copyOf(nodes.keySet()), nodes, probe);
  }

  private static NodeConfig weight(int weight) {
    return new NodeConfig(weight, Optional.empty());
  }

  private static NodeConfig zone(String zone) {
    return new NodeConfig(1, Optional.of(zone));
  }

  private ReplicaChooser fallback() {
    return chooser(ReadsOnPrimary.FALLBACK);
  }

  private static Decision read(ReplicaChooser chooser, Topology topology) {
    return chooser.choose(Target.REPLICA, topology, id -> 0);
  }

  @Test
  void writesGoToThePrimaryOrNowhere() {
    Decision there = fallback().choose(Target.PRIMARY, topology(P, P, A), id -> 0);
    assertThat(there).isEqualTo(new Decision(P.id(), Why.PRIMARY));
    Decision none = fallback().choose(Target.PRIMARY, topology(null, A), id -> 0);
    assertThat(none).isEqualTo(new Decision(null, Why.NO_PRIMARY));
  }

  @Test
  void aReaderIsAReplicaThatMayServe() {
    NodeState late = node("late", Role.REPLICA, 10, 1001, true);
    Topology t = topology(P, P, A, late);
    assertThat(fallback().isReader(Target.REPLICA, A.id(), false, t)).isTrue();
    assertThat(fallback().isReader(Target.ONLY_REPLICA, A.id(), false, t)).isTrue();
    assertThat(fallback().isReader(Target.REPLICA, late.id(), true, t)).isFalse();
    assertThat(fallback().isReader(Target.REPLICA, P.id(), true, t)).isFalse();
  }

  @Test
  void whatCanRunAnywherePrefersThePrimary() {
    assertThat(fallback().choose(Target.ANY, topology(P, P, A), id -> 0).node()).isEqualTo(P.id());
    assertThat(fallback().choose(Target.ANY, topology(null, A), id -> 0).node()).isEqualTo(A.id());
    assertThat(fallback().choose(Target.ANY, topology(null), id -> 0).node()).isNull();
  }

  @Test
  void readsGoOnlyToReplicasThatAreUpAndFresh() {
    NodeState down = node("down", Role.REPLICA, 0, 0, false);
    NodeState bytes = node("bytes", Role.REPLICA, 1001, 0, true);
    NodeState late = node("late", Role.REPLICA, 10, 1001, true);
    NodeState unknownBytes = node("u1", Role.REPLICA, -1, 0, true);
    NodeState unknownTime = node("u2", Role.REPLICA, 10, -1, true);
    NodeState unknownRole = node("u3", Role.UNKNOWN, 0, 0, true);
    Topology t = topology(P, P, down, bytes, late, B, unknownBytes, unknownTime, unknownRole);
    for (int i = 0; i < 50; i++) {
      assertThat(read(fallback(), t)).isEqualTo(new Decision(B.id(), Why.FRESH_REPLICA));
    }
  }

  @Test
  void aReplicaThatHasReplayedAllIsFreshHoweverOldTheLastCommit() {
    NodeState idle = node("idle", Role.REPLICA, 0, -1, true);
    assertThat(read(fallback(), topology(P, P, idle)).node()).isEqualTo(idle.id());
  }

  @Test
  void boundsOfZeroAreNone() {
    RoutingConfig config =
        RoutingConfig.DEFAULT.with(
            r -> {
              r.maxLagBytes = 0;
              r.maxLag = Duration.ZERO;
              r.readsOnPrimary = ReadsOnPrimary.NEVER;
            });
    NodeState far = node("far", Role.REPLICA, 1L << 40, -1, true);
    ReplicaChooser chooser = new ReplicaChooser(config, cluster(Map.of()), random::nextInt);
    assertThat(read(chooser, topology(P, P, far)).node()).isEqualTo(far.id());
  }

  @Test
  void withoutAFreshReplicaThePolicyDecides() {
    Topology t = topology(P, P, node("down", Role.REPLICA, 0, 0, false));
    assertThat(read(fallback(), t)).isEqualTo(new Decision(P.id(), Why.NO_FRESH_REPLICA));
    assertThat(read(chooser(ReadsOnPrimary.NEVER), t))
        .isEqualTo(new Decision(null, Why.NO_FRESH_REPLICA));
    assertThat(read(chooser(ReadsOnPrimary.ALWAYS), t))
        .isEqualTo(new Decision(P.id(), Why.PRIMARY_READS_TOO));
    assertThat(read(fallback(), topology(null)).node()).isNull();
  }

  @Test
  void readsAreSpreadOverAllReaders() {
    Topology t = topology(P, P, A, B);
    Map<NodeId, Integer> counts = new HashMap<>();
    ReplicaChooser chooser = chooser(ReadsOnPrimary.ALWAYS);
    for (int i = 0; i < 3000; i++) {
      counts.merge(read(chooser, t).node(), 1, Integer::sum);
    }
    assertThat(counts).hasSize(3);
    assertThat(counts.values()).allSatisfy(n -> assertThat(n).isBetween(850, 1150));
  }

  @Test
  void ofTwoTheLessBusyIsTaken() {
    Topology t = topology(P, P, A, B);
    for (int i = 0; i < 50; i++) {
      Decision d = fallback().choose(Target.REPLICA, t, id -> id.equals(A.id()) ? 7 : 6);
      assertThat(d.node()).isEqualTo(B.id());
    }
  }

  @Test
  void followsANewTopology() {
    ReplicaChooser chooser = fallback();
    assertThat(read(chooser, topology(P, P, A)).node()).isEqualTo(A.id());
    assertThat(read(chooser, topology(P, P, B)).node()).isEqualTo(B.id());
  }

  @Test
  void aReadThatANodeHasFailedGoesToAnother() {
    Topology t = topology(P, P, A, B);
    assertThat(another(fallback(), A, false, t)).isEqualTo(B.id());
    assertThat(another(fallback(), B, false, t)).isEqualTo(A.id());
    assertThat(another(fallback(), B, true, t)).as("the last attempt").isEqualTo(P.id());
    assertThat(another(fallback(), A, false, topology(P, P, A))).isEqualTo(P.id());
  }

  @Test
  void thePrimaryTakesNoReadsThoughOneHasFailedIfItNeverDoes() {
    ReplicaChooser never = chooser(ReadsOnPrimary.NEVER);
    assertThat(another(never, A, true, topology(P, P, A, B))).isEqualTo(B.id());
    assertThat(another(never, A, false, topology(P, P, A))).isEqualTo(A.id());
    assertThat(another(never, A, false, topology(P, P))).isNull();
    assertThat(another(fallback(), A, true, topology(null, A, B))).isEqualTo(B.id());
  }

  private static NodeId another(
      ReplicaChooser chooser, NodeState failed, boolean last, Topology t) {
    return chooser.chooseAnother(Target.REPLICA, failed.id(), last, t, id -> 0).node();
  }

  @Test
  void aReaderMayHaveToPassATest() {
    Topology t = topology(P, P, A, B);
    for (int i = 0; i < 20; i++) {
      assertThat(fallback().chooseAmong(Target.REPLICA, B.id()::equals, t, id -> 0))
          .isEqualTo(B.id());
      assertThat(fallback().chooseAmong(Target.REPLICA, _ -> false, t, id -> 0)).isNull();
      assertThat(
              fallback().chooseAmong(Target.REPLICA, _ -> true, t, id -> id.equals(A.id()) ? 3 : 2))
          .isEqualTo(B.id());
      assertThat(fallback().chooseAmong(Target.REPLICA, _ -> true, t, id -> 0))
          .isIn(A.id(), B.id());
    }
  }

  @Test
  void thePrimaryPassesOnlyAsAReader() {
    Topology alone = topology(P, P);
    assertThat(fallback().chooseAmong(Target.REPLICA, _ -> true, alone, id -> 0)).isEqualTo(P.id());
    ReplicaChooser never = chooser(ReadsOnPrimary.NEVER);
    assertThat(never.chooseAmong(Target.REPLICA, _ -> true, alone, id -> 0)).isNull();
    assertThat(never.mayReadPrimary()).isFalse();
    assertThat(fallback().mayReadPrimary()).isTrue();
    ReplicaChooser always = chooser(ReadsOnPrimary.ALWAYS);
    Topology t = topology(P, P, A);
    assertThat(always.chooseAmong(Target.REPLICA, P.id()::equals, t, id -> 0)).isEqualTo(P.id());
  }

  @Test
  void thePrimaryNeverStandsInWhereOnlyAReplicaMayServe() {
    for (ReadsOnPrimary policy : ReadsOnPrimary.values()) {
      ReplicaChooser chooser = chooser(policy);
      Topology alone = topology(P, P, node("down", Role.REPLICA, 0, 0, false));
      assertThat(chooser.choose(Target.ONLY_REPLICA, alone, id -> 0))
          .isEqualTo(new Decision(null, Why.NO_FRESH_REPLICA));
      assertThat(chooser.chooseAmong(Target.ONLY_REPLICA, _ -> true, alone, id -> 0)).isNull();
      Topology t = topology(P, P, A);
      for (int i = 0; i < 20; i++) {
        assertThat(chooser.choose(Target.ONLY_REPLICA, t, id -> 0).node()).isEqualTo(A.id());
        assertThat(chooser.chooseAnother(Target.ONLY_REPLICA, A.id(), true, t, id -> 0).node())
            .isEqualTo(A.id());
      }
    }
  }

  @Test
  void aZoneServesItselfWhileAReplicaOfItIsFresh() {
    Map<NodeState, NodeConfig> zones = Map.of(P, zone("a"), A, zone("a"), B, zone("b"));
    ReplicaChooser here = chooser(ReadsOnPrimary.FALLBACK, "a", zones);
    for (int i = 0; i < 50; i++) {
      assertThat(here.choose(Target.REPLICA, topology(P, P, A, B), id -> id.equals(A.id()) ? 9 : 0))
          .as("however busy")
          .isEqualTo(new Decision(A.id(), Why.NEAR_REPLICA));
    }
    NodeState late = node("a", Role.REPLICA, 2000, 0, true);
    assertThat(read(here, topology(P, P, late, B)))
        .isEqualTo(new Decision(B.id(), Why.FRESH_REPLICA));
    assertThat(another(here, A, false, topology(P, P, A, B))).isEqualTo(B.id());
    assertThat(here.chooseAmong(Target.REPLICA, B.id()::equals, topology(P, P, A, B), id -> 0))
        .as("one of another zone that has what the read must see")
        .isEqualTo(B.id());
    assertThat(here.isReader(Target.REPLICA, B.id(), false, topology(P, P, A, B))).isFalse();
    assertThat(here.isReader(Target.REPLICA, B.id(), true, topology(P, P, A, B))).isTrue();
    ReplicaChooser elsewhere = chooser(ReadsOnPrimary.FALLBACK, "c", zones);
    assertThat(shares(elsewhere, topology(P, P, A, B), 2000)).hasSize(2);
  }

  @Test
  void thePrimaryOfAZoneIsNoReasonToStayInIt() {
    Map<NodeState, NodeConfig> zones = Map.of(P, zone("a"), A, zone("b"), B, zone("b"));
    ReplicaChooser always = chooser(ReadsOnPrimary.ALWAYS, "a", zones);
    assertThat(shares(always, topology(P, P, A, B), 3000)).hasSize(3);
  }

  @Test
  void weightZeroTakesNoReads() {
    ReplicaChooser chooser = chooser(ReadsOnPrimary.FALLBACK, null, Map.of(A, weight(0)));
    assertThat(shares(chooser, topology(P, P, A, B), 100)).containsOnlyKeys(B.id());
    assertThat(read(chooser, topology(P, P, A)))
        .isEqualTo(new Decision(P.id(), Why.NO_FRESH_REPLICA));
  }

  private Map<NodeId, Double> shares(ReplicaChooser chooser, Topology t, int reads) {
    Map<NodeId, Double> shares = new HashMap<>();
    for (int i = 0; i < reads; i++) {
      shares.merge(read(chooser, t).node(), 1.0 / reads, Double::sum);
    }
    return shares;
  }

  @Test
  void nodesWithoutLoadGetReadsByTheirWeights() {
    ReplicaChooser chooser =
        chooser(ReadsOnPrimary.ALWAYS, null, Map.of(A, weight(2), B, weight(3), P, weight(5)));
    Map<NodeId, Double> shares = shares(chooser, topology(P, P, A, B), 20_000);
    assertThat(shares.get(A.id())).isCloseTo(0.2, within(0.02));
    assertThat(shares.get(B.id())).isCloseTo(0.3, within(0.02));
    assertThat(shares.get(P.id())).isCloseTo(0.5, within(0.02));
  }

  /**
   * Reads come and go at random on three nodes whose weights are 1, 2 and 4, some of them slow, as
   * busy as a closed loop of clients makes them.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 70})
  void alikeNodesUnderLoadAreSharedByTheirWeights(int clients) {
    Simulation s = new Simulation(Map.of(A, 1.0, B, 1.0, P, 1.0), clients);
    Map<NodeId, Double> shares = s.run(60_000);
    assertThat(shares.get(A.id())).isCloseTo(1 / 7.0, within(0.03));
    assertThat(shares.get(B.id())).isCloseTo(2 / 7.0, within(0.03));
    assertThat(shares.get(P.id())).isCloseTo(4 / 7.0, within(0.03));
  }

  @Test
  void aSlowNodeGetsLessThanItsWeight() {
    Simulation s = new Simulation(Map.of(A, 1.0, B, 1.0, P, 0.1), 70);
    Map<NodeId, Double> shares = s.run(60_000);
    assertThat(shares.get(P.id())).as("ten times as slow").isLessThan(0.3);
    assertThat(shares.get(B.id()) / shares.get(A.id())).isCloseTo(2.0, within(0.3));
  }

  /** A closed loop: each client sends its next read when the last is answered. */
  private final class Simulation {
    private final Map<NodeId, Double> speeds = new HashMap<>();
    private final Map<NodeId, Integer> busy = new HashMap<>();
    private final int clients;
    private final ReplicaChooser chooser =
        chooser(ReadsOnPrimary.ALWAYS, null, Map.of(A, weight(1), B, weight(2), P, weight(4)));

    private record Answer(double at, NodeId node) {}

    Simulation(Map<NodeState, Double> speeds, int clients) {
      speeds.forEach((node, speed) -> this.speeds.put(node.id(), speed));
      this.clients = clients;
    }

    Map<NodeId, Double> run(int reads) {
      Topology t = topology(P, P, A, B);
      Map<NodeId, Double> shares = new HashMap<>();
      PriorityQueue<Answer> answers = new PriorityQueue<>(Comparator.comparingDouble(Answer::at));
      double now = 0;
      for (int i = 0; i < reads; i++) {
        if (answers.size() == clients) {
          Answer first = answers.remove();
          now = first.at();
          busy.merge(first.node(), -1, Integer::sum);
        }
        NodeId node = chooser.choose(Target.REPLICA, t, id -> busy.getOrDefault(id, 0)).node();
        busy.merge(node, 1, Integer::sum);
        double takes = -Math.log(1 - random.nextDouble()) / speeds.get(node);
        answers.add(new Answer(now + takes, node));
        shares.merge(node, 1.0 / reads, Double::sum);
      }
      return shares;
    }
  }

  @Test
  void candidatesTellWhyNoReadGoesThere() {
    NodeState late = node("late", Role.REPLICA, 2000, 0, true);
    NodeState down = node("down", Role.REPLICA, 0, 0, false);
    ReplicaChooser chooser =
        chooser(
            ReadsOnPrimary.FALLBACK,
            "a",
            Map.of(A, zone("a"), B, zone("b"), late, zone("a"), down, zone("a")));
    assertThat(chooser.candidates(Target.REPLICA, topology(P, P, A, B, late, down)))
        .extracting(c -> c.node().id().host() + " " + c.problem())
        .containsExactly(
            "p is the primary, and reads-on-primary is fallback",
            "a null",
            "b is in another zone than a",
            "late 2000 bytes behind, above max-lag-bytes 1000",
            "down does not answer");
  }
}
