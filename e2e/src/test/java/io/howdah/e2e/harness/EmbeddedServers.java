package io.howdah.e2e.harness;

import io.howdah.config.HostPort;
import io.howdah.lab.AuthMethod;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import java.util.List;

/** The lab's servers: processes of this machine, from binaries that the build brings. */
final class EmbeddedServers implements Servers {
  private final Cluster cluster;

  private EmbeddedServers(Cluster cluster) {
    this.cluster = cluster;
  }

  static EmbeddedServers start() {
    Cluster cluster = Cluster.start(ClusterSpec.ofReplicas(2));
    cluster.createRole(USER, PASSWORD);
    cluster.createDatabase(DATABASE, USER);
    return new EmbeddedServers(cluster);
  }

  private static HostPort address(Postgres node) {
    return new HostPort(node.host(), node.port());
  }

  @Override
  public String superuserPassword() {
    return Cluster.SUPERUSER_PASSWORD;
  }

  @Override
  public HostPort primary() {
    return address(cluster.nodes().getFirst());
  }

  @Override
  public List<HostPort> replicas() {
    return cluster.nodes().stream().skip(1).map(EmbeddedServers::address).toList();
  }

  @Override
  public void createRole(String role, String password, AuthMethod method) {
    cluster.createRole(role, password, method);
  }

  @Override
  public void awaitReplay() {
    cluster.awaitReplay();
  }

  @Override
  public void close() {
    cluster.close();
  }
}
