package io.howdah.backend.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SystemNamesTest {
  private static final int TYPE_A = 1;
  private static final int NAME_ERROR = 3;

  @TempDir private Path dir;
  private final EventLoopGroup loops = Transport.best().newEventLoops(1, "test");
  private final Map<String, String> zone = new ConcurrentHashMap<>();
  private DatagramSocket server;

  @BeforeEach
  void start() throws IOException {
    server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    Files.writeString(dir.resolve("hosts"), "127.0.0.1 here\n127.0.0.7 twice\n127.0.0.8 Twice\n");
    resolv("options ndots:2");
  }

  @AfterEach
  void stop() {
    server.close();
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void resolv(String... more) throws IOException {
    Files.write(
        dir.resolve("resolv.conf"),
        ("nameserver 127.0.0.1\nsearch ns.svc.test svc.test\n" + String.join("\n", more))
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Answers questions for A records from the zone; there is no record of another type. */
  private void serve() {
    byte[] in = new byte[512];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(in, in.length);
        server.receive(packet);
        byte[] answer = answer(Arrays.copyOf(in, packet.getLength()));
        server.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private byte[] answer(byte[] question) throws IOException {
    StringBuilder name = new StringBuilder();
    int at = 12;
    while (question[at] != 0) {
      name.append(new String(question, at + 1, question[at], StandardCharsets.US_ASCII))
          .append('.');
      at += question[at] + 1;
    }
    int end = at + 5;
    String address = zone.get(name.toString());
    boolean found = address != null && question[at + 2] == TYPE_A;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(question, 0, 2);
    out.writeShort(0x8180 | (address == null ? NAME_ERROR : 0));
    out.writeShort(1);
    out.writeShort(found ? 1 : 0);
    out.writeInt(0);
    out.write(question, 12, end - 12);
    if (found) {
      out.writeShort(0xC00C);
      out.writeShort(TYPE_A);
      out.writeShort(1);
      out.writeInt(3600);
      out.writeShort(4);
      out.write(FakeNames.address(address).getAddress());
    }
    return bytes.toByteArray();
  }

  private SystemNames names(Transport transport, EventLoop loop) {
    return new SystemNames(
        loop,
        transport,
        Duration.ofSeconds(10),
        new HostsFile(dir.resolve("hosts")),
        new ResolvConf.File(dir.resolve("resolv.conf"), server.getLocalPort()));
  }

  private static Object find(SystemNames names, EventLoop loop, String host)
      throws InterruptedException {
    BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
    loop.execute(
        () ->
            names.find(
                host,
                found -> answers.add(found.stream().map(InetAddress::getHostAddress).toList()),
                answers::add));
    return answers.take();
  }

  private Object find(String host) throws InterruptedException {
    EventLoop loop = loops.next();
    return find(names(Transport.best(), loop), loop, host);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void byTheNameServers(Transport transport) throws Exception {
    EventLoopGroup group = transport.newEventLoops(1, "other");
    EventLoop loop = group.next();
    zone.put("db.test.", "127.0.0.5");
    assertThat(find(names(transport, loop), loop, "db.test")).isEqualTo(List.of("127.0.0.5"));
    group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** As in a pod: pg-0.pg, pg-0.pg.ns.svc.test and pg-0.pg.ns.svc.test. are the same. */
  @ParameterizedTest
  @CsvSource({
    "pg-0.pg, pg-0.pg.ns.svc.test.",
    "pg-0.pg.ns, pg-0.pg.ns.svc.test.",
    "pg-0.pg.ns.svc.test., pg-0.pg.ns.svc.test.",
    "pg, pg.svc.test."
  })
  void inTheSearchDomains(String asked, String known) throws Exception {
    zone.put(known, "127.0.0.5");
    assertThat(find(asked)).isEqualTo(List.of("127.0.0.5"));
  }

  @Test
  void whatIsNowhereIsUnknown() throws Exception {
    assertThat(find("nowhere")).isEqualTo("The host name \"nowhere\" is unknown.");
  }

  @Test
  void theHostsFileCountsFirstWithAllAddresses() throws Exception {
    zone.put("here.ns.svc.test.", "127.0.0.5");
    assertThat(find("here")).isEqualTo(List.of("127.0.0.1"));
    assertThat(find("TWICE")).isEqualTo(List.of("127.0.0.7", "127.0.0.8"));
  }

  @Test
  void aNameServerThatDoesNotAnswerIsTold() throws Exception {
    int port = server.getLocalPort();
    server.close();
    EventLoop loop = loops.next();
    SystemNames names =
        new SystemNames(
            loop,
            Transport.best(),
            Duration.ofMillis(50),
            new HostsFile(dir.resolve("hosts")),
            new ResolvConf.File(dir.resolve("resolv.conf"), port));
    assertThat((String) find(names, loop, "db")).contains("could not be looked up");
  }

  @Test
  void filesThatChangeAreReadAnew() throws Exception {
    EventLoop loop = loops.next();
    SystemNames names = names(Transport.best(), loop);
    zone.put("db.other.test.", "127.0.0.5");
    assertThat((String) find(names, loop, "db")).contains("unknown");
    Files.writeString(
        dir.resolve("resolv.conf"), "nameserver 127.0.0.1\nsearch other.test\n# longer\n");
    assertThat(find(names, loop, "db")).isEqualTo(List.of("127.0.0.5"));
    Files.writeString(dir.resolve("hosts"), "127.0.0.9 db\n");
    assertThat(find(names, loop, "db")).isEqualTo(List.of("127.0.0.9"));
    Files.delete(dir.resolve("hosts"));
    assertThat(find(names, loop, "db")).isEqualTo(List.of("127.0.0.5"));
  }

  @Test
  void readsWhatResolvConfSays() {
    ResolvConf conf =
        ResolvConf.of(
            List.of(
                "# a comment",
                "nameserver 127.0.0.1",
                "nameserver ::1",
                "domain first.test",
                "search a.test b.test.",
                "options rotate ndots:5 timeout:1",
                "options ndots:x",
                ""),
            53);
    assertThat(conf.servers()).hasSize(2).allMatch(each -> each.getPort() == 53);
    assertThat(conf.search()).containsExactly("a.test", "b.test");
    assertThat(conf.ndots()).isEqualTo(5);
    assertThat(ResolvConf.of(List.of(), 53).servers()).hasSize(1);
    assertThat(ResolvConf.of(List.of(), 53).ndots()).isEqualTo(1);
  }
}
