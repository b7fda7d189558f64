package io.howdah.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.ClusterConfig;
import io.howdah.config.HostPort;
import io.howdah.config.ProbeConfig;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterViewTest {
  private final ClusterView view =
      new ClusterView(
          new ClusterConfig(
              "main",
              List.of(new HostPort("a", 1), new HostPort("b", 1), new HostPort("c", 1)),
              new ProbeConfig("p", "", "d", Duration.ofSeconds(1), Duration.ofSeconds(1))));
  private long clock = 1;

  private static NodeId node(String name) {
    return new NodeId("main", name, 1);
  }

  /**
   * One observation as text: node, then P, R or X (down), timeline, position, system identifier.
   */
  private Topology see(String text) {
    String[] f = text.trim().split(" +");
    clock++;
    if (f[1].equals("X")) {
      return view.observe(Observation.failed(node(f[0]), clock, "connection refused"));
    }
    boolean primary = f[1].equals("P");
    return view.observe(
        new Observation(
            node(f[0]),
            clock,
            primary ? Role.PRIMARY : Role.REPLICA,
            Integer.parseInt(f[2]),
            new Lsn(f.length > 3 ? Long.parseLong(f[3]) : 100),
            primary ? -1 : 700,
            f.length > 4 ? Long.parseLong(f[4]) : 7,
            null));
  }

  private static String show(Topology t) {
    return t.nodes().stream()
        .map(n -> n.id().host() + "=" + n.role() + (n.up() ? "" : "(down)"))
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # observations in order            | primary | what each node is                             | problem contains
          a P 1; b R 1; c R 1                | a       | a=PRIMARY b=REPLICA c=REPLICA                 |
          b R 1; c R 1                       |         | a=UNKNOWN(down) b=REPLICA c=REPLICA           | a:1: not asked yet
          a P 1; b R 1; a X                  |         | a=UNKNOWN(down) b=REPLICA c=UNKNOWN(down)     | a:1: connection refused
          a P 1; b R 1; a X; a P 1           | a       | a=PRIMARY b=REPLICA c=UNKNOWN(down)           |
          a P 1; b P 2                       | b       | a=UNKNOWN b=PRIMARY c=UNKNOWN(down)           |
          b P 2; a P 1                       | b       | a=UNKNOWN b=PRIMARY c=UNKNOWN(down)           |
          b P 2; a P 1; b X                  |         | a=UNKNOWN b=UNKNOWN(down) c=UNKNOWN(down)     | a:1: says that it is the primary, but is on timeline 1
          a P 1; b P 2; a R 2                | b       | a=REPLICA b=PRIMARY c=UNKNOWN(down)           |
          a P 3; b P 3; c R 3                |         | a=UNKNOWN b=UNKNOWN c=REPLICA                 | SPLIT BRAIN: a:1 and b:1
          a P 3; b P 3; c R 3; a X           | b       | a=UNKNOWN(down) b=PRIMARY c=REPLICA           |
          a P 3; b P 3; b P 4                | b       | a=UNKNOWN b=PRIMARY c=UNKNOWN(down)           |
          a P 1; a R 1                       |         | a=REPLICA b=UNKNOWN(down) c=UNKNOWN(down)     | no node is a primary
          a P 1; b R 1; c P 9 100 666        | a       | a=PRIMARY b=REPLICA c=UNKNOWN                 |
          c P 9 100 666; a P 1; b R 1        | a       | a=PRIMARY b=REPLICA c=UNKNOWN                 |
          a P 1; c P 1 100 666               | a       | a=PRIMARY b=UNKNOWN(down) c=UNKNOWN           |
          """)
  void decides(String observations, String primary, String nodes, String problem) {
    for (String o : observations.split(";")) {
      see(o);
    }
    Topology t = view.current();
    assertThat(t.primary() == null ? null : t.primary().id().host()).isEqualTo(primary);
    assertThat(show(t)).isEqualTo(nodes);
    if (problem == null) {
      assertThat(t.problem()).isNull();
    } else {
      assertThat(t.problem()).contains(problem);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # observations                     | b's bytes | b's ms
          a P 1 500; b R 1 400               | 100       | 700
          a P 1 500; b R 1 500               | 0         | 0
          a P 1 500; b R 1 600               | 0         | 0
          b R 1 400                          | 0         | 0
          b R 1 400; c R 1 900               | 500       | 700
          a P 1 500; b R 1 400; a X          | 100       | 700
          a P 1 500; b R 1 0                 | -1        | 700
          b R 1 400; a P 1 500               | 100       | 700
          """)
  void measuresLag(String observations, long bytes, long millis) {
    for (String o : observations.split(";")) {
      see(o);
    }
    NodeState b = view.current().node(node("b"));
    assertThat(b.lagBytes()).isEqualTo(bytes);
    assertThat(b.lagMillis()).isEqualTo(millis);
  }

  @Test
  void publishesEveryChangeButCountsOnlyThoseOfRoleOrHealth() {
    assertThat(see("a P 1 500").version()).isEqualTo(1);
    assertThat(see("a P 1 500")).as("nothing changed").isNull();
    Topology moved = see("a P 1 600");
    assertThat(moved.version()).isEqualTo(1);
    assertThat(moved.primary().position()).isEqualTo(new Lsn(600));
    assertThat(see("b R 1 600").version()).isEqualTo(2);
    assertThat(see("a X").version()).isEqualTo(3);
    assertThat(view.current().node(node("a")).position()).isEqualTo(new Lsn(600));
  }

  @Test
  void saysWhyAForeignNodeIsNotUsed() {
    see("a P 1");
    see("b R 1");
    see("c R 1 100 8");
    NodeState c = view.current().node(node("c"));
    assertThat(c.up()).isTrue();
    assertThat(c.problem())
        .isEqualTo("belongs to another cluster: its system identifier is 8, the cluster's is 7");
  }

  @Test
  void forgetsAnswersThatCameTooLateAndNodesItDoesNotKnow() {
    see("a P 1");
    Observation late = new Observation(node("a"), 0, Role.REPLICA, 1, new Lsn(1), -1, 7, null);
    assertThat(view.observe(late)).isNull();
    assertThat(view.observe(Observation.failed(node("z"), 99, "no"))).isNull();
    assertThat(view.current().primary().id()).isEqualTo(node("a"));
  }
}
