package io.howdah.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.howdah.config.AuthType;
import io.howdah.config.ClusterConfig;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.Fault;
import io.howdah.config.HostPort;
import io.howdah.config.InvalidConfig;
import io.howdah.config.ListenerConfig;
import io.howdah.config.NodeConfig;
import io.howdah.config.Pinned;
import io.howdah.config.PoolConfig;
import io.howdah.config.PoolMode;
import io.howdah.config.ProxyConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.SplitReads;
import io.howdah.config.TimeoutConfig;
import io.howdah.observe.HealthConfig;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  static final String MINIMAL =
      """
      howdah:
        clusters:
          main:
            hosts: [localhost:5432]
            probe: {user: postgres}
        databases:
          "*": {cluster: main}
        auth:
          type: trust
      """;

  @Test
  void whatIsNotGivenHasItsDefault() {
    AppConfig config = read(MINIMAL, Map.of());
    ProxyConfig proxy = config.proxy();
    assertThat(proxy.listener().address()).isEqualTo(new HostPort("127.0.0.1", 6432));
    assertThat(proxy.pool()).isEqualTo(PoolConfig.DEFAULT);
    assertThat(proxy.timeouts()).isEqualTo(TimeoutConfig.DEFAULT);
    assertThat(proxy.routing()).isEqualTo(RoutingConfig.DEFAULT);
    assertThat(proxy.auth().type()).isEqualTo(AuthType.TRUST);
    assertThat(proxy.database("any").orElseThrow().cluster()).isEqualTo("main");
    assertThat(config.health()).isEqualTo(HealthConfig.DEFAULT);
  }

  @Test
  void everyKindOfValueIsRead() {
    ProxyConfig proxy =
        read(
                """
                howdah:
                  clusters:
                    main:
                      hosts:
                        - db1
                        - db2:5433
                        - "[::1]:5434"
                      probe: {user: probe, password: p, interval: 500ms, timeout: PT3S}
                  databases:
                    my.db: {cluster: main, pool-mode: session, pool-size: 7, split-reads: false, pinning: refuse}
                    "*": {cluster: main}
                  users:
                    alice: {max-client-connections: 3, replication: true, pinning: allow}
                  pool: {leak-check-rate: 0.25}
                  auth: {type: trust, admin-users: [root, "ops"], replication: false}
                  timeouts: {query: 0, drain: 5m}
                  routing: {max-lag-bytes: 1GiB, max-scanned-bytes: 64KB, reads-on-primary: always}
                """,
                Map.of())
            .proxy();
    assertThat(proxy.clusters().get("main").hosts())
        .containsExactly(
            new HostPort("db1", 5432), new HostPort("db2", 5433), new HostPort("::1", 5434));
    assertThat(proxy.clusters().get("main").probe().interval()).isEqualTo(Duration.ofMillis(500));
    assertThat(proxy.clusters().get("main").probe().timeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(proxy.databases()).containsOnlyKeys("*", "my.db");
    assertThat(proxy.databases().get("my.db").poolMode()).contains(PoolMode.SESSION);
    assertThat(proxy.databases().get("my.db").poolSize()).hasValue(7);
    assertThat(proxy.databases().get("my.db").splitReads()).contains(SplitReads.FALSE);
    assertThat(proxy.users().get("alice").maxClientConnections()).hasValue(3);
    assertThat(proxy.allowsReplication("alice")).isTrue();
    assertThat(proxy.allowsReplication("bob")).isFalse();
    assertThat(proxy.pool().leakCheckRate()).isEqualTo(0.25);
    DatabaseConfig mine = proxy.databases().get("my.db");
    assertThat(proxy.pinning(mine, "bob")).isEqualTo(Pinned.REFUSE);
    assertThat(proxy.pinning(mine, "alice")).isEqualTo(Pinned.ALLOW);
    assertThat(proxy.pinning(proxy.databases().get("*"), "bob")).isEqualTo(Pinned.ALLOW);
    assertThat(proxy.auth().adminUsers()).containsExactlyInAnyOrder("root", "ops");
    assertThat(proxy.timeouts().drain()).isEqualTo(Duration.ofMinutes(5));
    assertThat(proxy.routing().maxLagBytes()).isEqualTo(1L << 30);
    assertThat(proxy.routing().maxScannedBytes()).isEqualTo(64 << 10);
  }

  @Test
  void everyFaultIsToldAtOnceWithValueOriginAndWhatIsAllowed() {
    List<Fault> faults =
        faults(
            """
            howdah:
              event-loops: 2000
              clusters:
                main:
                  hosts: ["a:b:c"]
                  probe: {timeout: -1s}
              databases:
                shop: {cluster: mian, pool-size: 0, pool-mode: transactional}
              pool: {defaultSize: 30}
              timeouts: {query: 3 parsecs}
              routing: {split-reads: maybe, max-lag-bytes: "${NOT_SET}"}
            """,
            Map.of("HOWDAH_LISTEN_PORT", "postgres", "HOWDAH_CLIENTS_MAX_CONECTIONS", "5"));
    assertThat(faults.stream().map(Fault::toString))
        .containsExactlyInAnyOrder(
            "howdah.listen.port: is \"postgres\" (environment variable HOWDAH_LISTEN_PORT);"
                + " allowed: a whole number",
            "howdah.clusters.main.hosts[0]: is \"a:b:c\" (test.yaml);"
                + " allowed: host:port, with an IPv6 address in brackets, and behind it weight=0 to"
                + " 1000 and zone=name",
            "howdah.clusters.main.probe.user: is missing; allowed: a role that may connect",
            "howdah.clusters.main.probe.timeout: is \"-1s\" (test.yaml);"
                + " allowed: a duration such as 500ms, 30s, 5m, 1h or PT30S, up to 36500d, or 0",
            "howdah.databases.shop.pool-mode: is \"transactional\" (test.yaml);"
                + " allowed: one of session, transaction, statement",
            "howdah.timeouts.query: is \"3 parsecs\" (test.yaml);"
                + " allowed: a duration such as 500ms, 30s, 5m, 1h or PT30S, up to 36500d, or 0",
            "howdah.routing.split-reads: is \"maybe\" (test.yaml);"
                + " allowed: one of true, false, shadow",
            "howdah.routing.max-lag-bytes: refers to something that isn't set: \"${NOT_SET}\""
                + " (test.yaml); allowed: ${NAME} with NAME set",
            "howdah.pool.defaultSize: is no key of Howdah (test.yaml); allowed: the keys of the"
                + " reference; did you mean howdah.pool.default-size?",
            "howdah.clients.max.conections: is no key of Howdah (environment variable"
                + " HOWDAH_CLIENTS_MAX_CONECTIONS); allowed: the keys of the reference;"
                + " did you mean howdah.clients.max-connections?",
            "howdah.event-loops: is 2000 (test.yaml); allowed: a number from 0 to 1024",
            "howdah.databases.shop.pool-size: is 0 (test.yaml); allowed: 1 or more",
            "howdah.databases.shop.cluster: is \"mian\", which is no cluster (test.yaml);"
                + " allowed: one of [main]",
            "howdah.auth.users-file: is missing; allowed: a file of names and passwords or SCRAM"
                + " verifiers, needed by type scram-sha-256");
  }

  @Test
  void nodesHaveWeightsAndZonesAndThereMayBeFurtherPorts() {
    ProxyConfig proxy =
        read(
                MINIMAL.replace(
                        "hosts: [localhost:5432]",
                        "hosts: [db1:5432, 'db2 weight=3 zone=a', '[::1]:5433 zone=b weight=0']")
                    + "\n"
                    + "  listen: {read-only-port: 6433, read-write-port: 6434}\n"
                    + "  routing: {zone: a, split-reads: shadow}\n"
                    + "  users: {eve: {split-reads: false}}\n",
                Map.of())
            .proxy();
    ClusterConfig main = proxy.clusters().get("main");
    assertThat(main.hosts()).extracting(HostPort::host).containsExactly("db1", "db2", "::1");
    assertThat(main.node("db1", 5432)).isEqualTo(NodeConfig.DEFAULT);
    assertThat(main.node("db2", 5432)).isEqualTo(new NodeConfig(3, Optional.of("a")));
    assertThat(main.node("::1", 5433)).isEqualTo(new NodeConfig(0, Optional.of("b")));
    assertThat(proxy.routing().zone()).contains("a");
    assertThat(proxy.listener().ports())
        .containsEntry(ListenerConfig.Purpose.READ_ONLY, new HostPort("127.0.0.1", 6433))
        .containsEntry(ListenerConfig.Purpose.READ_WRITE, new HostPort("127.0.0.1", 6434));
    DatabaseConfig any = proxy.databases().get("*");
    assertThat(proxy.splitReads(any, "bob")).isEqualTo(SplitReads.SHADOW);
    assertThat(proxy.splitReads(any, "eve")).isEqualTo(SplitReads.FALSE);
    assertThat(
            faults(
                MINIMAL.replace("localhost:5432", "a weight=1001, b weight=x, c wait=1")
                    + "\n  listen: {port: 6432, read-only-port: 6432, read-write-port: 6432}\n",
                Map.of()))
        .extracting(Fault::key)
        .contains("howdah.listen.read-only-port", "howdah.listen.read-write-port");
  }

  @Test
  void aMisspeltClusterPropertyIsAnUnknownKeyAndTheRealOneIsMissing() {
    assertThat(faults(MINIMAL.replace("hosts:", "host:"), Map.of()))
        .extracting(Fault::key, Fault::allowed)
        .contains(
            tuple(
                "howdah.clusters.main.host",
                "the keys of the reference; did you mean howdah.clusters.main.hosts?"),
            tuple("howdah.clusters.main.hosts", "a list of host:port"));
  }

  @Test
  void variablesAloneAreEnough() {
    Map<String, String> env = new HashMap<>();
    env.put("HOWDAH_CLUSTERS_MAIN_HOSTS", "db1:5432,db2:5432");
    env.put("HOWDAH_CLUSTERS_MAIN_PROBE_USER", "probe");
    env.put("HOWDAH_DATABASES_MY_DB_CLUSTER", "main");
    env.put("HOWDAH_DATABASES_MY_DB_POOL_SIZE", "9");
    env.put("HOWDAH_AUTH_TYPE", "trust");
    ProxyConfig proxy = read("howdah: {}", env).proxy();
    assertThat(proxy.clusters().get("main").hosts())
        .containsExactly(new HostPort("db1", 5432), new HostPort("db2", 5432));
    assertThat(proxy.databases()).containsOnlyKeys("my_db");
    assertThat(proxy.databases().get("my_db").poolSize()).hasValue(9);
  }

  @Test
  void variablesWinOverTheFileAndMeanItsNames() {
    String file = MINIMAL.replace("\"*\"", "my-db");
    ProxyConfig proxy =
        read(
                file,
                Map.of(
                    "HOWDAH_DATABASES_MY_DB_POOL_SIZE", "9",
                    "HOWDAH_CLUSTERS_MAIN_HOSTS", "elsewhere",
                    "HOWDAH_POOL_MODE", "session"))
            .proxy();
    assertThat(proxy.databases()).containsOnlyKeys("my-db");
    assertThat(proxy.databases().get("my-db").poolSize()).hasValue(9);
    assertThat(proxy.pool().mode()).isEqualTo(PoolMode.SESSION);
    assertThat(proxy.clusters().get("main").hosts())
        .containsExactly(new HostPort("elsewhere", 5432));
  }

  @Test
  void whatKubernetesSetsForAServiceIsNoKey() {
    Map<String, String> env =
        Map.of(
            "HOWDAH_PORT", "tcp://10.0.0.1:6432",
            "HOWDAH_SERVICE_HOST", "10.0.0.1",
            "HOWDAH_SERVICE_PORT", "6432",
            "HOWDAH_SERVICE_PORT_POSTGRES", "6432",
            "HOWDAH_PORT_6432_TCP", "tcp://10.0.0.1:6432",
            "HOWDAH_READ_ONLY_PORT_6432_TCP_ADDR", "10.0.0.1");
    assertThat(read(MINIMAL, env).proxy().listener().address().port()).isEqualTo(6432);
    assertThat(faults(MINIMAL, Map.of("HOWDAH_PORT", "6432"))).hasSize(1);
  }

  @Test
  void passwordsComeFromFilesToo(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("password"), "geheim\n");
    Map<String, String> env = Map.of("HOWDAH_CLUSTERS_MAIN_PROBE_PASSWORD_FILE", file.toString());
    assertThat(read(MINIMAL, env).proxy().clusters().get("main").probe().password())
        .isEqualTo("geheim");

    assertThat(faults(MINIMAL.replace("user: postgres", "user: a, password: geheim"), env))
        .singleElement()
        .satisfies(
            f -> {
              assertThat(f.key()).isEqualTo("howdah.clusters.main.probe.password");
              assertThat(f.problem()).contains("password-file");
              assertThat(f.toString()).doesNotContain("geheim");
            });
  }

  @Test
  void aUsersFileThatIsNotThereIsAFault() {
    assertThat(faults(MINIMAL, Map.of("HOWDAH_AUTH_USERS_FILE", "no/such/file")))
        .extracting(Fault::key)
        .containsExactly("howdah.auth.users-file");
  }

  @Test
  void emptyValuesAreNotSilentlyDefaults() {
    assertThat(
            faults(MINIMAL, Map.of("HOWDAH_POOL_DEFAULT_SIZE", "", "HOWDAH_POOL_RESET_QUERY", "")))
        .extracting(Fault::key)
        .containsExactlyInAnyOrder("howdah.pool.default-size", "howdah.pool.reset-query");
  }

  @Test
  void quotedAndPlainNamesAreOneEntryAndTheStrongerSourceWins() {
    var properties =
        new PropertiesConfigSource(
            Map.of("howdah.databases.\"*\".pool-size", "4"), "test.properties", 500);
    AppConfig config =
        new ConfigReader(
                new SmallRyeConfigBuilder()
                    .addDefaultInterceptors()
                    .withSources(
                        yaml(MINIMAL.replace("cluster: main", "cluster: main, pool-size: 3")),
                        properties)
                    .build())
            .read();
    assertThat(config.proxy().databases()).containsOnlyKeys("*");
    assertThat(config.proxy().databases().get("*").poolSize()).hasValue(4);
  }

  @Test
  void whatQuarkusRecordedAtBuildTimeDoesNotCount() {
    var recorded =
        new PropertiesConfigSource(
            Map.of("howdah.databases.old.cluster", "main", "howdah.pool.default-size", "99"),
            "Runtime Values",
            0);
    ProxyConfig proxy =
        new ConfigReader(
                new SmallRyeConfigBuilder()
                    .addDefaultInterceptors()
                    .withSources(yaml(MINIMAL), recorded)
                    .build())
            .read()
            .proxy();
    assertThat(proxy.databases()).containsOnlyKeys("*");
    assertThat(proxy.pool().defaultSize()).isEqualTo(PoolConfig.DEFAULT.defaultSize());
  }

  static AppConfig read(String yaml, Map<String, String> environment) {
    return new ConfigReader(
            new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(yaml(yaml), new EnvConfigSource(environment, 300))
                .build())
        .read();
  }

  private static YamlConfigSource yaml(String text) {
    return new YamlConfigSource("test.yaml", text, 265);
  }

  static List<Fault> faults(String yaml, Map<String, String> environment) {
    return catchThrowableOfType(InvalidConfig.class, () -> read(yaml, environment)).faults();
  }
}
