package io.howdah.backend.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.Users;
import io.howdah.backend.fleet.Fleet;
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
import io.howdah.pool.IdleLoops;
import io.howdah.telemetry.PoolCounters;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeId;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.howdah.topology.WalToken;
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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is asked, and who is told, with servers that answer as PostgreSQL 18 and 19 do. */
@Timeout(30)
class ReplayWatchTest {
  /** Long enough that nobody is told because the time is over. */
  private static final Duration NEVER = Duration.ofMinutes(10);

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final EventLoopGroup loops = Transport.best().newEventLoops(1, "test");
  private final EventLoop loop = loops.next();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final PoolCounters counters = new PoolCounters();
  private final Telemetry telemetry =
      new Telemetry() {
        @Override
        public void fault(String where, Throwable cause) {
          faults.add(where);
        }
      };
  private Fleet fleet;
  private ReplayWatch watch;

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    workers.close();
  }

  private void start(FakeServer... replicas) {
    List<NodeState> nodes = new ArrayList<>();
    List<HostPort> hosts = new ArrayList<>();
    for (FakeServer each : replicas) {
      NodeId id = each.node();
      nodes.add(new NodeState(id, Role.REPLICA, 1, new Lsn(0), 0, 0, true, null));
      hosts.add(new HostPort(id.host(), id.port()));
    }
    ProbeConfig probe = new ProbeConfig("prober", "", "postgres", NEVER, Duration.ofSeconds(20));
    DatabaseConfig entry = DatabaseConfig.of("demo", "main");
    fleet =
        new Fleet(
            new ServerConnector(
                Transport.best(),
                FakeNames.NONE.on(loop),
                workers,
                new SaltedPasswords(1),
                telemetry),
            new IdleLoops(),
            telemetry,
            new ProxyConfig(
                1,
                new ListenerConfig(new HostPort("localhost", 6432), 10),
                Map.of("main", new ClusterConfig("main", hosts, probe)),
                Map.of("demo", entry),
                Map.of(),
                new AuthConfig(AuthType.TRUST, Optional.empty(), Set.of(), Set.of()),
                ClientConfig.DEFAULT,
                PoolConfig.DEFAULT,
                TimeoutConfig.DEFAULT,
                RoutingConfig.DEFAULT,
                DnsConfig.DEFAULT),
            Users.NONE);
    fleet.topologyChanged(new Topology("main", 1, null, nodes, "no primary"), () -> {});
    watch = new ReplayWatch(fleet, loop, "main");
  }

  /** A read that must see a place; it leaves once it is told. */
  private final class Read implements ReplayWatch.Waiter {
    private final String name;
    private final WalToken token;

    Read(String name, String place) {
      this.name = name;
      this.token = WalToken.parse(place);
    }

    @Override
    public long unlocated() {
      return 0;
    }

    @Override
    public NodeId unsettled() {
      return null;
    }

    @Override
    public WalToken token() {
      return token;
    }

    @Override
    public boolean mayUse(NodeId replica, boolean any) {
      return true;
    }

    @Override
    public long untilNanos() {
      return System.nanoTime() + NEVER.toNanos();
    }

    @Override
    public PoolCounters counters() {
      return counters;
    }

    @Override
    public void lookAgain() {
      watch.leave(this);
      told.add(name);
    }
  }

  private void join(Read... reads) throws InterruptedException {
    loop.submit(
            () -> {
              for (Read each : reads) {
                watch.join(each);
              }
            })
        .sync();
  }

  private FakeReplica replica(String version, boolean waits, String replayed) throws IOException {
    FakeReplica replica = new FakeReplica(version, waits, replayed);
    open.add(replica.server);
    return replica;
  }

  private boolean hasReached(FakeServer replica, String place) throws Exception {
    NodeState node = fleet.topology("main").node(replica.node());
    return loop.submit(() -> watch.places().hasReached(node, WalToken.parse(place))).get();
  }

  @Test
  void aServerThatKnowsItIsAskedToWait() throws Exception {
    FakeReplica replica = replica("19.1 (Debian)", true, "0/500");
    start(replica.server);
    join(new Read("early", "1:0/400"), new Read("also early", "1:0/300"));
    assertThat(List.of(told.take(), told.take())).containsExactly("early", "also early");
    assertThat(replica.questions)
        .containsExactly("WAIT FOR LSN '0/400' WITH (TIMEOUT '3ms', NO_THROW)");
    join(new Read("late", "1:0/600"));
    while (replica.questions.size() < 4) {
      Thread.onSpinWait();
    }
    assertThat(told).isEmpty();
    assertThat(hasReached(replica.server, "1:0/400")).as("a timeout takes nothing back").isTrue();
    assertThat(hasReached(replica.server, "1:0/401")).isFalse();
    replica.replayed = Lsn.parse("0/600");
    assertThat(told.take()).isEqualTo("late");
    assertThat(replica.questions).allMatch(sql -> sql.startsWith("WAIT FOR LSN"));
    assertThat(faults).isEmpty();
  }

  @Test
  void anOlderServerLooksItself() throws Exception {
    FakeReplica replica = replica("18.3", false, "0/500");
    start(replica.server);
    join(new Read("early", "1:0/400"));
    assertThat(told.take()).isEqualTo("early");
    join(new Read("later", "1:0/501"));
    replica.replayed = Lsn.parse("0/501");
    assertThat(told.take()).isEqualTo("later");
    assertThat(replica.questions.take()).endsWith("EXECUTE howdah_replayed('0/400', 0.001)");
    assertThat(replica.questions.take()).isEqualTo("EXECUTE howdah_replayed('0/501', 0.001)");
  }

  @Test
  void aServerThatShouldKnowItAndDoesNotIsAskedInTheOtherWay() throws Exception {
    FakeReplica replica = replica("19devel", false, "0/500");
    start(replica.server);
    join(new Read("one", "1:0/400"));
    assertThat(told.take()).isEqualTo("one");
    join(new Read("two", "1:0/500"));
    assertThat(told.take()).isEqualTo("two");
    assertThat(replica.questions).hasSize(3);
    assertThat(faults).hasSize(1);
  }

  @Test
  void onlyThoseAreToldWhoCanGoOn() throws Exception {
    FakeReplica replica = replica("18.3", false, "0/500");
    start(replica.server);
    join(
        new Read("far", "1:0/600"),
        new Read("newer timeline", "2:0/100"),
        new Read("a", "1:0/500"));
    assertThat(told.take()).isEqualTo("a");
    assertThat(told).isEmpty();
  }

  @Test
  void oneReplicaIsAskedAndTheOtherOnlyIfItIsNotThere() throws Exception {
    FakeReplica one = replica("18.3", false, "0/500");
    FakeReplica two = replica("18.3", false, "0/500");
    start(one.server, two.server);
    // Until both have been asked once; a login may take long enough for both to be asked at once.
    while (!hasReached(one.server, "1:0/500") || !hasReached(two.server, "1:0/500")) {
      join(new Read("first", "1:0/500"));
      assertThat(told.take()).isEqualTo("first");
    }
    // An answer that takes more than a round has both asked: then it is tried again.
    do {
      one.questions.clear();
      two.questions.clear();
      for (int i = 0; i < 4; i++) {
        join(new Read("" + i, "1:0/500"));
        assertThat(told.take()).isEqualTo("" + i);
      }
    } while (one.questions.size() != 2 || two.questions.size() != 2);
    two.replayed = Lsn.parse("0/600");
    join(new Read("last", "1:0/600"));
    assertThat(told.take()).isEqualTo("last");
  }

  /** What the process before it had replayed says nothing about the one that answers now. */
  @Test
  void anAnswerAddsToNothingFromAnotherConnection() throws Exception {
    FakeReplica replica = replica("19.1", true, "0/500");
    start(replica.server);
    join(new Read("before the crash", "1:0/500"));
    assertThat(told.take()).isEqualTo("before the crash");
    join(new Read("still", "1:0/300"));
    assertThat(told.take()).isEqualTo("still");
    assertThat(hasReached(replica.server, "1:0/500")).isTrue();
    replica.replayed = Lsn.parse("0/300");
    replica.server.dropAll();
    while (hasReached(replica.server, "1:0/500")) {
      join(new Read("after it", "1:0/300"));
      assertThat(told.take()).isEqualTo("after it");
    }
    assertThat(hasReached(replica.server, "1:0/300")).isTrue();
  }
}
