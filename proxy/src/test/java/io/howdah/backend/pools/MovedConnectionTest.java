package io.howdah.backend.pools;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.Users;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.listen.ListenHubs;
import io.howdah.backend.login.FakeServer;
import io.howdah.backend.login.ServerConnector;
import io.howdah.backend.transport.FakeNames;
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
import io.howdah.config.ProbeConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.TimeoutConfig;
import io.howdah.error.PgError;
import io.howdah.pool.Loops;
import io.howdah.pool.Pool;
import io.howdah.pool.Waiter;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that are between two event loops while something is decided about such as them. */
@Timeout(60)
class MovedConnectionTest {
  private static final DatabaseConfig ENTRY = DatabaseConfig.of("demo", "main");

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final EventLoopGroup group = Transport.best().newEventLoops(2, "test");
  private final List<EventLoop> loops = List.of(group.next(), group.next());
  private final ServerPools[] pools = new ServerPools[2];
  private final CountDownLatch blocked = new CountDownLatch(1);
  private FakeServer server;

  private final Loops numbered =
      new Loops() {
        @Override
        public int count() {
          return 2;
        }

        @Override
        public void post(int loop, Runnable task) {
          loops.get(loop).execute(task);
        }

        @Override
        public void postAfter(int loop, Runnable task, long delayNanos) {
          loops.get(loop).schedule(task, delayNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }
      };

  /** Waits for a connection on one loop. */
  private static final class Client implements Waiter<ServerConnection> {
    final BlockingQueue<ServerConnection> has = new LinkedBlockingQueue<>();

    @Override
    public void granted(ServerConnection connection) {
      has.add(connection);
    }

    @Override
    public void refused(PgError error) {
      throw new AssertionError(error.message());
    }
  }

  @BeforeEach
  void start() throws Exception {
    server = new FakeServer(FakeServer.letIn(), _ -> null);
    HostPort host = new HostPort(server.node().host(), server.node().port());
    ProbeConfig probe =
        new ProbeConfig("p", "", "postgres", Duration.ofMinutes(1), Duration.ofMinutes(1));
    ProxyConfig config =
        new ProxyConfig(
            2,
            new ListenerConfig(new HostPort("localhost", 6432), 10),
            Map.of("main", new ClusterConfig("main", List.of(host), probe)),
            Map.of("demo", ENTRY),
            Map.of(),
            new AuthConfig(AuthType.TRUST, Optional.empty(), Set.of(), Set.of()),
            ClientConfig.DEFAULT,
            PoolConfig.DEFAULT.with(p -> p.defaultSize = 1),
            TimeoutConfig.DEFAULT,
            RoutingConfig.DEFAULT,
            DnsConfig.DEFAULT);
    Fleet fleet =
        new Fleet(
            new ServerConnector(
                Transport.best(),
                FakeNames.NONE.on(loops.get(0)),
                workers,
                new SaltedPasswords(1),
                Telemetry.NONE),
            numbered,
            Telemetry.NONE,
            config,
            Users.NONE);
    ListenHubs listening = new ListenHubs(fleet);
    for (int i = 0; i < 2; i++) {
      pools[i] = new ServerPools(i, loops.get(i), fleet, listening, pools);
    }
    Topology first = topology(Role.PRIMARY);
    fleet.topologyChanged(first, () -> {});
    for (int i = 0; i < 2; i++) {
      int loop = i;
      on(loop, () -> changed(loop, null, first));
    }
  }

  @AfterEach
  void stop() throws IOException {
    blocked.countDown();
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    workers.close();
    server.close();
  }

  private Topology topology(Role role) {
    NodeState node = new NodeState(server.node(), role, 1, new Lsn(0), 0, 0, true, null);
    return new Topology("main", 1, role == Role.PRIMARY ? node : null, List.of(node), null);
  }

  private Void changed(int loop, Topology before, Topology now) {
    pools[loop].topologyChanged(before, now);
    return null;
  }

  private <T> T on(int loop, Callable<T> task) throws Exception {
    return loops.get(loop).submit(task).get();
  }

  private Pool<ServerConnection> pool(int loop) {
    return pools[loop].group(ENTRY, "demo", "app", Map.of()).pool(server.node()).pool();
  }

  private Client waiting(int loop) throws Exception {
    Client client = new Client();
    on(loop, () -> pool(loop).await(client, System.nanoTime()));
    return client;
  }

  /** Nothing runs on the second loop until the latch is counted down. */
  private void blockSecond() {
    loops
        .get(1)
        .execute(
            () -> {
              try {
                blocked.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  @Test
  void oneThatNobodyDecidedAboutArrives() throws Exception {
    Client first = waiting(0);
    ServerConnection connection = first.has.take();
    Client second = waiting(1);
    on(0, () -> release(connection));
    assertThat(second.has.take()).isSameAs(connection);
  }

  @Test
  void oneToAFormerPrimaryIsClosedWhereItArrives() throws Exception {
    Client first = waiting(0);
    ServerConnection connection = first.has.take();
    Client second = waiting(1);
    blockSecond();
    // Both loops hear of it, the second ahead of the connection's arrival there.
    Topology before = topology(Role.PRIMARY);
    Topology now = topology(Role.REPLICA);
    loops.get(1).execute(() -> changed(1, before, now));
    on(0, () -> release(connection));
    on(0, () -> pools[0].connections().isEmpty());
    on(0, () -> changed(0, before, now));
    blocked.countDown();
    ServerConnection other = second.has.take();
    assertThat(other).isNotSameAs(connection);
    assertThat(connection.isClosing()).isTrue();
    assertThat(other.isClosing()).isFalse();
    List<ServerConnection> all = new ArrayList<>(on(1, () -> List.copyOf(pools[1].connections())));
    assertThat(all).containsExactly(other);
    assertThat(on(1, () -> pool(1).budget().open())).isEqualTo(1);
  }

  @Test
  void oneOfADatabaseThatIsKilledIsClosedWhereItArrives() throws Exception {
    Client first = waiting(0);
    ServerConnection connection = first.has.take();
    Client second = waiting(1);
    blockSecond();
    loops.get(1).execute(() -> pools[1].closeDatabase("demo", "KILL"));
    on(0, () -> release(connection));
    on(0, () -> pools[0].connections().isEmpty());
    loops.get(0).execute(() -> pools[0].closeDatabase("demo", "KILL"));
    blocked.countDown();
    assertThat(second.has.take()).isNotSameAs(connection);
    assertThat(connection.isClosing()).isTrue();
  }

  private Void release(ServerConnection connection) {
    pool(0).release(connection, System.nanoTime());
    return null;
  }
}
