package io.howdah.route.replica;

import static io.howdah.route.replica.Replicas.A;
import static io.howdah.route.replica.Replicas.B;
import static io.howdah.route.replica.Replicas.P;
import static io.howdah.route.replica.Replicas.another;
import static io.howdah.route.replica.Replicas.cluster;
import static io.howdah.route.replica.Replicas.node;
import static io.howdah.route.replica.Replicas.read;
import static io.howdah.route.replica.Replicas.topology;
import static io.howdah.route.replica.Replicas.zone;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.NodeConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.route.fact.Target;
import io.howdah.route.replica.Decision.Why;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReplicaChooserTest {
  private final Random random = new Random(5);

  private ReplicaChooser chooser(
      ReadsOnPrimary onPrimary, String zone, Map<NodeState, NodeConfig> shares) {
    return Replicas.chooser(onPrimary, zone, shares, random);
  }

  private ReplicaChooser fallback() {
    return Replicas.chooser(ReadsOnPrimary.FALLBACK, random);
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
    assertThat(read(Replicas.chooser(ReadsOnPrimary.NEVER, random), t))
        .isEqualTo(new Decision(null, Why.NO_FRESH_REPLICA));
    assertThat(read(Replicas.chooser(ReadsOnPrimary.ALWAYS, random), t))
        .isEqualTo(new Decision(P.id(), Why.PRIMARY_READS_TOO));
    assertThat(read(fallback(), topology(null)).node()).isNull();
  }

  @Test
  void readsAreSpreadOverAllReaders() {
    Topology t = topology(P, P, A, B);
    Map<NodeId, Integer> counts = new HashMap<>();
    ReplicaChooser chooser = Replicas.chooser(ReadsOnPrimary.ALWAYS, random);
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
    ReplicaChooser never = Replicas.chooser(ReadsOnPrimary.NEVER, random);
    assertThat(another(never, A, true, topology(P, P, A, B))).isEqualTo(B.id());
    assertThat(another(never, A, false, topology(P, P, A))).isEqualTo(A.id());
    assertThat(another(never, A, false, topology(P, P))).isNull();
    assertThat(another(fallback(), A, true, topology(null, A, B))).isEqualTo(B.id());
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
    ReplicaChooser never = Replicas.chooser(ReadsOnPrimary.NEVER, random);
    assertThat(never.chooseAmong(Target.REPLICA, _ -> true, alone, id -> 0)).isNull();
    assertThat(never.mayReadPrimary()).isFalse();
    assertThat(fallback().mayReadPrimary()).isTrue();
    ReplicaChooser always = Replicas.chooser(ReadsOnPrimary.ALWAYS, random);
    Topology t = topology(P, P, A);
    assertThat(always.chooseAmong(Target.REPLICA, P.id()::equals, t, id -> 0)).isEqualTo(P.id());
  }

  @Test
  void thePrimaryNeverStandsInWhereOnlyAReplicaMayServe() {
    for (ReadsOnPrimary policy : ReadsOnPrimary.values()) {
      ReplicaChooser chooser = Replicas.chooser(policy, random);
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
