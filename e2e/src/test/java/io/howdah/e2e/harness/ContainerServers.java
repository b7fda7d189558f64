package io.howdah.e2e.harness;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.lab.AuthMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** The official image's servers, where a container engine answers. */
final class ContainerServers implements Servers {
  private static final DockerImageName IMAGE = DockerImageName.parse("postgres:18");
  private static final String SUPERUSER_PASSWORD = "postgres";
  private static final int PORT = 5432;
  private static final Duration START_BOUND = Duration.ofMinutes(2);
  private static final String LET_REPLICAS_IN =
      """
      echo "host replication all all trust" >> "$PGDATA/pg_hba.conf"
      """;

  /**
   * Runs as the user postgres from its first line: pg_basebackup makes the folders above {@code
   * $PGDATA} too, for its own user alone. All listen on the same port inside, so that the cluster's
   * name is what tells a query on which replica it runs.
   */
  private static final String REPLICA =
      """
      until pg_basebackup -h primary -U postgres -D "$PGDATA" -c fast -X stream -R; do
        rm -rf "$PGDATA"/*; sleep 1
      done
      chmod 700 "$PGDATA"
      exec postgres -c cluster_name="$HOSTNAME" -c max_connections=250 \\
        -c max_prepared_transactions=20
      """;

  private final Network network = Network.newNetwork();
  private final GenericContainer<?> primary = container().withNetworkAliases("primary");
  private final List<GenericContainer<?>> replicas = List.of(container(), container());

  private ContainerServers() {}

  private void startNodes() {
    primary
        .withEnv("POSTGRES_PASSWORD", SUPERUSER_PASSWORD)
        .withCopyToContainer(
            Transferable.of(LET_REPLICAS_IN), "/docker-entrypoint-initdb.d/replicas.sh")
        .withCommand("postgres", "-c", "max_connections=250", "-c", "max_prepared_transactions=20")
        .waitingFor(ready(2))
        .start();
    for (GenericContainer<?> replica : replicas) {
      replica
          .withCreateContainerCmdModifier(
              command -> command.withUser("postgres").withEntrypoint("bash"))
          .withCommand("-c", REPLICA)
          .waitingFor(ready(1))
          .start();
    }
  }

  static ContainerServers start() {
    ContainerServers servers = new ContainerServers();
    try {
      servers.startNodes();
      servers.createUserAndDatabase();
    } catch (RuntimeException | AssertionError e) {
      servers.close();
      throw e;
    }
    return servers;
  }

  private void createUserAndDatabase() {
    createRole(USER, PASSWORD, AuthMethod.SCRAM_SHA_256);
    try (Db db = Db.open(primary(), "postgres", SUPERUSER, SUPERUSER_PASSWORD)) {
      db.run("CREATE DATABASE " + DATABASE + " OWNER " + USER);
    }
    awaitReplay();
  }

  private GenericContainer<?> container() {
    return new GenericContainer<>(IMAGE).withNetwork(network).withExposedPorts(PORT);
  }

  /** The image's first start runs the server once for its initialisation alone. */
  private static WaitStrategy ready(int times) {
    return Wait.forLogMessage(".*database system is ready to accept.*", times)
        .withStartupTimeout(START_BOUND);
  }

  private static HostPort address(GenericContainer<?> container) {
    return new HostPort(container.getHost(), container.getMappedPort(PORT));
  }

  @Override
  public String superuserPassword() {
    return SUPERUSER_PASSWORD;
  }

  @Override
  public HostPort primary() {
    return address(primary);
  }

  @Override
  public List<HostPort> replicas() {
    return replicas.stream().<HostPort>map(ContainerServers::address).toList();
  }

  @Override
  public void createRole(String role, String password, AuthMethod method) {
    String encryption = method == AuthMethod.MD5 ? "md5" : "scram-sha-256";
    try (Db db = Db.open(primary(), "postgres", SUPERUSER, SUPERUSER_PASSWORD)) {
      db.run(
          "SET password_encryption = '" + encryption + "'",
          "CREATE ROLE \"" + role + "\" LOGIN PASSWORD '" + password + "'");
    }
    String hba = method.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Stream.concat(Stream.of(primary), replicas.stream())
        .forEach(node -> letIn(node, "host all \"" + role + "\" all " + hba));
    awaitReplay();
  }

  private static void letIn(GenericContainer<?> node, String line) {
    try {
      var result =
          node.execInContainer("bash", "-c", "sed -i '1i " + line + "' \"$PGDATA/pg_hba.conf\"");
      if (result.getExitCode() != 0) {
        throw new AssertionError(result.getStderr());
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    reload(address(node));
  }

  /** New connections find the new configuration when this returns. */
  private static void reload(HostPort node) {
    String before = loadTime(node);
    try (Db db = Db.open(node, "postgres", SUPERUSER, SUPERUSER_PASSWORD)) {
      db.run("SELECT pg_reload_conf()");
    }
    Await.until(() -> loadTime(node), loaded -> assertThat(loaded).isNotEqualTo(before));
  }

  /** Asked over a connection of its own, which begins with what the postmaster has loaded. */
  private static String loadTime(HostPort node) {
    try (Db db = Db.open(node, "postgres", SUPERUSER, SUPERUSER_PASSWORD)) {
      return db.value("SELECT pg_conf_load_time()");
    }
  }

  @Override
  public void awaitReplay() {
    try (Db db = Db.open(primary(), "postgres", SUPERUSER, SUPERUSER_PASSWORD)) {
      String lsn = db.value("SELECT pg_current_wal_flush_lsn()");
      for (HostPort replica : replicas()) {
        try (Db follower = Db.open(replica, "postgres", SUPERUSER, SUPERUSER_PASSWORD)) {
          Await.until(
              () -> follower.value("SELECT pg_last_wal_replay_lsn() >= '" + lsn + "'"),
              replayed -> assertThat(replayed).isEqualTo("t"));
        }
      }
    }
  }

  @Override
  public void close() {
    replicas.forEach(GenericContainer::stop);
    primary.stop();
    network.close();
  }
}
