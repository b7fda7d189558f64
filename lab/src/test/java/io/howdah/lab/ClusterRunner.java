package io.howdah.lab;

import java.nio.file.Path;

/** A program of its own with a cluster, for the tests that kill it. Prints "up" once it runs. */
final class ClusterRunner {
  private ClusterRunner() {}

  public static void main(String[] arguments) throws InterruptedException {
    ClusterSpec spec = ClusterSpec.ofReplicas(1).withDirectory(Path.of(arguments[0]));
    Cluster cluster = Cluster.start(spec);
    cluster.nodes().forEach(node -> System.out.println("pid " + node.pid()));
    System.out.println("up");
    Thread.currentThread().join();
  }
}
