package io.howdah;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.howdah.simulated.RandomClient;
import io.howdah.simulated.SimulatedServer;
import io.howdah.telemetry.Telemetry;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random clients that keep to the protocol, many on few connections of a server that answers as it
 * may, both in packets of any size: each client is answered byte for byte as if it were alone. For
 * {@code -Dfuzz.seconds}, with {@code -Dfuzz.seed}.
 */
class SimulationTest {
  /** So few on a server connection that they are closed for one another all the time. */
  private static final int FEW_STATEMENTS = 5;

  private static final int CLIENTS = 16;
  private static final int TURNS_OF_A_SESSION = 40;
  private static final byte[] STARTUP =
      "\0\0\0\0\0\3\0\0user\0app\0database\0demo\0\0".getBytes(StandardCharsets.US_ASCII);

  /** What the clients did and what Howdah reported meanwhile. */
  private static final class Report {
    final Queue<String> faults = new ConcurrentLinkedQueue<>();
    final Queue<String> closed = new ConcurrentLinkedQueue<>();
    final AtomicInteger turns = new AtomicInteger();
    final AtomicInteger violations = new AtomicInteger();
  }

  private static long seed() {
    return Long.getLong("fuzz.seed", new Random().nextInt(1_000_000));
  }

  private static long nanos() {
    return Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 5)).toNanos();
  }

  private static ProxyConfig config(int serverPort, PoolMode mode) {
    ProbeConfig probe =
        new ProbeConfig("p", "p", "postgres", Duration.ofMillis(100), Duration.ofSeconds(5));
    HostPort node = new HostPort("127.0.0.1", serverPort);
    return new ProxyConfig(
        2,
        new ListenerConfig(new HostPort("127.0.0.1", 0), 100),
        Map.of("main", new ClusterConfig("main", List.of(node), probe)),
        Map.of("demo", DatabaseConfig.of("demo", "main")),
        Map.of(),
        new AuthConfig(AuthType.TRUST, Optional.empty(), Set.of(), Set.of()),
        ClientConfig.DEFAULT.with(
            c -> {
              c.maxConnections = 1000;
              c.maxPreparedStatements = 0;
              c.maxPreparedBytes = 0;
              c.maxTotalPreparedBytes = 0;
              c.maxServerPreparedStatements = FEW_STATEMENTS;
            }),
        PoolConfig.DEFAULT.with(
            p -> {
              p.mode = mode;
              p.defaultSize = mode == PoolMode.SESSION ? CLIENTS : 3;
            }),
        TimeoutConfig.DEFAULT,
        RoutingConfig.DEFAULT,
        DnsConfig.DEFAULT);
  }

  @ParameterizedTest
  @EnumSource(names = {"TRANSACTION", "SESSION"})
  void everyClientIsAnsweredAsIfItWereAlone(PoolMode mode) throws Exception {
    long seed = seed();
    Report report = new Report();
    try {
      run(seed, mode, report, _ -> null, false);
    } catch (AssertionError e) {
      throw new AssertionError("-Dfuzz.seed=" + seed + ": " + e.getMessage(), e);
    }
    assertThat(report.faults).as("seed " + seed).isEmpty();
    assertThat(report.violations).as("seed " + seed).hasValue(0);
    assertThat(report.turns).hasPositiveValue();
  }

  /**
   * What no server may say here: the client gets what came before it, and an error or the end, but
   * never anything else.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "52 00 00 00 08 00 00 00 00", // AuthenticationOk
        "4b 00 00 00 0c 00 00 00 01 00 00 00 02", // BackendKeyData
        "5a 00 00 00 05 51", // ReadyForQuery in a state that is none
        "5a 00 00 00 06 49 49", // of a wrong length
        "78 00 00 00 04", // no type of PostgreSQL's
        "43 00 00 00 03", // a length that is none
        "76 00 00 00 0c 00 03 00 00 00 00 00 00" // NegotiateProtocolVersion
      })
  void whatNoServerMaySayEndsTheConnection(String hex) throws Exception {
    long seed = seed();
    byte[] wrong = HexFormat.of().parseHex(hex.replace(" ", ""));
    Report report = new Report();
    try {
      run(seed, PoolMode.TRANSACTION, report, r -> r.nextInt(60) == 0 ? wrong : null, true);
    } catch (AssertionError e) {
      throw new AssertionError("-Dfuzz.seed=" + seed + ": " + e.getMessage(), e);
    }
    assertThat(report.faults).as("seed " + seed).isEmpty();
    assertThat(report.violations).as("seed " + seed).hasPositiveValue();
  }

  private static void run(
      long seed,
      PoolMode mode,
      Report report,
      SimulatedServer.Misbehaviour misbehaviour,
      boolean mayEnd)
      throws Exception {
    Telemetry telemetry =
        new Telemetry() {
          @Override
          public void serverClosed(
              String node, String user, String database, String reason, boolean violation) {
            report.closed.add(reason);
            if (violation) {
              report.violations.incrementAndGet();
            }
          }

          @Override
          public void fault(String where, Throwable cause) {
            report.faults.add(where + ": " + cause + Arrays.toString(cause.getStackTrace()));
          }
        };
    long end = System.nanoTime() + nanos() / (mayEnd ? 7 : 1);
    try (SimulatedServer server = new SimulatedServer(seed, misbehaviour);
        Proxy proxy = Proxy.start(config(server.port(), mode), telemetry);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        clients.add(
            () -> {
              client(proxy, seed, number, end, report, mayEnd);
              return null;
            });
      }
      for (Future<Void> each : threads.invokeAll(clients)) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    }
  }

  private static void client(
      Proxy proxy, long seed, int number, long end, Report report, boolean mayEnd)
      throws IOException {
    Random random = new Random(seed * 1000 + number);
    for (int session = 0; System.nanoTime() - end < 0; session++) {
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), proxy.address().getPort())) {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(60_000);
        session(socket, random, number + "-" + session, end, report);
      } catch (EOFException | SocketException e) {
        if (!mayEnd) {
          throw new AssertionError(
              "client "
                  + number
                  + ": the session ended: "
                  + e.getMessage()
                  + "\nclosed: "
                  + report.closed,
              e);
        }
      }
    }
  }

  private static void session(Socket socket, Random random, String name, long end, Report report)
      throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    socket
        .getOutputStream()
        .write(ByteBuffer.wrap(STARTUP.clone()).putInt(0, STARTUP.length).array());
    while (message(in)[0] != 'Z') {
      // The greeting.
    }
    RandomClient client = new RandomClient(random, name);
    int turns = 1 + random.nextInt(TURNS_OF_A_SESSION);
    for (int i = 0; i < turns && System.nanoTime() - end < 0; i++) {
      turn(socket, in, random, client.next());
      report.turns.incrementAndGet();
    }
    switch (random.nextInt(3)) {
      case 0 -> socket.getOutputStream().write(new byte[] {'X', 0, 0, 0, 4});
      case 1 -> {
        byte[] last = client.next().sent();
        socket.getOutputStream().write(last, 0, random.nextInt(last.length));
      }
      default -> socket.setSoLinger(true, 0);
    }
  }

  private static void turn(Socket socket, DataInputStream in, Random random, RandomClient.Turn turn)
      throws IOException {
    byte[] sent = turn.sent();
    Thread writer =
        Thread.startVirtualThread(
            () -> {
              try {
                for (int at = 0; at < sent.length; ) {
                  int n =
                      random.nextInt(3) > 0
                          ? sent.length - at
                          : 1 + random.nextInt(sent.length - at);
                  socket.getOutputStream().write(sent, at, n);
                  at += n;
                }
              } catch (IOException e) {
                // The session has ended; the reader sees it.
              }
            });
    List<byte[]> got = new ArrayList<>();
    try {
      for (byte[] expected : turn.answer()) {
        byte[] message = answer(in);
        got.add(message);
        if (message[0] == 'E' && text(message).contains("FATAL")) {
          throw new EOFException(shown(message) + in(turn, got));
        }
        if (!same(expected, message)) {
          throw new AssertionError(
              "expected " + shown(expected) + ", got " + shown(message) + in(turn, got));
        }
      }
    } finally {
      try {
        writer.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String in(RandomClient.Turn turn, List<byte[]> got) {
    return "\nin "
        + last(turn.answer().subList(0, Math.min(got.size() + 2, turn.answer().size())))
        + "\ngot "
        + last(got)
        + "\nto "
        + HexFormat.of().formatHex(turn.sent())
        + "\n"
        + text(turn.sent()).replaceAll("\\p{Cntrl}+", " ");
  }

  private static List<String> last(List<byte[]> messages) {
    return messages.stream()
        .skip(Math.max(0, messages.size() - 12))
        .map(SimulationTest::shown)
        .toList();
  }

  /** Errors must agree in their SQLSTATE: some Howdah says in its own words. */
  private static boolean same(byte[] expected, byte[] got) {
    if (expected[0] == 'E' && got[0] == 'E') {
      return sqlstate(expected).equals(sqlstate(got));
    }
    return Arrays.equals(expected, got);
  }

  private static String text(byte[] message) {
    return new String(message, StandardCharsets.UTF_8);
  }

  private static String sqlstate(byte[] error) {
    String text = text(error);
    int at = text.indexOf("\0C");
    return text.substring(at + 2, at + 7);
  }

  private static String shown(byte[] message) {
    String text = text(message).replaceAll("\\p{Cntrl}+", " ");
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private static byte[] answer(DataInputStream in) throws IOException {
    byte[] message;
    do {
      message = message(in);
    } while (message[0] == 'N' || message[0] == 'S');
    return message;
  }

  private static byte[] message(DataInputStream in) throws IOException {
    byte type = in.readByte();
    int length = in.readInt();
    byte[] message = new byte[length + 1];
    message[0] = type;
    ByteBuffer.wrap(message).putInt(1, length);
    in.readFully(message, 5, length - 4);
    return message;
  }
}
