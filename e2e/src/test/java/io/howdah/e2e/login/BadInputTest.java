package io.howdah.e2e.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clients that do not keep to the protocol: a clear error or a quiet end, and nobody else feels it.
 */
class BadInputTest {
  private Howdah howdah;
  private Wire other;

  /** Bytes that are no protocol, with a name for reports. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Bytes(String name, byte[] content) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] typed(char type, int length, String body) {
    byte[] rest = ascii(body);
    return ByteBuffer.allocate(5 + rest.length).put((byte) type).putInt(length).put(rest).array();
  }

  @BeforeEach
  void start() throws IOException {
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start();
    other = howdah.wire();
    other.query("BEGIN");
  }

  @AfterEach
  void othersAreUnaffected() throws IOException {
    assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
    assertThat(other.query("COMMIT").getLast().body()).containsExactly('I');
    other.close();
    ServerSessions.awaitIdle();
    howdah.close();
  }

  static List<Bytes> startUps() {
    byte[] noise = new byte[5000];
    new Random(7).nextBytes(noise);
    byte[] user = Send.startup(Map.of("user", "app"));
    byte[] unended = user.clone();
    unended[unended.length - 1] = 'x';
    return List.of(
        new Bytes("HTTP", ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")),
        new Bytes("noise", noise),
        new Bytes("zeros", new byte[100]),
        new Bytes("a length of 4", ByteBuffer.allocate(4).putInt(4).array()),
        new Bytes("a negative length", ByteBuffer.allocate(8).putInt(-1).putInt(196608).array()),
        new Bytes(
            "an oversized packet", ByteBuffer.allocate(8).putInt(10_005).putInt(196608).array()),
        new Bytes("2 GB", ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).putInt(196608).array()),
        new Bytes("protocol 2", ByteBuffer.allocate(8).putInt(8).putInt(131072).array()),
        new Bytes("no user", Send.startup(Map.of("database", "app"))),
        new Bytes("no end", unended),
        new Bytes("a query at once", Send.query("SELECT 1")),
        new Bytes(
            "a cancel of the wrong size",
            ByteBuffer.allocate(8).putInt(8).putInt(80877102).array()),
        new Bytes("a query before authentication", join(user, Send.query("SELECT 1"))),
        new Bytes(
            "a lie within authentication", join(user, typed('p', Integer.MAX_VALUE, "SCRAM"))),
        new Bytes("no SASL", join(user, typed('p', 9, "abcde"))));
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  @ParameterizedTest
  @MethodSource("startUps")
  void beforeTheLogin(Bytes bytes) throws IOException {
    try (Wire wire = Wire.open(howdah.address())) {
      wire.send(bytes.content());
      List<Message> replies = wire.toEnd();
      if (!replies.isEmpty() && replies.getLast().type() == 'E') {
        assertThat(replies.getLast().field('V')).isEqualTo("FATAL");
        assertThat(replies.getLast().sqlstate()).isIn("08P01", "0A000", "28000", "28P01");
      }
      assertThat(replies).noneMatch(each -> each.type() == 'Z');
    }
  }

  static List<Bytes> requests() {
    byte[] noise = new byte[5000];
    new Random(8).nextBytes(noise);
    noise[0] = (byte) 0xFE;
    return List.of(
        new Bytes("noise", noise),
        new Bytes("an unknown type", typed('z', 4, "")),
        new Bytes("a server's type", typed('T', 6, "\0\0")),
        new Bytes("a length of 3", typed('Q', 3, "")),
        new Bytes("a negative length", typed('Q', -5, "")),
        new Bytes("2 GB of query", typed('Q', Integer.MAX_VALUE, "SELECT 1")),
        new Bytes("2 GB of Sync", typed('S', Integer.MAX_VALUE, "")),
        new Bytes("a query without end", typed('Q', 12, "SELECT 1")),
        new Bytes("a Parse without end", typed('P', 9, "abcde")),
        new Bytes("a Bind without end", typed('B', 9, "abcde")),
        new Bytes("a Describe of nothing", typed('D', 4, "")),
        new Bytes("a Describe of what", typed('D', 6, "X\0")),
        new Bytes("a Close of what", typed('C', 6, "X\0")),
        new Bytes("an Execute that is short", typed('E', 5, "\0")),
        new Bytes("a function call that is short", typed('F', 5, "\0")),
        new Bytes("a password", typed('p', 9, "abcde")),
        new Bytes("a Sync with a body", typed('S', 9, "abcde")));
  }

  /**
   * What PostgreSQL itself would call a violation ends the session or is an error of the server.
   */
  @ParameterizedTest
  @MethodSource("requests")
  void afterTheLogin(Bytes bytes) throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(bytes.content(), Send.sync());
      List<Message> replies = wire.readyOrEnd();
      assertThat(replies.stream().filter(each -> each.type() == 'E').map(Message::sqlstate))
          .isNotEmpty()
          .allMatch(code -> List.of("08P01", "0A000", "42601", "42P01", "26000").contains(code));
    }
  }

  /** The server answers a Flush only then, and skips what comes before the next Sync. */
  @Test
  void aFlushWithABody() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      wire.query("SELECT 1");
      wire.send(Send.message('H', new byte[] {'x'}), Send.query("SELECT 'void'"), Send.sync());
      List<Message> replies = wire.ready();
      assertThat(replies).extracting(Message::type).containsExactly('E', 'Z');
      assertThat(replies.getFirst().sqlstate()).isEqualTo("08P01");
      assertThat(replies.getLast().body()).containsExactly('E');
      assertThat(wire.query("ROLLBACK").getLast().body()).containsExactly('I');
      assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
    }
  }

  @Test
  void garbageInTheMiddleOfATransaction() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.query("BEGIN");
      wire.query("CREATE TABLE half_done (id int)");
      wire.send(typed('z', 4, ""));
      assertThat(wire.toEnd().getLast().sqlstate()).isEqualTo("08P01");
    }
    assertThat(other.value("SELECT to_regclass('half_done') IS NULL")).isEqualTo("t");
  }

  @Test
  void garbageInTheMiddleOfCopy() throws IOException {
    try (Wire wire = howdah.wire()) {
      wire.send(Send.query("CREATE TEMP TABLE c (id int); COPY c FROM STDIN"));
      wire.until('G');
      wire.send(Send.copyData("1\n"), typed('Q', 3, ""));
      assertThat(wire.toEnd().getLast().sqlstate()).isEqualTo("08P01");
    }
  }

  @Test
  void silentClientsTakeNothingAway() throws IOException {
    Wire[] silent = new Wire[200];
    for (int i = 0; i < silent.length; i++) {
      silent[i] = Wire.open(howdah.address());
    }
    try (Wire wire = howdah.wire()) {
      assertThat(wire.value("SELECT 'fine'")).isEqualTo("fine");
    }
    for (Wire each : silent) {
      each.close();
    }
  }

  /** A start-up and a query that come byte by byte. */
  @Test
  void aSlowWriter() throws IOException {
    try (Wire wire = howdah.wire()) {
      for (byte each : Send.query("SELECT 'slow', txid_current() IS NULL")) {
        wire.send(new byte[] {each});
      }
      assertThat(wire.ready()).extracting(Message::type).containsExactly('T', 'D', 'C', 'Z');
      byte[] batch =
          join(
              join(Send.parse("slow", "SELECT $1"), Send.bind("", "slow", "x")),
              join(Send.execute("", 0), Send.sync()));
      for (byte each : batch) {
        wire.send(new byte[] {each});
      }
      assertThat(wire.ready()).extracting(Message::type).containsExactly('1', '2', 'D', 'C', 'Z');
    }
    assertThat(Servers.shared().replicas()).isNotEmpty();
  }
}
