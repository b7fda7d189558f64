package io.howdah.e2e.harness;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.howdah.config.HostPort;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import java.util.List;

/** Servers of a test's own: it may stop their replay, promote them and kill them. */
public final class OwnCluster implements AutoCloseable {
  private final Cluster cluster;

  private OwnCluster(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Starts it, with the usual user and database; or skips the test where the servers of this run
   * are others than embedded ones.
   *
   * @param sql each run in that database by the superuser
   */
  public static OwnCluster start(ClusterSpec spec, String... sql) {
    assumeThat(System.getProperty("servers", "embedded"))
        .as("needs servers of its own, which are the embedded ones")
        .isEqualTo("embedded");
    Cluster cluster = Cluster.start(spec);
    cluster.createRole(Servers.USER, Servers.PASSWORD);
    cluster.createDatabase(Servers.DATABASE, Servers.USER);
    for (String each : sql) {
      cluster.primary().execute(Servers.DATABASE, each);
    }
    cluster.awaitReplay();
    return new OwnCluster(cluster);
  }

  /** The servers. */
  public Cluster cluster() {
    return cluster;
  }

  /** What is to be in front of it. */
  public HowdahSpec howdah() {
    List<HostPort> nodes =
        cluster.nodes().stream().map(each -> new HostPort(each.host(), each.port())).toList();
    return HowdahSpec.inFrontOf(nodes, Cluster.SUPERUSER_PASSWORD);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
