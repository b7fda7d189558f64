package io.howdah.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DemoClusterTest {
  private final List<String> said = new ArrayList<>();
  private Path folder;

  @BeforeEach
  void createFolder() throws IOException {
    folder = Folders.createTemporary("howdah-lab-test-");
  }

  @AfterEach
  void removeFolder() throws IOException {
    ClusterFolder.remove(folder.resolve("cluster"), Progress.silent());
    Folders.delete(folder);
  }

  @Test
  void sampleDataIsFoundAgainAndMadeAnewWhenBroken() throws IOException {
    try (Cluster cluster = DemoCluster.start(folder, said::add)) {
      assertThat(cluster.replicas()).hasSize(2).allSatisfy(DemoClusterTest::hasSampleData);
    }
    said.clear();
    try (Cluster cluster = DemoCluster.start(folder, said::add)) {
      assertThat(said).doesNotContain("initdb …");
      assertThat(cluster.nodes()).allSatisfy(DemoClusterTest::hasSampleData);
    }
    Files.delete(folder.resolve("cluster/node1/data/global/pg_control"));
    try (Cluster cluster = DemoCluster.start(folder, said::add)) {
      assertThat(said).anyMatch(line -> line.startsWith("making the demo's data anew"));
      assertThat(cluster.nodes()).allSatisfy(DemoClusterTest::hasSampleData);
    }
  }

  private static void hasSampleData(Postgres node) {
    String counts =
        "SELECT concat_ws(' ', (SELECT count(*) FROM customers), (SELECT count(*) FROM products),"
            + " (SELECT count(*) FROM orders), (SELECT count(*) > 4000 FROM order_items),"
            + " (SELECT count(*) FROM sales), (SELECT count(*) FROM pgbench_accounts))";
    assertThat(node.query("demo", counts)).isEqualTo("500 60 2000 t 60 100000");
  }
}
