package io.howdah.backend.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.ServerSecret;
import io.howdah.error.PgError;
import io.howdah.fuzz.Fuzz;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.NodeId;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever a server says at its login: Howdah is told once that it is in or that it is not, keeps
 * no byte, and never takes a server for good that began SCRAM and can't prove that it knows the
 * password.
 */
class ServerLoginFuzzTest {
  private static final NodeId NODE = new NodeId("main", "db1", 5432);
  private static final ServerSecret[] SECRETS = {
    new ServerSecret.Password("pencil"),
    new ServerSecret.Md5Hash("md5" + "0".repeat(32)),
    new ServerSecret.None(),
  };

  private final SaltedPasswords cache = new SaltedPasswords(4);

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] messages(Random random) {
    Bytes all = Bytes.of();
    for (int i = random.nextInt(8); i >= 0; i--) {
      Bytes next =
          switch (random.nextInt(11)) {
            case 0 -> Bytes.of().auth(0);
            case 1 -> Bytes.of().auth(3);
            case 2 -> Bytes.of().auth(5, new byte[] {1, 2, 3, 4});
            case 3, 4 -> Bytes.of().auth(10, ascii("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"));
            case 5 -> Bytes.of().auth(11, ascii("r=abc,s=c2FsdA==,i=2"));
            case 6 -> Bytes.of().auth(12, ascii("v=AAAA"));
            case 7 -> Bytes.of().parameter("server_version", "18.3");
            case 8 -> Bytes.of().key(7, new byte[] {1, 2, 3, 4});
            case 9 -> Bytes.of().ready();
            default -> Bytes.of().error("28P01", "no");
          };
      all.raw(next.array());
    }
    return Fuzz.damaged(random, all.array());
  }

  private static final class Heard implements LoginListener {
    final List<Object> told = new ArrayList<>();

    @Override
    public void loggedIn(ServerGreeting greeting) {
      told.add(greeting);
      greeting.channel().pipeline().addLast(new ChannelInboundHandlerAdapter());
    }

    @Override
    public void failed(PgError error) {
      told.add(error);
    }
  }

  @Test
  void toldOnceAndNeverMisled() {
    Fuzz.run(ServerLoginFuzzTest::messages, this::login);
  }

  private void login(byte[] bytes, Random more) {
    UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
    LoginRequest request =
        new LoginRequest(
            NODE,
            "shop",
            "alice",
            SECRETS[more.nextInt(SECRETS.length)],
            Map.of(),
            Protocol.VERSION_3_2,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));
    Heard heard = new Heard();
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.config().setAllocator(memory);
    channel
        .pipeline()
        .addLast(new ServerLogin(request, cache, Runnable::run, Telemetry.NONE, heard));
    StringBuilder said = new StringBuilder();
    try {
      for (int at = 0; at < bytes.length && channel.isOpen(); ) {
        int n = more.nextBoolean() ? bytes.length - at : 1 + more.nextInt(bytes.length - at);
        channel.writeInbound(memory.buffer().writeBytes(bytes, at, n));
        channel.runPendingTasks();
        at += n;
      }
      for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
        said.append(b.toString(StandardCharsets.ISO_8859_1));
        b.release();
      }
      channel.checkException();
    } finally {
      channel.close();
      channel.runPendingTasks();
      channel.finishAndReleaseAll();
    }
    assertThat(heard.told).hasSize(1);
    if (said.indexOf("SCRAM-SHA-256") >= 0) {
      assertThat(heard.told.getFirst()).isInstanceOf(PgError.class);
    }
    assertThat(memory.metric().usedHeapMemory()).isZero();
  }
}
