package io.howdah.backend.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.SaltedPasswords;
import io.howdah.auth.ScramServer;
import io.howdah.auth.ScramVerifier;
import io.howdah.auth.ServerSecret;
import io.howdah.error.PgError;
import io.howdah.telemetry.Telemetry;
import io.howdah.topology.NodeId;
import io.howdah.wire.CString;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/** A login at a server that says what the test has it say. */
final class LoginScene {
  static final ScramVerifier VERIFIER =
      ScramVerifier.derive("pencil", "0123456789abcdef".getBytes(StandardCharsets.UTF_8), 2);
  static final NodeId NODE = new NodeId("main", "db1", 5432);
  static final byte[] KEY = {1, 2, 3, 4};
  final SaltedPasswords cache = new SaltedPasswords(4);
  final List<ServerGreeting> greetings = new ArrayList<>();
  final List<PgError> failures = new ArrayList<>();
  final List<String> leftOver = new ArrayList<>();
  Executor workers = Runnable::run;
  final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
  EmbeddedChannel channel;

  void open(ServerSecret secret) {
    LoginRequest request =
        new LoginRequest(
            NODE,
            "shop",
            "alice",
            secret,
            Map.of("application_name", "test", "user", "mallory"),
            Protocol.VERSION_3_2,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5));
    if (channel != null) {
      channel.finishAndReleaseAll();
    }
    channel = new EmbeddedChannel();
    channel.config().setAllocator(memory);
    channel
        .pipeline()
        .addLast(new ServerLogin(request, cache, workers, Telemetry.NONE, new Heard()));
  }

  final class Heard implements LoginListener {
    @Override
    public void loggedIn(ServerGreeting greeting) {
      greetings.add(greeting);
      greeting.channel().pipeline().addLast(new Collector());
    }

    @Override
    public void failed(PgError error) {
      failures.add(error);
    }
  }

  final class Collector extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      leftOver.add(bytes.toString(StandardCharsets.UTF_8));
      bytes.release();
    }
  }

  void send(Bytes bytes) {
    channel.writeInbound(memory.buffer().writeBytes(bytes.array()));
    channel.runPendingTasks();
  }

  static ServerSecret secret(String password) {
    return new ServerSecret.Password(password);
  }

  static Bytes offer() {
    return Bytes.of().auth(10, "SCRAM-SHA-256\0\0".getBytes(StandardCharsets.UTF_8));
  }

  byte[] serverFirst(ScramServer server) {
    ByteBuf message = channel.readOutbound();
    message.skipBytes(5);
    String mechanism = CString.read(message);
    byte[] data = new byte[message.readInt()];
    message.readBytes(data);
    message.release();
    return ((ScramServer.Challenge) server.first(mechanism, data)).serverFirst();
  }

  void welcome() {
    send(Bytes.of().auth(0).parameter("server_version", "18.3").key(7, KEY).ready());
  }

  String passwordSent() {
    ByteBuf message = channel.readOutbound();
    assertThat(message.readByte()).isEqualTo((byte) 'p');
    assertThat(message.readInt()).isEqualTo(message.readableBytes() + 4);
    String text = message.toString(StandardCharsets.UTF_8);
    message.release();
    return text;
  }

  void discardOutbound() {
    for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
      b.release();
    }
  }

  void assertGreeted() {
    assertThat(failures).isEmpty();
    assertThat(greetings).hasSize(1);
    ServerGreeting greeting = greetings.getFirst();
    assertThat(greeting.parameters()).containsExactly(Map.entry("server_version", "18.3"));
    assertThat(greeting.processId()).isEqualTo(7);
    assertThat(greeting.secretKey()).isEqualTo(KEY);
    assertThat(channel.pipeline().get(ServerLogin.class)).isNull();
    assertThat(channel.isOpen()).isTrue();
  }

  PgError failure() {
    assertThat(greetings).isEmpty();
    assertThat(failures).hasSize(1);
    assertThat(channel.isOpen()).isFalse();
    return failures.getFirst();
  }

  /** To be called when a test is over. */
  void nothingStaysBehind() {
    if (channel != null) {
      channel.finishAndReleaseAll();
    }
    assertThat(memory.metric().usedHeapMemory()).as("bytes leaked").isZero();
    assertThat(greetings.size() + failures.size()).as("callbacks").isLessThanOrEqualTo(1);
  }
}
