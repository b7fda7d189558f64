package io.howdah.backend.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.SaltedPasswords;
import io.howdah.backend.login.Bytes;
import io.howdah.backend.login.FakeServer;
import io.howdah.backend.login.ServerConnector;
import io.howdah.backend.transport.FakeNames;
import io.howdah.backend.transport.Transport;
import io.howdah.config.ClusterConfig;
import io.howdah.config.HostPort;
import io.howdah.config.ProbeConfig;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.NodeId;
import io.howdah.topology.Observation;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.netty.channel.EventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NodeProbeTest {
  private static final Bytes PRIMARY = rows("f", "0/5000060", "00000002", null, null, "1", "73");
  private static final Bytes REPLICA = rows("t", "0/5000000", null, "0", null, "2", "73");

  /** Long enough that no test ends by it: whatever comes in time was not waited for. */
  private static final Duration NEVER = Duration.ofMinutes(10);

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final EventLoopGroup loops = Transport.best().newEventLoops(1, "test");

  /** Databases that a statement needs for itself. */
  private final Set<String> held = ConcurrentHashMap.newKeySet();

  private final BlockingQueue<Observation> seen = new LinkedBlockingQueue<>();
  private final ServerConnector connector =
      new ServerConnector(
          Transport.best(),
          FakeNames.NONE.on(loops.next()),
          workers,
          new SaltedPasswords(1),
          Telemetry.NONE);

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    workers.close();
  }

  @Test
  void asksAgainAndAgainOverOneConnection() throws Exception {
    AtomicReference<Bytes> answer = new AtomicReference<>(REPLICA);
    try (FakeServer server = new FakeServer(FakeServer.letIn(), _ -> answer.get())) {
      start(server, Duration.ofMillis(10));
      Observation first = seen.take();
      assertThat(first.role()).isEqualTo(Role.REPLICA);
      assertThat(first.timeline()).isEqualTo(2);
      answer.set(PRIMARY);
      while (seen.take().role() != Role.PRIMARY) {
        // Those that were under way.
      }
      assertThat(server.startupPackets).hasSize(1);
      assertThat(new String(server.startupPackets.take(), StandardCharsets.UTF_8))
          .contains("user\0prober\0", "database\0postgres\0", "application_name\0howdah probe\0");
    }
  }

  @Test
  void lossIsReportedAtOnceAndAskedAgainAtOnce() throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), _ -> PRIMARY)) {
      start(server, NEVER);
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
      server.dropAll();
      Observation loss = seen.take();
      assertThat(loss.role()).isEqualTo(Role.UNKNOWN);
      assertThat(loss.problem()).isNotBlank();
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
    }
  }

  /** And without a word of failure in between: nothing is known to be wrong with the node. */
  @Test
  void nameWithAnotherAddressIsAskedThereAtOnce() throws Exception {
    FakeNames names = FakeNames.of("db", "127.0.0.1");
    try (FakeServer before = new FakeServer(FakeServer.letIn(), _ -> PRIMARY);
        FakeServer after =
            new FakeServer(
                FakeNames.address("127.0.0.2"),
                before.node().port(),
                FakeServer.letIn(),
                _ -> REPLICA)) {
      ServerConnector byName =
          new ServerConnector(
              Transport.best(),
              names.on(loops.next()),
              workers,
              new SaltedPasswords(1),
              Telemetry.NONE);
      NodeId node = new NodeId("main", "db", after.node().port());
      NodeProbe probe =
          new NodeProbe(byName, loops.next(), node, probe(NEVER), held::contains, seen::add);
      loops.execute(probe::start);
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
      names.put("db", "127.0.0.2");
      assertThat(seen.take().role()).isEqualTo(Role.REPLICA);
    }
  }

  @Test
  void serverThatIsStartingUpIsAskedAgainSoon() throws Exception {
    try (FakeServer server =
        new FakeServer(
            Bytes.of().error("57P03", "the database system is starting up"), _ -> null)) {
      start(server, NEVER);
      for (int i = 0; i < 3; i++) {
        assertThat(seen.take().problem()).contains("the database system is starting up");
      }
    }
  }

  @Test
  void serverThatDropsEveryQuestionIsReportedEachTime() throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), _ -> null)) {
      start(server, NEVER);
      for (int i = 0; i < 3; i++) {
        assertThat(seen.take().problem()).isEqualTo("the server closed the connection");
      }
    }
  }

  @Test
  void withoutTheControlFileTheRestIsAsked() throws Exception {
    Function<String, Bytes> answers =
        sql ->
            sql.contains("pg_control_")
                ? Bytes.of().error("42501", "permission denied").ready()
                : rows("f", "0/5000060", "00000002", null, null, null, null);
    try (FakeServer server = new FakeServer(FakeServer.letIn(), answers)) {
      start(server, NEVER);
      Observation observation = seen.take();
      assertThat(observation.role()).isEqualTo(Role.PRIMARY);
      assertThat(observation.timeline()).isEqualTo(2);
      assertThat(observation.systemIdentifier()).isZero();
    }
  }

  @Test
  void faultyAnswersAreFailures() throws Exception {
    for (Bytes answer :
        List.of(
            Bytes.of().ready(),
            rows("t"),
            rows("f", "nonsense", null, null, null, null, null),
            Bytes.of().error("XX000", "broken").ready())) {
      try (FakeServer server = new FakeServer(FakeServer.letIn(), _ -> answer)) {
        NodeProbe probe = start(server, NEVER);
        assertThat(seen.take().role()).isEqualTo(Role.UNKNOWN);
        loops.next().submit(probe::stop).sync();
      }
    }
  }

  @Test
  void probesOfAClusterFeedOneView() throws Exception {
    try (FakeServer one = new FakeServer(FakeServer.letIn(), _ -> PRIMARY);
        FakeServer two = new FakeServer(FakeServer.letIn(), _ -> REPLICA)) {
      ClusterConfig config = new ClusterConfig("main", List.of(host(one), host(two)), probe(NEVER));
      BlockingQueue<Topology> told = new LinkedBlockingQueue<>();
      Function<Observation, Topology> view =
          o -> o.role() == Role.REPLICA ? null : new Topology("main", 1, null, List.of(), null);
      ProbeSource source =
          new ProbeSource(
              connector,
              loops.next(),
              config,
              held::contains,
              o -> {
                seen.add(o);
                return view.apply(o);
              });
      source.start(told::add);
      assertThat(List.of(seen.take().role(), seen.take().role()))
          .containsExactlyInAnyOrder(Role.PRIMARY, Role.REPLICA);
      assertThat(told.take().version()).isEqualTo(1);
      source.probeNow();
      seen.take();
      seen.take();
      told.take();
      source.close();
      loops.next().submit(() -> {}).sync();
      assertThat(told).as("null means unchanged").isEmpty();
    }
  }

  /** The database is left at once, and the node is asked in another one. */
  @Test
  void aDatabaseThatAStatementNeedsIsLeft() throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), _ -> PRIMARY)) {
      NodeProbe probe = start(server, "shop", NEVER);
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
      assertThat(databaseOf(server)).isEqualTo("shop");
      held.add("shop");
      loops.execute(probe::holdsChanged);
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
      assertThat(databaseOf(server)).isEqualTo("postgres");
      held.clear();
      loops.execute(probe::holdsChanged);
      loops.submit(probe::probeNow).sync();
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
      assertThat(server.startupPackets).as("it may stay there").isEmpty();
      server.dropAll();
      assertThat(seen.take().role()).as("but is watched there").isEqualTo(Role.UNKNOWN);
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
      assertThat(databaseOf(server)).isEqualTo("shop");
    }
  }

  /** Nothing is known to be wrong with the node. */
  @Test
  void whereEveryDatabaseIsNeededNobodyAsks() throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), _ -> PRIMARY)) {
      NodeProbe probe = start(server, "postgres", NEVER);
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
      assertThat(databaseOf(server)).isEqualTo("postgres");
      held.add("postgres");
      loops.execute(probe::holdsChanged);
      assertThat(databaseOf(server)).isEqualTo("template1");
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
      held.add("template1");
      loops.submit(probe::holdsChanged).sync();
      // Behind the refusal of its login.
      loops.submit(() -> {}).sync();
      assertThat(server.startupPackets).isEmpty();
      held.remove("template1");
      loops.execute(probe::holdsChanged);
      assertThat(databaseOf(server)).isEqualTo("template1");
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
      held.clear();
      loops.execute(probe::holdsChanged);
      assertThat(databaseOf(server)).as("nobody stays in template1").isEqualTo("postgres");
      assertThat(seen.take().role()).isEqualTo(Role.PRIMARY);
    }
  }

  private static String databaseOf(FakeServer server) throws InterruptedException {
    String packet = new String(server.startupPackets.take(), StandardCharsets.UTF_8);
    String behind = packet.substring(packet.indexOf("database\0") + "database\0".length());
    return behind.substring(0, behind.indexOf('\0'));
  }

  private NodeProbe start(FakeServer server, Duration interval) {
    return start(server, "postgres", interval);
  }

  private NodeProbe start(FakeServer server, String database, Duration interval) {
    NodeProbe probe =
        new NodeProbe(
            connector,
            loops.next(),
            server.node(),
            probe(database, interval),
            held::contains,
            seen::add);
    loops.execute(probe::start);
    return probe;
  }

  private static ProbeConfig probe(Duration interval) {
    return probe("postgres", interval);
  }

  private static ProbeConfig probe(String database, Duration interval) {
    return new ProbeConfig("prober", "", database, interval, Duration.ofSeconds(10));
  }

  private static HostPort host(FakeServer server) {
    return new HostPort(server.node().host(), server.node().port());
  }

  private static Bytes rows(String... values) {
    return Bytes.of().row(values).message('C', Bytes.of().string("SELECT 1")).ready();
  }
}
