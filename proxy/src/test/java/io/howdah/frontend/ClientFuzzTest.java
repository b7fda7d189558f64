package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.frontend.cancel.Cancellations;
import io.howdah.fuzz.Fuzz;
import io.howdah.wire.StartupMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Bytes that a client or a server may send, damaged at random, in pieces of random sizes: a session
 * answers, or ends; it never throws and reports no fault of its own. See {@link Fuzz}.
 */
class ClientFuzzTest {
  private static final String[] TEXTS = {
    "",
    "SELECT 1",
    "BEGIN",
    "COMMIT",
    "SET a.b = 'c'",
    "COPY t FROM STDIN",
    "DISCARD ALL",
    "'",
    "$x$",
    "/* /*",
    "SELECT set_config('a','b',false)",
    "PREPARE p AS SELECT 1",
    "\u00e9\u4e16\u754c",
    "U&\"\\"
  };

  private static void feed(EmbeddedChannel channel, byte[] bytes, Random pieces) {
    for (int at = 0; at < bytes.length && channel.isOpen(); ) {
      int n = pieces.nextInt(4) == 0 ? bytes.length - at : 1 + pieces.nextInt(bytes.length - at);
      channel.writeInbound(Unpooled.copiedBuffer(bytes, at, n));
      channel.runPendingTasks();
      at += n;
    }
    channel.releaseOutbound();
  }

  @Test
  void whateverAClientSaysFirst() {
    TestDesk desk = new TestDesk(AuthType.SCRAM_SHA_256);
    Fuzz.run(
        ClientFuzzTest::startup,
        (bytes, pieces) -> {
          desk.faults.clear();
          EmbeddedChannel client = desk.connect();
          try {
            feed(client, bytes, pieces);
            client.checkException();
            assertThat(desk.faults).isEmpty();
          } finally {
            client.finishAndReleaseAll();
          }
          assertThat(desk.worker.sessions()).isEmpty();
          assertThat(desk.worker.clients().all()).isZero();
        });
  }

  @Test
  void whateverAClientAndItsServerSayThen() {
    TestDesk desk = new TestDesk(AuthType.TRUST);
    Fuzz.run(
        random -> Fuzz.damaged(random, random.nextBoolean() ? requests(random) : replies(random)),
        (bytes, pieces) -> {
          desk.faults.clear();
          EmbeddedChannel client = desk.connect();
          EmbeddedChannel server = new EmbeddedChannel();
          try {
            desk.attach(client, server, PoolMode.values()[pieces.nextInt(3)]);
            client.writeInbound(
                Unpooled.copiedBuffer(message('Q', "BEGIN\0".getBytes(StandardCharsets.US_ASCII))));
            if (pieces.nextBoolean()) {
              feed(client, bytes, pieces);
            } else {
              feed(server, bytes, pieces);
            }
            server.checkException();
            server.finishAndReleaseAll();
            client.checkException();
          } finally {
            client.finishAndReleaseAll();
            server.finishAndReleaseAll();
          }
          desk.faults.removeIf(ClientFuzzTest::isOfCancel);
          assertThat(desk.faults).isEmpty();
        });
  }

  /** A session that ends has its server's request cancelled, and here no server takes that. */
  private static boolean isOfCancel(Throwable fault) {
    return Arrays.stream(fault.getStackTrace())
        .anyMatch(each -> each.getClassName().equals(Cancellations.class.getName()));
  }

  private static byte[] startup(Random random) {
    if (random.nextInt(5) == 0) {
      byte[] noise = new byte[random.nextInt(200)];
      random.nextBytes(noise);
      return noise;
    }
    ByteBuf out = Unpooled.buffer();
    Map<String, String> parameters =
        Map.of(
            "user",
            "app",
            "database",
            "demo",
            "options",
            "-c a.b=" + text(random) + " --x\\ y=z",
            "application_name",
            text(random));
    StartupMessages.startup(out, (3 << 16) | random.nextInt(4), parameters);
    byte[] all = join(List.of(ByteBufUtil.getBytes(out), requests(random)));
    return Fuzz.damaged(random, all);
  }

  private static String text(Random random) {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  private static byte[] join(List<byte[]> parts) {
    ByteBuf all = Unpooled.buffer();
    parts.forEach(all::writeBytes);
    return ByteBufUtil.getBytes(all);
  }

  private static byte[] message(char type, byte[] body) {
    return ByteBuffer.allocate(body.length + 5)
        .put((byte) type)
        .putInt(body.length + 4)
        .put(body)
        .array();
  }

  private static byte[] requests(Random random) {
    List<byte[]> all = new ArrayList<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      String name = random.nextBoolean() ? "" : "s";
      String body =
          switch (random.nextInt(8)) {
            case 0 -> "P" + name + "\0" + text(random) + "\0\0\0";
            case 1 -> "B\0" + name + "\0\0\0\0\0\0\0";
            case 2 -> "DS" + name + "\0";
            case 3 -> "E\0\0\0\0\0";
            case 4 -> "S";
            case 5 -> "CS" + name + "\0";
            case 6 -> "d" + text(random);
            default -> "Q" + text(random) + "\0";
          };
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      all.add(message((char) bytes[0], Arrays.copyOfRange(bytes, 1, bytes.length)));
    }
    return join(all);
  }

  private static byte[] replies(Random random) {
    List<byte[]> all = new ArrayList<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      String body =
          switch (random.nextInt(8)) {
            case 0 -> "CBEGIN\0";
            case 1 -> "ZT";
            case 2 -> "ESERROR\0VERROR\0C22012\0M" + text(random) + "\0\0";
            case 3 -> "Sclient_encoding\0" + text(random) + "\0";
            case 4 -> "T\0\1c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
            case 5 -> "D\0\1\0\0\0\1x";
            case 6 -> "A\0\0\0\1ch\0" + text(random) + "\0";
            default -> "ESFATAL\0VFATAL\0C57P01\0Mover\0\0";
          };
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      all.add(message((char) bytes[0], Arrays.copyOfRange(bytes, 1, bytes.length)));
    }
    return join(all);
  }
}
