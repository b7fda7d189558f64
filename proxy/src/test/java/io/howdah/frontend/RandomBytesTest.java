package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.wire.Protocol;
import io.howdah.wire.StartupMessages;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Clients and servers that send whatever they like. */
class RandomBytesTest {
  @Test
  void randomBytesNeverEscapeASession() {
    for (int round = 0; round < 1500; round++) {
      Random random = new Random(round);
      TestDesk own = new TestDesk(AuthType.TRUST);
      EmbeddedChannel client = own.connect();
      EmbeddedChannel server = new EmbeddedChannel();
      boolean in = random.nextInt(4) > 0;
      if (in) {
        login(client);
        if (random.nextBoolean()) {
          own.attach(client, server, PoolMode.SESSION);
        } else {
          own.attach(client, server, PoolMode.TRANSACTION).pin("a test");
        }
      }
      for (int i = 0; i < 10 && client.isActive(); i++) {
        client.writeInbound(Unpooled.wrappedBuffer(noise(random, "QPBEDCSHFdcfp")));
        if (in && server.isActive() && random.nextInt(3) == 0) {
          server.writeInbound(Unpooled.wrappedBuffer(noise(random, "TDCZEINSA123GHdcstn")));
        }
      }
      client.finishAndReleaseAll();
      client.checkException();
      server.finishAndReleaseAll();
      server.checkException();
      assertThat(own.faults).as("round %d", round).isEmpty();
    }
  }

  /** Some messages, well framed more often than not, of a few bytes that look like names. */
  private static byte[] noise(Random random, String types) {
    ByteBuf out = Unpooled.buffer();
    for (int n = random.nextInt(5); n >= 0; n--) {
      int length = random.nextInt(12);
      out.writeByte(
          random.nextInt(30) == 0
              ? random.nextInt(256)
              : types.charAt(random.nextInt(types.length())));
      out.writeInt(random.nextInt(30) == 0 ? random.nextInt() : length + 4);
      for (int i = 0; i < length; i++) {
        out.writeByte("\0\0SPab1I".charAt(random.nextInt(8)));
      }
    }
    return ByteBufUtil.getBytes(out);
  }

  private static void login(EmbeddedChannel client) {
    ByteBuf startup = Unpooled.buffer();
    StartupMessages.startup(
        startup, Protocol.VERSION_3_0, Map.of("user", "app", "database", "demo"));
    client.writeInbound(startup);
    ByteBuf heard = Unpooled.buffer();
    for (ByteBuf part = client.readOutbound(); part != null; part = client.readOutbound()) {
      heard.writeBytes(part);
      part.release();
    }
    assertThat(ByteBufUtil.hexDump(heard)).as("ReadyForQuery").endsWith("5a0000000549");
  }
}
