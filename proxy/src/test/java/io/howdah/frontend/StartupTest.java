package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.Protocol;
import io.howdah.wire.StartupMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the first byte to the login, and what a client must not do on the way. */
class StartupTest {
  private final TestDesk desk = new TestDesk(AuthType.TRUST);
  private EmbeddedChannel client = desk.connect();

  @AfterEach
  void close() {
    client.finishAndReleaseAll();
    client.checkException();
    assertThat(desk.faults).isEmpty();
    assertThat(desk.worker.sessions()).as("sessions left").isEmpty();
    assertThat(desk.worker.clients().all()).as("clients counted").isZero();
  }

  private static ByteBuf startup(int version, String... pairs) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      parameters.put(pairs[i], pairs[i + 1]);
    }
    ByteBuf out = Unpooled.buffer();
    StartupMessages.startup(out, version, parameters);
    return out;
  }

  private void sends(String hex) {
    client.writeInbound(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", ""))));
  }

  private ByteBuf heard() {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    return all;
  }

  /** The types of the messages heard; of an error its severity and code, in brackets. */
  private String replies() {
    StringBuilder replies = new StringBuilder();
    ByteBuf in = heard();
    while (in.isReadable()) {
      char type = (char) in.readByte();
      ByteBuf body = in.readSlice(in.readInt() - 4);
      if (type == 'E') {
        ErrorFields fields = ErrorFields.read(body);
        replies.append('[').append(fields.severity()).append(' ').append(fields.code()).append(']');
      } else {
        replies.append(type);
      }
    }
    return replies.toString();
  }

  private void login() {
    client.writeInbound(startup(Protocol.VERSION_3_0, "user", "app", "database", "demo"));
    assertThat(replies()).isEqualTo("RSKZ");
  }

  /** What can't be a start-up packet by its length, and a bad cancel request, are not answered. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          00000000                     | no length
          00000007 000000              | too short a length
          ffffffff                     | a negative length
          80000000                     | the most negative length
          00002715                     | longer than PostgreSQL allows
          474554202f20485454502f312e31 | a browser
          1603010200010001fc0303       | TLS without a word before
          51000000 0d53454c454354203100| a query
          70000000 08 00000000         | a password
          00000008 04d2162e            | a cancel request without anything
          0000000c 04d2162e 00000001   | one without a key
          0000000f 04d2162e 00000001 000000 | one with a key that is too short
          """)
  void garbageIsNotAnswered(String hex, String what) {
    sends(hex);
    assertThat(replies()).as(what).isEmpty();
    assertThat(client.isActive()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0000000a 04d2162f 0000       | an SSLRequest that is too long
          00000009 00030000 75         | a parameter without an end
          0000000e 00030000 7573657200 61 | a value without an end
          0000000d 00030000 7573657200 | a parameter without a value
          0000000b 00030000 00 7878    | something behind the end
          """)
  void garbageIsRefused(String hex, String what) {
    sends(hex);
    assertThat(replies()).as(what).isEqualTo("[FATAL 08P01]");
    assertThat(client.isActive()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0x00010000, 1.0", "0x00020000, 2.0", "0x00000001, 0.1"})
  void theOldestVersionsAreRefusedInTheirOwnFormat(String version, String name) {
    client.writeInbound(startup(Integer.decode(version), "user", "app"));
    assertThat(heard().toString(StandardCharsets.US_ASCII))
        .isEqualTo(
            "EFATAL:  unsupported frontend protocol " + name + ": server supports 3.0 to 3.2\n\0");
    assertThat(client.isActive()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0x00000000, 0A000",
    "0x00040000, 0A000",
    "0x04d20000, 0A000",
    "0x00030000, 28000",
    "0x00030002, 28000",
    "0x00030009, v28000"
  })
  void versionsAndNoUser(String version, String code) {
    client.writeInbound(startup(Integer.decode(version), "database", "demo"));
    boolean negotiated = code.startsWith("v");
    assertThat(replies())
        .isEqualTo((negotiated ? "v" : "") + "[FATAL " + code.substring(negotiated ? 1 : 0) + "]");
    assertThat(client.isActive()).isFalse();
  }

  /** As PostgreSQL 18: 3.1, which never was, is taken without a word and has short keys. */
  @ParameterizedTest
  @CsvSource({
    "1, user, app, RSKZ, 12",
    "1, _pq_.new, 1, vRSKZ, 12",
    "2, _pq_.new, 1, vRSKZ, 40",
    "9999, _pq_.new, 1, vRSKZ, 40",
    "0, user, app, RSKZ, 12",
    "2, user, app, RSKZ, 40",
    "9, user, app, vRSKZ, 40",
    "9, _pq_.new, 1, vRSKZ, 40",
    "0, _pq_.new, 1, vRSKZ, 12",
    "2, database, demo, RSKZ, 40"
  })
  void versionsThatAreSpoken(int minor, String name, String value, String replies, int keyLength) {
    client.writeInbound(
        startup(Protocol.VERSION_3_0 | minor, "user", "app", "database", "demo", name, value));
    ByteBuf said = heard();
    byte[] bytes = ByteBufUtil.getBytes(said);
    StringBuilder types = new StringBuilder();
    for (int at = 0; at < bytes.length; at += 1 + said.getInt(at + 1)) {
      types.append((char) bytes[at]);
      if (bytes[at] == 'K') {
        assertThat(said.getInt(at + 1)).isEqualTo(keyLength);
      }
      if (bytes[at] == 'v') {
        assertThat(said.getInt(at + 5)).isEqualTo(Protocol.VERSION_3_0 | Math.min(minor, 2));
        assertThat(said.getInt(at + 9)).isEqualTo(name.startsWith("_pq_") ? 1 : 0);
      }
    }
    assertThat(types).hasToString(replies);
  }

  @Test
  void encryptionIsDeclinedTwiceAndNoMore() {
    sends("00000008 04d2162f");
    assertThat(heard().toString(StandardCharsets.US_ASCII)).isEqualTo("N");
    sends("00000008 04d21630");
    assertThat(heard().toString(StandardCharsets.US_ASCII)).isEqualTo("N");
    sends("00000008 04d2162f");
    assertThat(replies()).isEqualTo("[FATAL 0A000]");
  }

  /** A request may come in pieces, but nothing with its end: see {@code ProcessStartupPacket}. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000008 04d2162f 00",
        "00000008 04d21630 00000008 04d2162f",
      })
  void nothingComesWithARequestForEncryption(String hex) {
    sends(hex);
    ByteBuf said = heard();
    assertThat(said.readByte()).isEqualTo((byte) 'N');
    assertThat(said.toString(StandardCharsets.UTF_8))
        .startsWith("E")
        .contains("SFATAL", "C08P01", "Mreceived unencrypted data after ");
    assertThat(client.isActive()).isFalse();
  }

  @Test
  void startupAtEveryPacketBoundaryWithARequestBehindIt() {
    ByteBuf all = Unpooled.buffer();
    all.writeBytes(startup(Protocol.VERSION_3_0, "user", "app", "database", "demo"));
    all.writeByte('S').writeInt(4);
    byte[] bytes = ByteBufUtil.getBytes(all);
    for (int i = 0; i <= bytes.length; i++) {
      client.finishAndReleaseAll();
      client = desk.connect();
      sends("00000008 04d2162f");
      client.writeInbound(Unpooled.copiedBuffer(bytes, 0, i));
      client.writeInbound(Unpooled.copiedBuffer(bytes, i, bytes.length - i));
      ByteBuf said = heard();
      assertThat(said.readByte()).isEqualTo((byte) 'N');
      assertThat((char) said.getByte(said.readerIndex())).isEqualTo('R');
      assertThat(ByteBufUtil.hexDump(said))
          .as("two ReadyForQuery")
          .endsWith("5a0000000549".repeat(2));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 32, 256})
  void aCancelRequestIsNeverAnswered(int keyBytes) {
    ByteBuf request = Unpooled.buffer();
    StartupMessages.cancelRequest(request, 12345, new byte[keyBytes]);
    client.writeInbound(request);
    assertThat(heard().readableBytes()).isZero();
    assertThat(client.isActive()).isFalse();
  }

  @Test
  void aCancelKeyThatIsTooLong() {
    ByteBuf request = Unpooled.buffer();
    StartupMessages.cancelRequest(request, 12345, new byte[257]);
    client.writeInbound(request);
    assertThat(replies()).isEmpty();
    assertThat(client.isActive()).isFalse();
  }

  @Test
  void everyMessageTypeWithoutABodyOnceIn() {
    client.finishAndReleaseAll();
    for (int type = 0; type < 256; type++) {
      if ("QPBFDCEHSXdcfp".indexOf(type) < 0) {
        client = desk.connect();
        login();
        client.writeInbound(Unpooled.buffer().writeByte(type).writeInt(4));
        assertThat(replies()).as("type %d", type).isEqualTo("[FATAL 08P01]");
        assertThat(client.isActive()).isFalse();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "7000000004, a password when none was asked for",
    "5100000003, a length that lies",
    "5300002720, a Sync of ten kilobytes",
    "517fffffff, a query of two gigabytes",
    "4500000004, an Execute without a portal"
  })
  void whatAClientMustNotSend(String hex, String what) {
    login();
    EmbeddedChannel server = new EmbeddedChannel();
    desk.attach(client, server, PoolMode.SESSION);
    sends(hex);
    assertThat(replies()).as(what).isEqualTo("[FATAL 08P01]");
    assertThat(client.isActive()).isFalse();
    server.finishAndReleaseAll();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          5100000006 3100                      | a query before the password
          7000000004                           | an empty answer
          7000000009 5343524100                | no length
          7000000010 534352414d00 ffffffff7878 | a length that lies
          7000003000                           | an answer that is too long
          700000000b 4d4435 00 00000000 00     | something behind it
          ff00000004                           | an unknown message
          """)
  void garbageInTheMidstOfAuthentication(String hex, String what) {
    TestDesk strict = new TestDesk(AuthType.SCRAM_SHA_256);
    EmbeddedChannel other = client;
    client = strict.connect();
    client.writeInbound(startup(Protocol.VERSION_3_0, "user", "app", "database", "demo"));
    assertThat(replies()).isEqualTo("R");
    sends(hex);
    assertThat(replies()).as(what).isEqualTo("[FATAL 08P01]");
    assertThat(client.isActive()).isFalse();
    assertThat(strict.worker.clients().all()).isZero();
    other.finishAndReleaseAll();
  }
}
