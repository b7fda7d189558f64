package io.howdah.backend.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.ServerSecret;
import io.howdah.backend.transport.FakeNames;
import io.howdah.backend.transport.Transport;
import io.howdah.error.PgError;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.NodeId;
import io.howdah.wire.Protocol;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ServerConnectorTest {
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private EventLoopGroup loops;

  @AfterEach
  void stop() {
    if (loops != null) {
      loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }
    workers.close();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void logsInOverEachTransport(Transport transport) throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), _ -> null)) {
      ServerGreeting greeting =
          (ServerGreeting) connect(connector(transport), server.node(), Duration.ofSeconds(10));
      assertThat(greeting.processId()).isEqualTo(7);
      assertThat(greeting.channel())
          .isInstanceOf(
              switch (transport) {
                case EPOLL -> EpollSocketChannel.class;
                case NIO -> NioSocketChannel.class;
              });
      assertThat(Transport.of(loops)).isEqualTo(transport);
      greeting.channel().close().sync();
    }
  }

  @Test
  void names() throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), _ -> null)) {
      NodeId node = new NodeId("main", "localhost", server.node().port());
      Object outcome = connect(connector(Transport.best()), node, Duration.ofSeconds(10));
      assertThat(outcome).isInstanceOf(ServerGreeting.class);
      ((ServerGreeting) outcome).channel().close().sync();
    }
  }

  @Test
  void refusedConnection() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    assertThat(
            connect(
                connector(Transport.best()),
                new NodeId("main", "127.0.0.1", port),
                Duration.ofSeconds(10)))
        .isInstanceOfSatisfying(
            PgError.ServerUnreachable.class, e -> assertThat(e.detail()).contains("refused"));
  }

  @Test
  void unknownHost() throws Exception {
    assertThat(
            connect(
                connector(Transport.best()),
                new NodeId("main", "no such host", 5432),
                Duration.ofSeconds(10)))
        .isInstanceOfSatisfying(
            PgError.ServerUnreachable.class,
            e -> assertThat(e.detail()).contains("host name \"no such host\" is unknown"));
  }

  @Test
  void loopOfTheNamesThatHasEnded() throws Exception {
    EventLoopGroup other = Transport.best().newEventLoops(1, "names");
    loops = Transport.best().newEventLoops(1, "test");
    ServerConnector connector =
        new ServerConnector(
            Transport.best(),
            FakeNames.NONE.on(other.next()),
            workers,
            new SaltedPasswords(1),
            Telemetry.NONE);
    other.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    assertThat(connect(connector, new NodeId("main", "localhost", 1), Duration.ofSeconds(10)))
        .isInstanceOfSatisfying(
            PgError.ServerUnreachable.class, e -> assertThat(e.detail()).contains("shutting down"));
  }

  @Test
  void connectionThatTakesTooLong() throws Exception {
    // The name server never answers.
    loops = Transport.best().newEventLoops(1, "test");
    ServerConnector connector = connector(Transport.best(), FakeNames.SILENT);
    assertThat(connect(connector, new NodeId("main", "localhost", 1), Duration.ofMillis(20)))
        .isInstanceOfSatisfying(
            PgError.ServerUnreachable.class,
            e -> assertThat(e.detail()).isEqualTo("No connection within 20 ms."));
  }

  @Test
  void serverThatHangsUp() throws Exception {
    try (FakeServer server =
        new FakeServer(Bytes.of().error("53300", "sorry, too many clients already"), _ -> null)) {
      assertThat(connect(connector(Transport.best()), server.node(), Duration.ofSeconds(10)))
          .isEqualTo(
              new PgError.ServerLoginRefused(
                  server.node().toString(), "53300", "sorry, too many clients already"));
    }
  }

  /** Servers from before negotiation, and such as are no PostgreSQL. */
  @ParameterizedTest
  @ValueSource(strings = {"0A000", "08P01"})
  void aServerThatRefusesANewerProtocolIsAskedAgainAndRemembered(String code) throws Exception {
    try (FakeServer server = new FakeServer(FakeServer.letIn(), _ -> null)) {
      server.newestMinor = 0;
      server.refusal =
          Bytes.of().error(code, "unsupported frontend protocol 3.2: server supports 2.0 to 3.0");
      ServerConnector connector = connector(Transport.best());
      for (int i = 0; i < 2; i++) {
        ServerGreeting greeting =
            (ServerGreeting) connect(connector, server.node(), Protocol.VERSION_3_2);
        assertThat(greeting.protocolVersion()).isEqualTo(Protocol.VERSION_3_0);
        greeting.channel().close().sync();
      }
      assertThat(server.startupPackets.stream().map(packet -> packet[3]))
          .as("minor versions asked for")
          .containsExactly((byte) 2, (byte) 0, (byte) 0);
    }
  }

  @Test
  void aRefusalForAnotherReasonIsToldAfterTheSecondTry() throws Exception {
    try (FakeServer server =
        new FakeServer(Bytes.of().error("0A000", "not in my house"), _ -> null)) {
      ServerConnector connector = connector(Transport.best());
      for (int i = 1; i <= 2; i++) {
        assertThat(connect(connector, server.node(), Protocol.VERSION_3_2))
            .isEqualTo(
                new PgError.ServerLoginRefused(
                    server.node().toString(), "0A000", "not in my house"));
        assertThat(server.startupPackets).as("nothing is remembered").hasSize(2 * i);
      }
    }
  }

  @Test
  void cancelWaitsForTheServersClose() throws Exception {
    ServerConnector connector = connector(Transport.best());
    byte[] key = HexFormat.of().parseHex("0102030405");
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      NodeId node = new NodeId("main", "127.0.0.1", listener.getLocalPort());
      CompletableFuture<Optional<PgError>> done = new CompletableFuture<>();
      cancel(connector, node, key, Duration.ofSeconds(10), done);
      try (var socket = listener.accept()) {
        assertThat(HexFormat.of().formatHex(socket.getInputStream().readNBytes(17)))
            .isEqualTo("00000011" + "04d2162e" + "00000007" + "0102030405");
        assertThat(done).isNotDone();
      }
      assertThat(done.get()).isEmpty();

      CompletableFuture<Optional<PgError>> late = new CompletableFuture<>();
      cancel(connector, node, key, Duration.ofMillis(50), late);
      assertThat(late.get().orElseThrow().detail()).contains("did not act on it");
    }
    CompletableFuture<Optional<PgError>> refused = new CompletableFuture<>();
    cancel(connector, new NodeId("main", "no such host", 1), key, Duration.ofSeconds(5), refused);
    assertThat(refused.get()).isPresent();
  }

  private void cancel(
      ServerConnector connector,
      NodeId node,
      byte[] key,
      Duration timeout,
      CompletableFuture<Optional<PgError>> done) {
    new ServerCancel(connector).cancel(loops.next(), node, 7, key, timeout, done::complete);
  }

  private ServerConnector connector(Transport transport) {
    loops = transport.newEventLoops(1, "test");
    return connector(transport, FakeNames.of("localhost", "127.0.0.1"));
  }

  private ServerConnector connector(Transport transport, FakeNames names) {
    return new ServerConnector(
        transport, names.on(loops.next()), workers, new SaltedPasswords(1), Telemetry.NONE);
  }

  /** What the listener hears: a greeting or an error. */
  private Object connect(ServerConnector connector, NodeId node, Duration timeout)
      throws Exception {
    return connect(connector, node, timeout, Protocol.VERSION_3_0);
  }

  private Object connect(ServerConnector connector, NodeId node, int version) throws Exception {
    return connect(connector, node, Duration.ofSeconds(10), version);
  }

  private Object connect(ServerConnector connector, NodeId node, Duration timeout, int version)
      throws Exception {
    CompletableFuture<Object> outcome = new CompletableFuture<>();
    EventLoop loop = loops.next();
    connector.connect(
        loop,
        new LoginRequest(
            node,
            "shop",
            "alice",
            new ServerSecret.None(),
            Map.of(),
            version,
            timeout,
            Duration.ofSeconds(10)),
        new LoginListener() {
          @Override
          public void loggedIn(ServerGreeting greeting) {
            end(greeting);
          }

          @Override
          public void failed(PgError error) {
            end(error);
          }

          private void end(Object what) {
            if (!loop.inEventLoop() || !outcome.complete(what)) {
              outcome.obtrudeException(new IllegalStateException("off the loop, or twice"));
            }
          }
        });
    return outcome.get();
  }
}
