package io.howdah.route.replica;

import static io.howdah.route.replica.Replicas.A;
import static io.howdah.route.replica.Replicas.B;
import static io.howdah.route.replica.Replicas.P;
import static io.howdah.route.replica.Replicas.another;
import static io.howdah.route.replica.Replicas.node;
import static io.howdah.route.replica.Replicas.read;
import static io.howdah.route.replica.Replicas.shares;
import static io.howdah.route.replica.Replicas.topology;
import static io.howdah.route.replica.Replicas.weight;
import static io.howdah.route.replica.Replicas.zone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.howdah.config.NodeConfig;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.route.fact.Target;
import io.howdah.route.replica.Decision.Why;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many reads go to which replica, by zones, weights and load. */
class ReplicaSharesTest {
  private final Random random = new Random(5);

  private ReplicaChooser chooser(
      ReadsOnPrimary onPrimary, String zone, Map<NodeState, NodeConfig> shares) {
    return Replicas.chooser(onPrimary, zone, shares, random);
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
}
