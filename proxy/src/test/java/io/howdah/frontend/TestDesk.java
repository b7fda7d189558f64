package io.howdah.frontend;

import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.Users;
import io.howdah.backend.Fleet;
import io.howdah.backend.ServerConnection;
import io.howdah.backend.ServerConnector;
import io.howdah.backend.ServerIdentity;
import io.howdah.backend.ServerPools;
import io.howdah.backend.SessionSettings;
import io.howdah.backend.Transport;
import io.howdah.config.AuthConfig;
import io.howdah.config.AuthType;
import io.howdah.config.ClientConfig;
import io.howdah.config.ClusterConfig;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig;
import io.howdah.config.PoolConfig;
import io.howdah.config.PoolMode;
import io.howdah.config.ProbeConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.TimeoutConfig;
import io.howdah.pool.Loops;
import io.howdah.route.Target;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One worker of a proxy without sockets: the cluster {@code main} has one node, the database {@code
 * demo} is known, and so is what servers say at a login. No server answers; a session that shall
 * have one is given it by {@link #attach}.
 */
final class TestDesk implements Telemetry {
  static final NodeId NODE = new NodeId("main", "db1", 5432);
  private static final DatabaseConfig DEMO = DatabaseConfig.of("demo", "main");

  final List<Throwable> faults = new ArrayList<>();
  final List<String> pins = new ArrayList<>();
  final Fleet fleet;
  final Worker worker;

  TestDesk(AuthType auth) {
    EmbeddedChannel anything = new EmbeddedChannel();
    ServerConnector noServers =
        new ServerConnector(Transport.NIO, _ -> {}, new SaltedPasswords(1), this);
    fleet = new Fleet(noServers, new OneLoop(), this, config(auth), Users.NONE);
    ServerPools[] pools = new ServerPools[1];
    pools[0] = new ServerPools(0, anything.eventLoop(), fleet, pools);
    FrontDesk desk = new FrontDesk(fleet, null);
    worker = new Worker(anything.eventLoop(), pools[0], fleet, desk);
    fleet.welcomes().put("demo", "app", SessionSettings.NONE, Map.of("server_version", "18.3"));
    NodeState node = new NodeState(NODE, Role.PRIMARY, 1, new Lsn(0), 0, 0, true, null);
    Topology topology = new Topology("main", 1, node, List.of(node), null);
    fleet.topologyChanged(topology, () -> worker.topologyChanged(null, topology));
    anything.finishAndReleaseAll();
  }

  private static ProxyConfig config(AuthType auth) {
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
        PoolConfig.DEFAULT,
        TimeoutConfig.DEFAULT,
        RoutingConfig.DEFAULT);
  }

  /** A client that just connected. */
  EmbeddedChannel connect() {
    EmbeddedChannel channel = new EmbeddedChannel();
    worker.accept(channel);
    return channel;
  }

  /**
   * The state of a session of a client that is in, with a server connection over {@code server}.
   */
  SessionState attach(EmbeddedChannel client, EmbeddedChannel server, PoolMode mode) {
    ClientSession session = client.pipeline().get(ClientSession.class);
    var pools = worker.serverPools().group(DEMO, "demo", "app");
    if (session.identity() == null) {
      StartupOptions options = StartupOptions.of(Map.of("user", "app", "database", "demo"));
      session.identify(new ClientIdentity("app", "demo", DEMO, mode, options, 0, "test"));
    }
    SessionState state = new SessionState(session, pools, mode, SessionSettings.NONE);
    ServerIdentity identity =
        new ServerIdentity(NODE, "demo", "app", 7, new byte[4], new HashMap<>(), 3 << 16);
    ServerConnection connection =
        new ServerConnection(server, identity, null, 200, (_, _, _) -> {});
    server.pipeline().addLast(connection);
    state.attached.begin(pools.choose(Target.PRIMARY), connection);
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

  /** What is posted never runs: no test here needs it. */
  private static final class OneLoop implements Loops {
    @Override
    public int count() {
      return 1;
    }

    @Override
    public void post(int loop, Runnable task) {}

    @Override
    public void postAfter(int loop, Runnable task, long delayNanos) {}

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }
  }
}
