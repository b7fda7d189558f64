package io.howdah.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a cluster leaves behind, and what it makes of what it finds. */
class ClusterLifeTest {
  private final List<String> said = new ArrayList<>();
  private Path folder;
  private ClusterSpec spec;

  @BeforeEach
  void createFolder() throws IOException {
    // Not JUnit's: the servers' user could not reach that one.
    folder = Folders.createTemporary("howdah-lab-test-");
    spec = ClusterSpec.ofReplicas(1).withDirectory(folder);
  }

  @AfterEach
  void removeFolder() throws IOException {
    ClusterFolder.remove(folder, Progress.silent());
  }

  @Test
  void dataAndRolesStayBetweenRuns() throws Exception {
    try (Cluster cluster = Cluster.start(spec)) {
      assertThat(cluster.isNew()).isTrue();
      cluster.createRole("keeper", "secret", AuthMethod.MD5);
      cluster.primary().execute("CREATE TABLE kept AS SELECT 1 AS id");
      cluster.awaitReplay();
      cluster.primary().stop(StopMode.FAST);
      cluster.nodes().get(1).promote();
    }
    // The old primary would now be a second one.
    Folders.delete(folder.resolve("node1"));
    try (Cluster cluster = Cluster.start(spec, said::add)) {
      assertThat(cluster.isNew()).isFalse();
      assertThat(said).doesNotContain("initdb …");
      assertThat(cluster.primary().name()).isEqualTo("node2");
      for (Postgres node : cluster.nodes()) {
        assertThat(node.query("SELECT count(*) FROM kept")).isEqualTo("1");
        node.connect("postgres", "keeper", "secret").close();
      }
    }
  }

  @Test
  void twoPrimariesAreNoCluster() {
    try (Cluster cluster = Cluster.start(spec)) {
      cluster.nodes().get(1).promote();
    }
    assertThatThrownBy(() -> Cluster.start(spec))
        .isInstanceOf(BrokenCluster.class)
        .hasMessageContaining("not one primary");
  }

  @Test
  void damagedDataIsSaidToBeBroken() throws IOException {
    Cluster.start(spec).close();
    Files.delete(folder.resolve("node1/data/global/pg_control"));
    assertThatThrownBy(() -> Cluster.start(spec))
        .isInstanceOf(BrokenCluster.class)
        .hasMessageContaining("node1 did not start")
        .hasMessageContaining("pg_control");
  }

  @Test
  void oneFolderIsRunOnce() {
    try (Cluster cluster = Cluster.start(spec)) {
      assertThatThrownBy(() -> Cluster.start(spec))
          .isNotInstanceOf(BrokenCluster.class)
          .hasMessageContaining("another program runs the cluster in " + folder);
      assertThat(cluster.primary().query("SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void serversGoWhenTheirProgramIsKilledAndTheirDataRecovers() throws Exception {
    assumeThat(Spawn.diesWithParent()).as("setpriv knows --pdeathsig").isTrue();
    Runner runner = Runner.start(folder);
    runner.process().destroyForcibly().waitFor();
    runner.pids().forEach(ClusterLifeTest::awaitEnd);
    try (Cluster cluster = Cluster.start(spec)) {
      assertThat(cluster.replicas()).hasSize(1);
    }
  }

  @Test
  void serversGoWhenTheirProgramIsTerminated() throws Exception {
    Runner runner = Runner.start(folder);
    runner.process().destroy();
    runner.process().waitFor();
    assertThat(runner.pids()).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
  }

  @Test
  void aLeftOverPostmasterIsStopped() {
    try (Cluster cluster = Cluster.start(spec)) {
      Postgres node = cluster.primary();
      long pid = node.pid();
      DataFolder.clearStale(node.data().node(), said::add);
      awaitEnd(pid);
      assertThat(said).singleElement().asString().contains(Long.toString(pid));
    }
  }

  @Test
  void aStrangerWithTheNumberOfAnOldPostmasterIsLeftAlone() throws IOException {
    Cluster.start(spec).close();
    Path lockFile = folder.resolve("node1/data/postmaster.pid");
    Files.writeString(lockFile, ProcessHandle.current().pid() + "\n");
    try (Cluster cluster = Cluster.start(spec, said::add)) {
      assertThat(cluster.primary().query("SELECT 1")).isEqualTo("1");
      assertThat(said).noneMatch(line -> line.contains("left over"));
    }
  }

  @Test
  void aTakenPortIsNamedWithItsHolder() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(() -> Cluster.start(spec.withPorts(List.of(port))))
          .isInstanceOf(PortTaken.class)
          .hasMessageContaining("port " + port)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
  }

  private static void awaitEnd(long pid) {
    Waiting.until("process " + pid + " to end", () -> ProcessHandle.of(pid).isEmpty());
  }

  /** A cluster in a JVM of its own. */
  private record Runner(Process process, List<Long> pids) {
    static Runner start(Path folder) throws IOException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  ClusterRunner.class.getName(),
                  folder.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      BufferedReader output = process.inputReader();
      List<Long> pids = new ArrayList<>();
      for (String line = output.readLine(); !"up".equals(line); line = output.readLine()) {
        assertThat(line).as("the runner's line").startsWith("pid ");
        pids.add(Long.valueOf(line.substring("pid ".length())));
      }
      assertThat(pids).hasSize(2);
      return new Runner(process, pids);
    }
  }
}
