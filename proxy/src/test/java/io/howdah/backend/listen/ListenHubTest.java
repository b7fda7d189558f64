package io.howdah.backend.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.Users;
import io.howdah.backend.fleet.Fleet;
import io.howdah.backend.login.Bytes;
import io.howdah.backend.login.FakeServer;
import io.howdah.backend.login.ServerConnector;
import io.howdah.backend.transport.FakeNames;
import io.howdah.backend.transport.Transport;
import io.howdah.config.AuthConfig;
import io.howdah.config.AuthType;
import io.howdah.config.ClientConfig;
import io.howdah.config.DatabaseConfig;
import io.howdah.config.DnsConfig;
import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig;
import io.howdah.config.PoolConfig;
import io.howdah.config.ProxyConfig;
import io.howdah.config.RoutingConfig;
import io.howdah.config.TimeoutConfig;
import io.howdah.error.PgError;
import io.howdah.pool.IdleLoops;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.Lsn;
import io.howdah.topology.NodeState;
import io.howdah.topology.Role;
import io.howdah.topology.Topology;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ListenHubTest {
  private static final DatabaseConfig ENTRY = DatabaseConfig.of("demo", "main");
  private static final ListenLogin LOGIN = new ListenLogin(ENTRY, "app");

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final EventLoopGroup loops = Transport.best().newEventLoops(2, "test");
  private final EventLoop ownLoop = loops.next();
  private final EventLoop otherLoop = loops.next();
  private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
  private final ProxyConfig config =
      new ProxyConfig(
          1,
          new ListenerConfig(new HostPort("localhost", 6432), 10),
          Map.of(),
          Map.of("demo", ENTRY),
          Map.of(),
          new AuthConfig(AuthType.TRUST, Optional.empty(), Set.of(), Set.of()),
          ClientConfig.DEFAULT,
          PoolConfig.DEFAULT,
          TimeoutConfig.DEFAULT,
          RoutingConfig.DEFAULT,
          DnsConfig.DEFAULT);
  private final Fleet fleet =
      new Fleet(
          new ServerConnector(
              Transport.best(),
              FakeNames.NONE.on(ownLoop),
              workers,
              new SaltedPasswords(1),
              Telemetry.NONE),
          new IdleLoops(),
          Telemetry.NONE,
          config,
          Users.NONE);
  private final ListenHubs hubs = new ListenHubs(fleet);
  private final ListenHub hub = hubs.hub("main", "demo", ownLoop);

  /** Until then the fake server does not answer what makes a connection ready to listen. */
  private volatile CountDownLatch holdsPreparation = new CountDownLatch(0);

  /** The next LISTEN ends its connection. */
  private volatile boolean dropsListen;

  @AfterEach
  void stop() {
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    workers.close();
  }

  private Bytes answer(String sql) {
    if (!sql.contains("LISTEN")) {
      try {
        holdsPreparation.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return Bytes.of().message('C', Bytes.of().string("SELECT 1")).ready();
    }
    sent.add(sql);
    if (dropsListen) {
      dropsListen = false;
      return null;
    }
    Bytes answer = Bytes.of().message('C', Bytes.of().string("LISTEN"));
    // PostgreSQL tells what it has at the end of the transaction.
    if (sql.startsWith("LISTEN")) {
      notification(answer, "a", "1");
      // Nothing of a channel that it does not listen to: LISTEN "a" may have been asked alone.
      if (sql.contains("\"b\"")) {
        notification(answer, "b", "2");
      }
    }
    return answer.ready();
  }

  private static void notification(Bytes to, String channel, String payload) {
    to.message('A', Bytes.of().int32(42).string(channel).string(payload));
  }

  private void primaryIs(FakeServer server, long version) {
    NodeState node = new NodeState(server.node(), Role.PRIMARY, 1, new Lsn(0), 0, 0, true, null);
    Topology now = new Topology("main", version, node, List.of(node), null);
    fleet.topologyChanged(now, () -> hubs.topologyChanged(now));
  }

  @Test
  void confirmsBeforeAnythingIsHeardAndKeepsTheOrder() throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), this::answer)) {
      primaryIs(server, 1);
      Listener one = new Listener(ownLoop);
      Listener two = new Listener(otherLoop);
      hub.subscribe(LOGIN, "a", one);
      assertThat(one.take(2)).containsExactly("a 1", "confirmed a");
      hub.subscribe(LOGIN, "b", two);
      assertThat(two.take(2)).containsExactly("b 2", "confirmed b");
      assertThat(one.take(1)).containsExactly("a 1");
      hub.subscribe(LOGIN, "a", two);
      assertThat(two.take(1)).containsExactly("confirmed a");
      assertThat(server.startupPackets).hasSize(1);
      assertThat(sent).containsExactly("LISTEN \"a\";", "LISTEN \"b\";");
    }
  }

  /** While the connection is made ready, whatever comes waits its turn. */
  @Test
  void asksOneThingAtATime() throws Exception {
    holdsPreparation = new CountDownLatch(1);
    try (FakeServer server = new FakeServer(FakeServer.letIn(), this::answer)) {
      primaryIs(server, 1);
      Listener one = new Listener(ownLoop);
      Listener two = new Listener(otherLoop);
      hub.subscribe(LOGIN, "a", one);
      // The server process is known once the login is over, and the preparation under way.
      while (hub.figures().link().node() == null) {
        Thread.onSpinWait();
      }
      primaryIs(server, 2);
      hub.subscribe(LOGIN, "b", two);
      holdsPreparation.countDown();
      assertThat(one.take(2)).containsExactly("a 1", "confirmed a");
      assertThat(two.take(2)).containsExactly("b 2", "confirmed b");
    }
  }

  @Test
  void tellsOfALossOnceItListensAgain() throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), this::answer)) {
      primaryIs(server, 1);
      Listener one = new Listener(otherLoop);
      hub.subscribe(LOGIN, "a", one);
      assertThat(one.take(2)).containsExactly("a 1", "confirmed a");
      dropsListen = true;
      server.dropAll();
      assertThat(one.take(2)).containsExactly("a 1", "interrupted [a]");
      assertThat(hub.figures().losses()).isPositive();
    }
  }

  @Test
  void followsThePrimary() throws Exception {
    try (FakeServer first = new FakeServer(FakeServer.letIn(), this::answer);
        FakeServer second = new FakeServer(FakeServer.letIn(), this::answer)) {
      primaryIs(first, 1);
      Listener one = new Listener(otherLoop);
      hub.subscribe(LOGIN, "a", one);
      assertThat(one.take(2)).containsExactly("a 1", "confirmed a");
      primaryIs(second, 2);
      assertThat(one.take(2)).containsExactly("a 1", "interrupted [a]");
      assertThat(second.startupPackets).hasSize(1);
      assertThat(hub.figures().link().node()).isEqualTo(second.node().toString());
    }
  }

  @Test
  void refusesWhomTheServerNeverLetsIn() throws Exception {
    Bytes no = Bytes.of().error("28000", "role \"app\" is not permitted to log in");
    try (FakeServer server = new FakeServer(no, this::answer)) {
      primaryIs(server, 1);
      Listener one = new Listener(otherLoop);
      hub.subscribe(LOGIN, "a", one);
      assertThat(one.take(1).getFirst()).startsWith("refused a");
      assertThat(hub.figures().subscriptions()).isZero();
    }
  }

  @Test
  void hearsNothingMoreOnceCancelled() throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), this::answer)) {
      primaryIs(server, 1);
      Listener one = new Listener(otherLoop);
      Subscription a = hub.subscribe(LOGIN, "a", one);
      assertThat(one.take(2)).containsExactly("a 1", "confirmed a");
      a.cancel();
      hub.subscribe(LOGIN, "b", one);
      assertThat(one.take(2)).containsExactly("b 2", "confirmed b");
      assertThat(String.join("", sent)).contains("UNLISTEN \"a\";");
    }
  }

  /** Writes down what it is told, and checks the loop. */
  private static final class Listener implements ChannelListener {
    private final EventLoop loop;
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    Listener(EventLoop loop) {
      this.loop = loop;
    }

    List<String> take(int n) throws InterruptedException {
      String[] all = new String[n];
      for (int i = 0; i < n; i++) {
        all[i] = told.take();
      }
      return List.of(all);
    }

    private void add(String text) {
      told.add(loop.inEventLoop() ? text : "on another loop: " + text);
    }

    @Override
    public EventLoop loop() {
      return loop;
    }

    @Override
    public void confirmed(Subscription subscription) {
      add("confirmed " + subscription.channel());
    }

    @Override
    public void refused(Subscription subscription, PgError error) {
      add("refused " + subscription.channel() + ": " + error.message());
    }

    @Override
    public void notified(Notification notification) {
      byte[] message = notification.message();
      int from = 5 + 4 + notification.channel().length() + 1;
      String payload = new String(message, from, message.length - from - 1, StandardCharsets.UTF_8);
      add(notification.channel() + " " + payload);
    }

    @Override
    public void interrupted(List<String> channels) {
      add("interrupted " + channels);
    }
  }
}
