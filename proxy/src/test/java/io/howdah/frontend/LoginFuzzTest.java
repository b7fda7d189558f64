package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.Credential;
import io.howdah.auth.ScramVerifier;
import io.howdah.auth.Users;
import io.howdah.config.AuthType;
import io.howdah.fuzz.Fuzz;
import io.howdah.wire.Protocol;
import io.howdah.wire.StartupMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whoever does not know the password never gets in, whatever is said in place of it. */
class LoginFuzzTest {
  private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final String AUTHENTICATION_OK = "520000000800000000";
  private static final String[] FIRST = {
    "n,,n=,r=abcdefghij",
    "n,,n=app,r=abc",
    "y,,n=*,r=x",
    "p=tls-server-end-point,,n=,r=a",
    "n,,",
    ""
  };
  private static final String[] LAST = {
    "c=biws,r=abcdefghij,p=" + "A".repeat(43) + "=",
    "c=biws,r=,p=AAAA",
    "c=eSws,r=abc,p=",
    "c=biws",
    "",
    "\0",
  };

  private static void password(ByteBuf out, byte[] body) {
    out.writeByte('p').writeInt(body.length + 4).writeBytes(body);
  }

  private static byte[] initial(Random random) {
    byte[] data = FIRST[random.nextInt(FIRST.length)].getBytes(StandardCharsets.US_ASCII);
    ByteBuf body = Unpooled.buffer();
    body.writeCharSequence(
        random.nextInt(8) == 0 ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256", StandardCharsets.US_ASCII);
    body.writeByte(0).writeInt(random.nextInt(8) == 0 ? -1 : data.length).writeBytes(data);
    return ByteBufUtil.getBytes(body);
  }

  private static byte[] messages(Random random) {
    ByteBuf out = Unpooled.buffer();
    password(out, initial(random));
    for (int i = random.nextInt(3); i >= 0; i--) {
      password(out, LAST[random.nextInt(LAST.length)].getBytes(StandardCharsets.US_ASCII));
    }
    return Fuzz.damaged(random, ByteBufUtil.getBytes(out));
  }

  @Test
  void nobodyGetsInWithoutThePassword() {
    TestDesk desk = new TestDesk(AuthType.SCRAM_SHA_256);
    Credential secret = new Credential.Verifier(ScramVerifier.derive("pencil", SALT, 2));
    desk.fleet.reload(desk.fleet.config(), new Users(Map.of("app", secret), List.of()));
    Fuzz.run(
        LoginFuzzTest::messages,
        (bytes, more) -> {
          EmbeddedChannel client = desk.connect();
          ByteBuf said = Unpooled.buffer();
          try {
            ByteBuf start = client.alloc().buffer();
            StartupMessages.startup(
                start,
                Protocol.VERSION_3_0,
                Map.of("user", more.nextInt(5) == 0 ? "nobody" : "app", "database", "demo"));
            client.writeInbound(start);
            for (int at = 0; at < bytes.length && client.isOpen(); ) {
              int n = more.nextBoolean() ? bytes.length - at : 1 + more.nextInt(bytes.length - at);
              client.writeInbound(Unpooled.copiedBuffer(bytes, at, n));
              client.runPendingTasks();
              at += n;
            }
            for (ByteBuf b = client.readOutbound(); b != null; b = client.readOutbound()) {
              said.writeBytes(b);
              b.release();
            }
            client.checkException();
            assertThat(ByteBufUtil.hexDump(said)).doesNotContain(AUTHENTICATION_OK);
            assertThat(desk.faults).isEmpty();
            // It is still asked for more, or was refused: never left without a word.
            assertThat(said.isReadable()).isTrue();
          } finally {
            said.release();
            client.finishAndReleaseAll();
          }
          assertThat(desk.worker.sessions()).isEmpty();
          assertThat(desk.worker.clients().all()).isZero();
        });
  }
}
