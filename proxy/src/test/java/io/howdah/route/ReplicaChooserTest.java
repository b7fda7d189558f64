package io.howdah.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.CausalReads;
import io.howdah.config.RoutingConfig;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.route.Decision.Why;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

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

  private ReplicaChooser chooser(boolean split, ReadsOnPrimary onPrimary) {
    RoutingConfig config =
        new RoutingConfig(
            split,
            1000,
            Duration.ofSeconds(1),
            onPrimary,
            4096,
            16,
            Duration.ZERO,
            0,
            CausalReads.SESSION,
            Duration.ZERO);
    return new ReplicaChooser(config, random::nextInt);
  }

  private ReplicaChooser fallback() {
    return chooser(true, ReadsOnPrimary.FALLBACK);
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
        new RoutingConfig(
            true,
            0,
            Duration.ZERO,
            ReadsOnPrimary.NEVER,
            4096,
            16,
            Duration.ZERO,
            0,
            CausalReads.SESSION,
            Duration.ZERO);
    NodeState far = node("far", Role.REPLICA, 1L << 40, -1, true);
    ReplicaChooser chooser = new ReplicaChooser(config, random::nextInt);
    assertThat(read(chooser, topology(P, P, far)).node()).isEqualTo(far.id());
  }

  @Test
  void withoutAFreshReplicaThePolicyDecides() {
    Topology t = topology(P, P, node("down", Role.REPLICA, 0, 0, false));
    assertThat(read(fallback(), t)).isEqualTo(new Decision(P.id(), Why.NO_FRESH_REPLICA));
    assertThat(read(chooser(true, ReadsOnPrimary.NEVER), t))
        .isEqualTo(new Decision(null, Why.NO_FRESH_REPLICA));
    assertThat(read(chooser(true, ReadsOnPrimary.ALWAYS), t))
        .isEqualTo(new Decision(P.id(), Why.PRIMARY_READS_TOO));
    assertThat(read(fallback(), topology(null)).node()).isNull();
  }

  @Test
  void readsAreSpreadOverAllReaders() {
    Topology t = topology(P, P, A, B);
    Map<NodeId, Integer> counts = new HashMap<>();
    ReplicaChooser chooser = chooser(true, ReadsOnPrimary.ALWAYS);
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
  void withoutSplittingOnlyAHintLeadsToAReplica() {
    ReplicaChooser chooser = chooser(false, ReadsOnPrimary.FALLBACK);
    Topology t = topology(P, P, A);
    assertThat(chooser.choose(Sql.facts("select 1"), t, id -> 0))
        .isEqualTo(new Decision(P.id(), Why.NOT_SPLIT));
    assertThat(chooser.choose(Sql.facts("/* howdah: replica */ select 1"), t, id -> 0).node())
        .isEqualTo(A.id());
    assertThat(fallback().choose(Sql.facts("select 1"), t, id -> 0).node()).isEqualTo(A.id());
    assertThat(fallback().choose(Sql.facts("select my_fn()"), t, id -> 0).node()).isEqualTo(P.id());
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
    ReplicaChooser never = chooser(true, ReadsOnPrimary.NEVER);
    assertThat(another(never, A, true, topology(P, P, A, B))).isEqualTo(B.id());
    assertThat(another(never, A, false, topology(P, P, A))).isEqualTo(A.id());
    assertThat(another(never, A, false, topology(P, P))).isNull();
    assertThat(another(fallback(), A, true, topology(null, A, B))).isEqualTo(B.id());
  }

  private static NodeId another(
      ReplicaChooser chooser, NodeState failed, boolean last, Topology t) {
    return chooser.chooseAnother(failed.id(), last, t, id -> 0).node();
  }

  @Test
  void aReaderMayHaveToPassATest() {
    Topology t = topology(P, P, A, B);
    for (int i = 0; i < 20; i++) {
      assertThat(fallback().chooseAmong(B.id()::equals, t, id -> 0)).isEqualTo(B.id());
      assertThat(fallback().chooseAmong(_ -> false, t, id -> 0)).isNull();
      assertThat(fallback().chooseAmong(_ -> true, t, id -> id.equals(A.id()) ? 3 : 2))
          .isEqualTo(B.id());
      assertThat(fallback().chooseAmong(_ -> true, t, id -> 0)).isIn(A.id(), B.id());
    }
  }

  @Test
  void thePrimaryPassesOnlyAsAReader() {
    Topology alone = topology(P, P);
    assertThat(fallback().chooseAmong(_ -> true, alone, id -> 0)).isEqualTo(P.id());
    ReplicaChooser never = chooser(true, ReadsOnPrimary.NEVER);
    assertThat(never.chooseAmong(_ -> true, alone, id -> 0)).isNull();
    assertThat(never.mayReadPrimary()).isFalse();
    assertThat(fallback().mayReadPrimary()).isTrue();
    ReplicaChooser always = chooser(true, ReadsOnPrimary.ALWAYS);
    Topology t = topology(P, P, A);
    assertThat(always.chooseAmong(P.id()::equals, t, id -> 0)).isEqualTo(P.id());
  }
}
