package io.howdah.e2e.harness;

import io.howdah.config.AuthConfig;
import io.howdah.config.AuthType;
import io.howdah.config.CausalReads;
import io.howdah.config.ClientConfig;
import io.howdah.config.ClusterConfig;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.DnsConfig;
import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig;
import io.howdah.config.NodeConfig;
import io.howdah.config.Pinned;
import io.howdah.config.PoolConfig;
import io.howdah.config.PoolMode;
import io.howdah.config.ProbeConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.RoutingConfig.ReadsOnPrimary;
import io.howdah.config.SplitReads;
import io.howdah.config.TimeoutConfig;
import io.howdah.config.UserConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The configuration of a {@link Howdah} under test: the defaults of the reference configuration but
 * for what is set here. SCRAM, any database, the usual user and the superuser in the users file.
 */
public final class HowdahSpec {
  private static final String CLUSTER = "main";
  private static final Duration PROBE_INTERVAL = Duration.ofMillis(250);
  private static final int BACKLOG = 1024;

  /** With {@code -DleakCheckRate=1} every test is one that nothing leaks, too. */
  private static final double LEAK_CHECK_RATE =
      Double.parseDouble(
          System.getProperty("leakCheckRate", "" + PoolConfig.DEFAULT.leakCheckRate()));

  private final List<HostPort> nodes;
  private Duration probeTimeout = Duration.ofSeconds(5);
  private String probeDatabase = "postgres";
  private final String superuserPassword;
  private final Map<String, String> users = new LinkedHashMap<>();
  private final Map<String, DatabaseConfig> databases = new LinkedHashMap<>();
  private AuthType auth = AuthType.SCRAM_SHA_256;

  private ClientConfig clients = ClientConfig.DEFAULT;
  private PoolConfig pool = PoolConfig.DEFAULT.with(p -> p.leakCheckRate = LEAK_CHECK_RATE);
  private RoutingConfig routing = RoutingConfig.DEFAULT;
  private TimeoutConfig timeouts = TimeoutConfig.DEFAULT;
  private final Map<HostPort, NodeConfig> shares = new LinkedHashMap<>();
  private boolean recorded;
  private boolean furtherPorts;
  private final Map<String, UserConfig> userEntries = new LinkedHashMap<>();
  private boolean replication = true;

  private HowdahSpec(List<HostPort> nodes, String superuserPassword) {
    this.nodes = nodes;
    this.superuserPassword = superuserPassword;
    databases.put(DatabaseConfig.ANY, DatabaseConfig.of(DatabaseConfig.ANY, CLUSTER));
    users.put(Servers.USER, Servers.PASSWORD);
    users.put(Servers.SUPERUSER, superuserPassword);
  }

  static HowdahSpec inFrontOf(Servers servers) {
    List<HostPort> nodes = new ArrayList<>();
    nodes.add(servers.primary());
    nodes.addAll(servers.replicas());
    return inFrontOf(nodes, servers.superuserPassword());
  }

  /** In front of servers of the test's own. */
  public static HowdahSpec inFrontOf(List<HostPort> nodes, String superuserPassword) {
    return new HowdahSpec(List.copyOf(nodes), superuserPassword);
  }

  List<HostPort> nodes() {
    return nodes;
  }

  public HowdahSpec mode(PoolMode value) {
    pool = pool.with(p -> p.mode = value);
    return this;
  }

  public HowdahSpec poolSize(int value) {
    pool = pool.with(p -> p.defaultSize = value);
    return this;
  }

  public HowdahSpec maxDatabaseConnections(int value) {
    pool = pool.with(p -> p.maxDatabaseConnections = value);
    return this;
  }

  /** When idle server connections are closed, and pools without any forgotten. */
  public HowdahSpec idle(Duration serverTimeout, Duration forgetPoolAfter) {
    pool =
        pool.with(
            p -> {
              p.serverIdleTimeout = serverTimeout;
              p.forgetAfter = forgetPoolAfter;
            });
    return this;
  }

  public HowdahSpec pinning(Pinned value) {
    pool = pool.with(p -> p.pinning = value);
    return this;
  }

  public HowdahSpec leakCheckRate(double value) {
    pool = pool.with(p -> p.leakCheckRate = value);
    return this;
  }

  public HowdahSpec maxClients(int value) {
    clients = clients.with(c -> c.maxConnections = value);
    return this;
  }

  /** Bounds on what clients may use. */
  public HowdahSpec clients(Consumer<ClientConfig.Change> change) {
    clients = clients.with(change);
    return this;
  }

  public HowdahSpec maxClientsPerUser(int value) {
    clients = clients.with(c -> c.maxConnectionsPerUser = value);
    return this;
  }

  public HowdahSpec maxClientsPerDatabase(int value) {
    clients = clients.with(c -> c.maxConnectionsPerDatabase = value);
    return this;
  }

  /** All that it says to whoever observes it is kept, see {@link Events#told}. */
  public HowdahSpec recorded() {
    recorded = true;
    return this;
  }

  boolean isRecorded() {
    return recorded;
  }

  /** How many prepared statements a client may have. */
  public HowdahSpec maxPreparedStatements(int value) {
    clients = clients.with(c -> c.maxPreparedStatements = value);
    return this;
  }

  /** 0 for a Howdah that runs no request a second time. */
  public HowdahSpec maxReplayedBytes(int value) {
    routing = routing.with(r -> r.maxReplayedBytes = value);
    return this;
  }

  public HowdahSpec causalReads(CausalReads value) {
    routing = routing.with(r -> r.causalReads = value);
    return this;
  }

  /** 0 for reads that never wait for a replica. */
  public HowdahSpec causalWait(Duration value) {
    routing = routing.with(r -> r.causalWait = value);
    return this;
  }

  public HowdahSpec lazyBegin(boolean value) {
    routing = routing.with(r -> r.lazyBegin = value);
    return this;
  }

  public HowdahSpec maxServerPreparedStatements(int value) {
    clients = clients.with(c -> c.maxServerPreparedStatements = value);
    return this;
  }

  public HowdahSpec maxNotificationBytes(int value) {
    clients = clients.with(c -> c.maxNotificationBytes = value);
    return this;
  }

  public HowdahSpec maxListenChannels(int value) {
    clients = clients.with(c -> c.maxListenChannels = value);
    return this;
  }

  /** Bounds on what prepared statements take, of one client and of all. */
  public HowdahSpec maxPreparedBytes(long oneClient, long allClients) {
    clients =
        clients.with(
            c -> {
              c.maxPreparedBytes = oneClient;
              c.maxTotalPreparedBytes = allClients;
            });
    return this;
  }

  public HowdahSpec reuseUnnamedPlans(boolean value) {
    pool = pool.with(p -> p.reuseUnnamedPlans = value);
    return this;
  }

  public HowdahSpec auth(AuthType value) {
    auth = value;
    return this;
  }

  /** Whether replication connections are let in. */
  public HowdahSpec replication(boolean value) {
    replication = value;
    return this;
  }

  /** Without read/write splitting everything goes to the primary. */
  public HowdahSpec splitReads(boolean value) {
    return splitReads(value ? SplitReads.TRUE : SplitReads.FALSE);
  }

  public HowdahSpec splitReads(SplitReads value) {
    routing = routing.with(r -> r.splitReads = value);
    return this;
  }

  /** What differs for one user. */
  public HowdahSpec splitReads(String user, SplitReads value) {
    userEntries.put(user, UserConfig.of(user).with(u -> u.splitReads = Optional.of(value)));
    return this;
  }

  public HowdahSpec readsOnPrimary(ReadsOnPrimary value) {
    routing = routing.with(r -> r.readsOnPrimary = value);
    return this;
  }

  /** Where this Howdah is. */
  public HowdahSpec zone(String value) {
    routing = routing.with(r -> r.zone = Optional.of(value));
    return this;
  }

  /** A node's share of the reads, and where it is. */
  public HowdahSpec node(HostPort address, int weight, String where) {
    shares.put(address, new NodeConfig(weight, Optional.ofNullable(where)));
    return this;
  }

  /** Listens on a read-only and a read-write port too. */
  public HowdahSpec furtherPorts() {
    furtherPorts = true;
    return this;
  }

  /** Adds a line to the users file: a password or a verifier. */
  public HowdahSpec user(String name, String secret) {
    users.put(name, secret);
    return this;
  }

  /** Only databases added here exist; there is no {@code *} any more. */
  public HowdahSpec onlyDatabase(String name) {
    databases.clear();
    databases.put(name, DatabaseConfig.of(name, CLUSTER));
    return this;
  }

  /** How long a node may take to say what it is. */
  public HowdahSpec probeTimeout(Duration value) {
    probeTimeout = value;
    return this;
  }

  /** The database in which nodes are asked what they are. */
  public HowdahSpec probeDatabase(String value) {
    probeDatabase = value;
    return this;
  }

  /** Changes the timeouts, which are those of {@link TimeoutConfig#DEFAULT} otherwise. */
  public HowdahSpec timeouts(Consumer<TimeoutConfig.Change> change) {
    timeouts = timeouts.with(change);
    return this;
  }

  public Howdah start() {
    return Howdah.start(this);
  }

  Path writeUsersFile() {
    String lines =
        users.entrySet().stream()
            .map(each -> quoted(each.getKey()) + " " + quoted(each.getValue()) + "\n")
            .collect(Collectors.joining());
    try {
      return Files.writeString(Files.createTempFile("howdah-users-", ".txt"), lines);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }

  ProxyConfig config(Path usersFile) {
    ProbeConfig probe =
        new ProbeConfig(
            Servers.SUPERUSER, superuserPassword, probeDatabase, PROBE_INTERVAL, probeTimeout);
    OptionalInt further = furtherPorts ? OptionalInt.of(0) : OptionalInt.empty();
    return new ProxyConfig(
        2,
        new ListenerConfig(new HostPort("127.0.0.1", 0), BACKLOG, further, further),
        Map.of(CLUSTER, new ClusterConfig(CLUSTER, nodes, shares, probe)),
        databases,
        userEntries,
        new AuthConfig(
            auth,
            Optional.of(usersFile),
            Set.of(Servers.SUPERUSER),
            Set.of(),
            replication,
            Optional.empty()),
        clients,
        pool,
        timeouts,
        routing,
        DnsConfig.DEFAULT);
  }
}
