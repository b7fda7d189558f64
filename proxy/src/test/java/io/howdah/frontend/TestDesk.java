package io.howdah.frontend;

import io.howdah.admin.Console;
import io.howdah.admin.StatsHistory;
import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.Salts;
import io.howdah.auth.Users;
import io.howdah.backend.connection.ConnectionOwner;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.listen.ListenHubs;
import io.howdah.backend.login.ServerConnector;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.backend.pools.NodePool;
import io.howdah.backend.pools.PoolGroup;
import io.howdah.backend.pools.ServerPools;
import io.howdah.backend.settings.SessionSettings;
import io.howdah.backend.transport.NodeAddresses;
import io.howdah.backend.transport.Transport;
import io.howdah.config.AuthConfig;
import io.howdah.config.AuthType;
import io.howdah.config.ClientConfig;
import io.howdah.config.ClusterConfig;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.DnsConfig;
import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig;
import io.howdah.config.PoolConfig;
import io.howdah.config.PoolMode;
import io.howdah.config.ProbeConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.TimeoutConfig;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.parameter.HowdahSettings;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.frontend.startup.Replication;
import io.howdah.frontend.startup.StartupOptions;
import io.howdah.pool.Slots;
import io.howdah.pool.StillLoops;
import io.howdah.route.fact.Target;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One worker of a proxy without sockets: the cluster {@code main} has one node, the database {@code
 * demo} is known, and so is what servers say at a login. No server answers; a session that shall
 * have one is given it by {@link #attach}. No time passes but by {@link #clock}.
 */
public final class TestDesk implements Telemetry {
  public static final NodeId NODE = new NodeId("main", "db1", 5432);
  public static final NodeId REPLICA = new NodeId("main", "db2", 5432);
  public static final NodeId OTHER_REPLICA = new NodeId("main", "db3", 5432);

  /** Nobody answers here what functions there are: else the end of a login waits for that. */
  private static final RoutingConfig WITHOUT_CATALOG =
      RoutingConfig.DEFAULT.with(r -> r.catalogRefresh = Duration.ZERO);

  private static final DatabaseConfig DEMO = DatabaseConfig.of("demo", "main");

  public final List<Throwable> faults = new ArrayList<>();
  final List<String> pins = new ArrayList<>();
  public final List<String> replays = new ArrayList<>();
  public final StillLoops clock = new StillLoops();
  public final Fleet fleet;
  public final Worker worker;

  public TestDesk(AuthType auth) {
    this(auth, (_, _, over) -> over.accept(true), WITHOUT_CATALOG);
  }

  public TestDesk(AuthType auth, Cancellations.Sender sender) {
    this(auth, sender, WITHOUT_CATALOG);
  }

  public TestDesk(AuthType auth, RoutingConfig routing, NodeId... replicas) {
    this(auth, (_, _, over) -> over.accept(true), routing, replicas);
  }

  private TestDesk(
      AuthType auth, Cancellations.Sender sender, RoutingConfig routing, NodeId... replicas) {
    EmbeddedChannel anything = new EmbeddedChannel();
    ServerConnector noServers =
        new ServerConnector(
            Transport.NIO,
            NodeAddresses.ofSystem(anything.eventLoop(), Transport.NIO, DnsConfig.DEFAULT, this),
            _ -> {},
            new SaltedPasswords(1),
            this);
    fleet = new Fleet(noServers, clock, this, config(auth, routing), Users.NONE);
    ServerPools[] pools = new ServerPools[1];
    pools[0] = new ServerPools(0, anything.eventLoop(), fleet, new ListenHubs(fleet), pools);
    FrontDesk desk =
        new FrontDesk(
            new Console(new SilentControl(), new StatsHistory()),
            sender,
            Salts.random(new SecureRandom()),
            new SecureRandom());
    worker = new Worker(anything.eventLoop(), pools[0], fleet, desk);
    fleet
        .loginParameters()
        .put(
            "demo", "app", SessionSettings.NONE, Map.of(), false, Map.of("server_version", "18.3"));
    NodeState node = new NodeState(NODE, Role.PRIMARY, 1, new Lsn(0), 0, 0, true, null);
    List<NodeState> nodes = new ArrayList<>(List.of(node));
    for (NodeId replica : replicas) {
      nodes.add(new NodeState(replica, Role.REPLICA, 1, new Lsn(0), 0, 0, true, null));
    }
    Topology topology = new Topology("main", 1, node, nodes, null);
    fleet.topologyChanged(topology, () -> worker.topologyChanged(null, topology));
    anything.finishAndReleaseAll();
  }

  private static ProxyConfig config(AuthType auth, RoutingConfig routing) {
    ProbeConfig probe =
        new ProbeConfig("p", "p", "postgres", Duration.ofSeconds(1), Duration.ofSeconds(1));
    return new ProxyConfig(
        1,
        new ListenerConfig(new HostPort("localhost", 6432), 10),
        Map.of("main", new ClusterConfig("main", List.of(new HostPort("db1", 5432)), probe)),
        Map.of("demo", DEMO),
        Map.of(),
        new AuthConfig(auth, Optional.of(Path.of("users.txt")), Set.of(), Set.of()),
        ClientConfig.DEFAULT,
        // Nobody answers here what a server connection really holds.
        PoolConfig.DEFAULT.with(p -> p.leakCheckRate = 0),
        TimeoutConfig.DEFAULT,
        routing,
        DnsConfig.DEFAULT);
  }

  /** Another configuration, with these timeouts. */
  public void timeouts(Consumer<TimeoutConfig.Change> change) {
    ProxyConfig now = fleet.config();
    fleet.reload(
        new ProxyConfig(
            now.eventLoops(),
            now.listener(),
            now.clusters(),
            now.databases(),
            now.users(),
            now.auth(),
            now.clients(),
            now.pool(),
            TimeoutConfig.DEFAULT.with(change),
            now.routing(),
            now.dns()),
        Users.NONE);
    worker.reload();
  }

  /** The cluster is like this from now on: nodes with their roles, and no others. */
  public void topology(Map<NodeId, Role> nodes) {
    topology(nodes, true);
  }

  /**
   * The same.
   *
   * @param noticed whether those who wait are told
   */
  void topology(Map<NodeId, Role> nodes, boolean noticed) {
    Topology before = fleet.topology("main");
    List<NodeState> states = new ArrayList<>();
    NodeState primary = null;
    for (NodeId id : List.of(NODE, REPLICA, OTHER_REPLICA)) {
      Role role = nodes.getOrDefault(id, Role.UNKNOWN);
      String problem = role == Role.UNKNOWN ? "it does not answer" : null;
      NodeState node = new NodeState(id, role, 1, new Lsn(0), 0, 0, role != Role.UNKNOWN, problem);
      states.add(node);
      primary = role == Role.PRIMARY ? node : primary;
    }
    Topology now =
        new Topology(
            "main", before.version() + 1, primary, states, primary == null ? "no primary" : null);
    fleet.topologyChanged(
        now,
        () -> {
          if (noticed) {
            worker.topologyChanged(before, now);
          }
        });
  }

  /** A client that just connected. */
  public EmbeddedChannel connect() {
    EmbeddedChannel channel = new EmbeddedChannel();
    worker.accept(channel, ListenerConfig.Purpose.ANY);
    return channel;
  }

  /** The state of a session of a client that is in and idle. */
  public SessionState idle(EmbeddedChannel client, PoolMode mode) {
    ClientSession session = client.pipeline().get(ClientSession.class);
    StartupOptions options = StartupOptions.of(Map.of("user", "app", "database", "demo"));
    session.identify(
        new ClientIdentity("app", "demo", DEMO, mode, options, 0, Replication.NONE, "test"));
    SessionState state = new SessionState(session, pools(), mode, SessionSettings.NONE);
    session.turns(Turns.of(session, state, new HowdahSettings(state)));
    session.turn().goIdle();
    return state;
  }

  public PoolGroup pools() {
    return worker.serverPools().group(DEMO, "demo", "app", Map.of());
  }

  /** A server connection over {@code server} to a node, idle in its pool. */
  public ServerConnection idleConnection(EmbeddedChannel server, NodeId node) {
    NodePool pool = pool(node);
    ServerConnection connection =
        new ServerConnection(
            server,
            identity(node),
            Slots.free(),
            200,
            owner((c, _, _) -> pool.pool().discard(c, 0)));
    server.pipeline().addLast(connection);
    pool.pool().opened(connection, worker.nanoTime());
    return connection;
  }

  private ConnectionOwner owner(ConnectionOwner gone) {
    return new ConnectionOwner() {
      @Override
      public void gone(ServerConnection connection, String reason, boolean violation) {
        gone.gone(connection, reason, violation);
      }

      @Override
      public void fault(String where, Throwable cause) {
        faults.add(cause);
      }
    };
  }

  /** The pool of a node; a replica's is made when a read is first for it. */
  NodePool pool(NodeId node) {
    while (true) {
      for (NodePool each : pools().pools()) {
        if (each.node().equals(node)) {
          return each;
        }
      }
      pools().nodes().choose(Target.REPLICA);
    }
  }

  private static ServerIdentity identity(NodeId node) {
    return new ServerIdentity(node, "demo", "app", 7, new byte[4], new HashMap<>(), 3 << 16);
  }

  /**
   * The state of a session of a client that is in, with a server connection over {@code server}.
   */
  public SessionState attach(EmbeddedChannel client, EmbeddedChannel server, PoolMode mode) {
    ClientSession session = client.pipeline().get(ClientSession.class);
    var pools = worker.serverPools().group(DEMO, "demo", "app", Map.of());
    if (session.identity() == null) {
      StartupOptions options = StartupOptions.of(Map.of("user", "app", "database", "demo"));
      session.identify(
          new ClientIdentity("app", "demo", DEMO, mode, options, 0, Replication.NONE, "test"));
    }
    SessionState state = new SessionState(session, pools, mode, SessionSettings.NONE);
    session.turns(Turns.of(session, state, new HowdahSettings(state)));
    ServerConnection connection = idleConnection(server, NODE);
    NodePool pool = pools.nodes().choose(Target.PRIMARY);
    pool.pool().acquire(connection, worker.nanoTime());
    session.turn().attach(pool, connection);
    return state;
  }

  @Override
  public void fault(String where, Throwable cause) {
    faults.add(cause);
  }

  @Override
  public void pinned(long session, String kind, String reason) {
    pins.add(reason);
  }

  @Override
  public void replayed(long session, String node, String reason, String sqlstate) {
    replays.add(reason + " " + sqlstate);
  }
}
