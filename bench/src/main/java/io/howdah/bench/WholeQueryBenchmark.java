package io.howdah.bench;

import io.howdah.Proxy;
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
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.lab.Postgres;
import io.howdah.telemetry.Telemetry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A query through the whole proxy in this JVM, to a real server in another process and back. The
 * time is mostly the kernel's and the server's; what counts is the allocation ({@code -prof gc}),
 * which is all the proxy's own: the client here allocates nothing for a query.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
@Warmup(iterations = 5, time = 3)
@Measurement(iterations = 5, time = 3)
public class WholeQueryBenchmark {
  private static final int PROTOCOL_3_0 = 3 << 16;
  private static final int READY_BYTES = 6;

  private final ByteBuffer in = ByteBuffer.allocateDirect(16 << 10);
  private final ByteBuffer simple = simple();
  private final ByteBuffer extended = extended();
  private Cluster cluster;
  private Proxy proxy;
  private SocketChannel client;

  /** Starts server, proxy and client. */
  @Setup
  public void start() throws IOException {
    cluster = Cluster.start(ClusterSpec.ofReplicas(0));
    cluster.createRole(Bench.USER, Bench.PASSWORD);
    proxy = Proxy.start(config(cluster.primary()), Telemetry.NONE);
    client = SocketChannel.open(new InetSocketAddress("127.0.0.1", proxy.address().getPort()));
    byte[] who =
        ("user\0" + Bench.USER + "\0database\0postgres\0\0").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer startup = ByteBuffer.allocate(8 + who.length);
    startup.putInt(8 + who.length).putInt(PROTOCOL_3_0).put(who).flip();
    roundTrip(startup);
  }

  private static ProxyConfig config(Postgres primary) {
    ProbeConfig probe =
        new ProbeConfig(
            Bench.USER, Bench.PASSWORD, "postgres", Duration.ofSeconds(1), Duration.ofSeconds(2));
    DatabaseConfig asBench =
        DatabaseConfig.of("postgres", "main")
            .with(
                d -> {
                  d.serverUser = Optional.of(Bench.USER);
                  d.serverPassword = Optional.of(Bench.PASSWORD);
                });
    return new ProxyConfig(
        1,
        new ListenerConfig(new HostPort("127.0.0.1", 0), 16),
        Map.of(
            "main",
            new ClusterConfig(
                "main", List.of(new HostPort(primary.host(), primary.port())), probe)),
        Map.of("postgres", asBench),
        Map.of(),
        new AuthConfig(AuthType.TRUST, Optional.empty(), Set.of(), Set.of()),
        ClientConfig.DEFAULT,
        PoolConfig.DEFAULT,
        TimeoutConfig.DEFAULT,
        RoutingConfig.DEFAULT,
        DnsConfig.DEFAULT);
  }

  private static ByteBuffer simple() {
    ByteBuffer out = ByteBuffer.allocateDirect(64);
    message(out, 'Q', "SELECT 1\0");
    return out.flip();
  }

  private static ByteBuffer extended() {
    ByteBuffer out = ByteBuffer.allocateDirect(128);
    message(out, 'P', "\0SELECT 1\0\0\0");
    message(out, 'B', "\0\0\0\0\0\0\0\0");
    message(out, 'D', "P\0");
    message(out, 'E', "\0\0\0\0\0");
    message(out, 'S', "");
    return out.flip();
  }

  private static void message(ByteBuffer out, char type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
    out.put((byte) type).putInt(4 + bytes.length).put(bytes);
  }

  /** A simple query. */
  @Benchmark
  public int simpleQuery() throws IOException {
    return roundTrip(simple.rewind());
  }

  /** Parse, Bind, Describe, Execute and Sync in one write. */
  @Benchmark
  public int extendedQuery() throws IOException {
    return roundTrip(extended.rewind());
  }

  /** Every reply here is short and ends in ReadyForQuery, idle. */
  private int roundTrip(ByteBuffer request) throws IOException {
    while (request.hasRemaining()) {
      client.write(request);
    }
    in.clear();
    while (!endsReady()) {
      if (client.read(in) < 0) {
        throw new IOException("closed by the proxy");
      }
    }
    return in.position();
  }

  private boolean endsReady() {
    int end = in.position();
    return end >= READY_BYTES
        && in.get(end - READY_BYTES) == 'Z'
        && in.getInt(end - READY_BYTES + 1) == 5
        && in.get(end - 1) == 'I';
  }

  /** Stops everything. */
  @TearDown
  public void stop() throws IOException {
    client.close();
    proxy.close();
    cluster.close();
  }
}
