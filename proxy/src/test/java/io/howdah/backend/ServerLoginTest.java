package io.howdah.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.Md5Password;
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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerLoginTest {
  private static final NodeId NODE = new NodeId("main", "db1", 5432);
  private static final ScramVerifier VERIFIER =
      ScramVerifier.derive("pencil", "0123456789abcdef".getBytes(StandardCharsets.UTF_8), 2);
  private static final byte[] KEY = {1, 2, 3, 4};

  private final SaltedPasswords cache = new SaltedPasswords(4);
  private final List<ServerGreeting> greetings = new ArrayList<>();
  private final List<PgError> failures = new ArrayList<>();
  private final List<String> leftOver = new ArrayList<>();
  private Executor workers = Runnable::run;
  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
  private EmbeddedChannel channel;

  @AfterEach
  void nothingStaysBehind() {
    if (channel != null) {
      channel.finishAndReleaseAll();
    }
    assertThat(memory.metric().usedHeapMemory()).as("bytes leaked").isZero();
    assertThat(greetings.size() + failures.size()).as("callbacks").isLessThanOrEqualTo(1);
  }

  @Test
  void startsWithTheStartupPacket() {
    open(secret("pencil"));
    ByteBuf packet = channel.readOutbound();
    assertThat(packet.readInt()).isEqualTo(packet.readableBytes() + 4);
    assertThat(packet.readInt()).isEqualTo(Protocol.VERSION_3_2);
    List<String> words = new ArrayList<>();
    while (packet.readableBytes() > 1) {
      words.add(CString.read(packet));
    }
    assertThat(words)
        .containsExactly("user", "alice", "database", "shop", "application_name", "test");
    packet.release();
  }

  @Test
  void trust() {
    open(new ServerSecret.None());
    send(Bytes.of().auth(0).parameter("server_version", "18.3").key(7, KEY).ready());
    assertGreeted();
    assertThat(greetings.getFirst().protocolVersion()).isEqualTo(Protocol.VERSION_3_2);
  }

  @Test
  void cleartext() {
    open(secret("pencil"));
    discardOutbound();
    send(Bytes.of().auth(3));
    assertThat(passwordSent()).isEqualTo("pencil\0");
    welcome();
    assertGreeted();
  }

  @Test
  void md5WithPasswordOrHash() {
    for (ServerSecret secret :
        List.of(secret("pencil"), new ServerSecret.Md5Hash(Md5Password.hash("pencil", "alice")))) {
      greetings.clear();
      open(secret);
      discardOutbound();
      send(Bytes.of().auth(5, KEY));
      assertThat(passwordSent())
          .isEqualTo(Md5Password.answer(Md5Password.hash("pencil", "alice"), KEY) + "\0");
      welcome();
      assertGreeted();
    }
  }

  @Test
  void scramAtEveryPacketBoundary() {
    int longest = scram(Integer.MAX_VALUE);
    for (int split = 0; split < longest; split++) {
      scram(split);
    }
  }

  /** Logs in with every burst of the server cut in two; returns the longest burst's length. */
  private int scram(int split) {
    greetings.clear();
    open(secret("pencil"));
    discardOutbound();
    ScramServer server = ScramServer.of("alice", VERIFIER, null);
    Bytes offer =
        Bytes.of()
            .auth(10, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0".getBytes(StandardCharsets.UTF_8));
    int longest = sendSplit(offer, split);
    longest = Math.max(longest, sendSplit(Bytes.of().auth(11, serverFirst(server)), split));
    longest = Math.max(longest, sendSplit(afterProof(server), split));
    assertGreeted();
    channel.finishAndReleaseAll();
    return longest;
  }

  @Test
  void byteByByte() {
    open(secret("pencil"));
    byte[] all =
        Bytes.of()
            .auth(0)
            .message('N', Bytes.of().string("Mhello").raw((byte) 0))
            .parameter("server_version", "18.3")
            .key(7, KEY)
            .ready()
            .array();
    for (byte b : all) {
      channel.writeInbound(memory.buffer().writeBytes(new byte[] {b}));
    }
    assertGreeted();
  }

  @Test
  void whatFollowsReadyGoesToTheNextHandler() {
    open(new ServerSecret.None());
    send(Bytes.of().auth(0).parameter("server_version", "18.3").key(7, KEY).ready().text("more"));
    assertGreeted();
    assertThat(leftOver).containsExactly("more");
    send(Bytes.of().text("and more"));
    assertThat(leftOver).containsExactly("more", "and more");
  }

  @Test
  void lowerMinorVersionIsAccepted() {
    open(new ServerSecret.None());
    send(Bytes.of().message('v', Bytes.of().int32(Protocol.VERSION_3_0).int32(0)).auth(0));
    send(Bytes.of().parameter("server_version", "18.3").key(7, KEY).ready());
    assertGreeted();
    assertThat(greetings.getFirst().protocolVersion()).isEqualTo(Protocol.VERSION_3_0);
  }

  @Test
  void longKeysAreTakenAndAbsentOnesToo() {
    open(new ServerSecret.None());
    send(Bytes.of().auth(0).key(7, new byte[256]).ready());
    assertThat(greetings.getFirst().secretKey()).hasSize(256);
    greetings.clear();
    open(new ServerSecret.None());
    send(Bytes.of().auth(0).ready());
    assertThat(greetings.getFirst().processId()).isZero();
  }

  @Test
  void serversErrorIsKept() {
    open(secret("pencil"));
    send(Bytes.of().error("28P01", "password authentication failed for user \"alice\""));
    assertThat(failure())
        .isEqualTo(
            new PgError.ServerLoginRefused(
                "db1:5432", "28P01", "password authentication failed for user \"alice\""));
  }

  @Test
  void violations() {
    assertViolation(Bytes.of().auth(0).auth(0), "AuthenticationOk came twice");
    assertViolation(Bytes.of().auth(0).auth(3), "came out of turn");
    assertViolation(Bytes.of().auth(11), "AuthenticationSASLContinue came out of turn");
    assertViolation(Bytes.of().auth(12), "AuthenticationSASLFinal came out of turn");
    assertViolation(Bytes.of().ready(), "type 'Z' during the login");
    assertViolation(Bytes.of().key(1, KEY), "type 'K' during the login");
    assertViolation(Bytes.of().row("1"), "type 'D' during the login");
    assertViolation(Bytes.of().auth(0).key(1, (byte) 1), "a cancel key of 1 bytes");
    assertViolation(Bytes.of().auth(0).key(1, new byte[257]), "a cancel key of 257 bytes");
    assertViolation(Bytes.of().auth(0).message('Z', Bytes.of().text("T")), "not idle");
    assertViolation(Bytes.of().auth(0).message('S', Bytes.of().text("x")), "no end");
    assertViolation(Bytes.of().message('R', Bytes.of()), "too short");
    assertViolation(Bytes.of().auth(5, (byte) 1), "too short");
    assertViolation(Bytes.of().raw((byte) 'R').int32(3), "is -1 bytes long");
    assertViolation(Bytes.of().raw((byte) 'R').int32(65541), "is 65537 bytes long");
    assertViolation(Bytes.of().text("HTTP/1.1 400 Bad Request"), "bytes long");
    assertViolation(
        Bytes.of().message('v', Bytes.of().int32(4 << 16).int32(0)), "wants protocol 4.0");
    assertViolation(negotiate(Protocol.VERSION_3_0 | 1), "wants protocol 3.1");
    assertViolation(negotiate(Protocol.VERSION_3_2), "wants protocol 3.2");
    assertViolation(negotiate(2), "wants protocol 0.2");
    assertViolation(
        negotiate(Protocol.VERSION_3_0)
            .message('v', Bytes.of().int32(Protocol.VERSION_3_0).int32(0)),
        "wants protocol 3.0");
    assertViolation(
        Bytes.of().message('v', Bytes.of().int32(Protocol.VERSION_3_0).int32(1).string("_pq_.x")),
        "wants protocol 3.0");
    assertViolation(
        negotiate(Protocol.VERSION_3_0).auth(0).key(1, new byte[5]), "a cancel key of 5 bytes");
    assertViolation(
        Bytes.of().auth(0).message('v', Bytes.of().int32(Protocol.VERSION_3_0).int32(0)),
        "out of turn");
    assertViolation(
        Bytes.of().message('v', Bytes.of().int32(Protocol.VERSION_3_2 + 1).int32(0)),
        "wants protocol 3.3");
  }

  private static Bytes negotiate(int version) {
    return Bytes.of().message('v', Bytes.of().int32(version).int32(0));
  }

  private void assertViolation(Bytes bytes, String words) {
    failures.clear();
    open(secret("pencil"));
    send(bytes);
    assertThat(failure())
        .isInstanceOfSatisfying(
            PgError.ServerProtocolViolation.class, e -> assertThat(e.detail()).contains(words));
  }

  @Test
  void methodsThatCannotBeServed() {
    assertFailed(secret("pencil"), Bytes.of().auth(7), "authentication method 7");
    assertFailed(
        secret("pencil"),
        Bytes.of().auth(10, "OAUTHBEARER\0\0".getBytes(StandardCharsets.UTF_8)),
        "[OAUTHBEARER]");
    assertFailed(
        secret("pencil"),
        Bytes.of().auth(10, "SCRAM-SHA-256-PLUS\0\0".getBytes(StandardCharsets.UTF_8)),
        "SCRAM-SHA-256-PLUS");
    assertFailed(new ServerSecret.None(), Bytes.of().auth(3), "nothing for user \"alice\"");
    assertFailed(new ServerSecret.None(), Bytes.of().auth(5, KEY), "nothing for user \"alice\"");
    assertFailed(new ServerSecret.None(), offer(), "wants SCRAM-SHA-256");
    assertFailed(
        new ServerSecret.Md5Hash(Md5Password.hash("a", "b")), offer(), "wants SCRAM-SHA-256");
  }

  private void assertFailed(ServerSecret secret, Bytes bytes, String words) {
    failures.clear();
    open(secret);
    send(bytes);
    assertThat(failure()).isInstanceOf(PgError.ServerLoginFailed.class);
    assertThat(failure().message()).contains(words).doesNotContain("pencil");
  }

  @Test
  void serverMustProveThatItKnowsTheSecret() {
    open(secret("pencil"));
    discardOutbound();
    send(offer());
    send(Bytes.of().auth(0));
    assertThat(failure().message()).contains("without proving who it is");

    failures.clear();
    open(secret("pencil"));
    discardOutbound();
    ScramServer server = ScramServer.of("alice", VERIFIER, null);
    send(offer());
    send(Bytes.of().auth(11, serverFirst(server)));
    send(Bytes.of().auth(0).ready());
    assertThat(failure().message()).contains("without proving who it is");

    failures.clear();
    open(secret("pencil"));
    discardOutbound();
    ScramServer other = ScramServer.of("alice", VERIFIER, null);
    send(offer());
    send(Bytes.of().auth(11, serverFirst(other)));
    send(Bytes.of().auth(12, "v=AAAA".getBytes(StandardCharsets.UTF_8)).auth(0).ready());
    assertThat(failure().message()).contains("signature is wrong");
  }

  @Test
  void proofIsWorkedOutOffTheLoopAndOnlyThenReadOn() {
    List<Runnable> queue = new ArrayList<>();
    workers = queue::add;
    open(secret("pencil"));
    discardOutbound();
    ScramServer server = ScramServer.of("alice", VERIFIER, null);
    send(offer());
    send(Bytes.of().auth(11, serverFirst(server)).error("57P01", "bye"));
    assertThat(queue).hasSize(1);
    assertThat(failures).as("the rest waits").isEmpty();
    queue.getFirst().run();
    channel.runPendingTasks();
    assertThat(failure()).isInstanceOf(PgError.ServerLoginRefused.class);
  }

  @Test
  void channelThatDiesWhileTheProofIsWorkedOut() {
    List<Runnable> queue = new ArrayList<>();
    workers = queue::add;
    open(secret("pencil"));
    discardOutbound();
    send(offer());
    send(Bytes.of().auth(11, serverFirst(ScramServer.of("alice", VERIFIER, null))));
    channel.close();
    assertThat(failure()).isInstanceOf(PgError.ServerUnreachable.class);
    queue.getFirst().run();
    channel.runPendingTasks();
    assertThat(failures).hasSize(1);
  }

  @Test
  void closeAndSilence() {
    open(secret("pencil"));
    send(Bytes.of().raw((byte) 'R', (byte) 0));
    channel.close();
    assertThat(failure().detail()).contains("closed the connection during the login");

    failures.clear();
    open(secret("pencil"));
    channel.freezeTime();
    channel.advanceTimeBy(4_900, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(failures).isEmpty();
    channel.advanceTimeBy(200, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(failure().detail()).contains("did not end within 5000 ms");
  }

  private void open(ServerSecret secret) {
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

  private final class Heard implements LoginListener {
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

  private final class Collector extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      leftOver.add(bytes.toString(StandardCharsets.UTF_8));
      bytes.release();
    }
  }

  private void send(Bytes bytes) {
    channel.writeInbound(memory.buffer().writeBytes(bytes.array()));
    channel.runPendingTasks();
  }

  private int sendSplit(Bytes bytes, int at) {
    byte[] all = bytes.array();
    int split = Math.min(at, all.length);
    channel.writeInbound(memory.buffer().writeBytes(all, 0, split));
    channel.writeInbound(memory.buffer().writeBytes(all, split, all.length - split));
    channel.runPendingTasks();
    return all.length;
  }

  private static ServerSecret secret(String password) {
    return new ServerSecret.Password(password);
  }

  private static Bytes offer() {
    return Bytes.of().auth(10, "SCRAM-SHA-256\0\0".getBytes(StandardCharsets.UTF_8));
  }

  private byte[] serverFirst(ScramServer server) {
    ByteBuf message = channel.readOutbound();
    message.skipBytes(5);
    String mechanism = CString.read(message);
    byte[] data = new byte[message.readInt()];
    message.readBytes(data);
    message.release();
    return ((ScramServer.Challenge) server.first(mechanism, data)).serverFirst();
  }

  private Bytes afterProof(ScramServer server) {
    byte[] proof = passwordSent().getBytes(StandardCharsets.UTF_8);
    byte[] end = ((ScramServer.Accepted) server.last(proof)).serverFinal();
    return Bytes.of().auth(12, end).auth(0).parameter("server_version", "18.3").key(7, KEY).ready();
  }

  private void welcome() {
    send(Bytes.of().auth(0).parameter("server_version", "18.3").key(7, KEY).ready());
  }

  private String passwordSent() {
    ByteBuf message = channel.readOutbound();
    assertThat(message.readByte()).isEqualTo((byte) 'p');
    assertThat(message.readInt()).isEqualTo(message.readableBytes() + 4);
    String text = message.toString(StandardCharsets.UTF_8);
    message.release();
    return text;
  }

  private void discardOutbound() {
    for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
      b.release();
    }
  }

  private void assertGreeted() {
    assertThat(failures).isEmpty();
    assertThat(greetings).hasSize(1);
    ServerGreeting greeting = greetings.getFirst();
    assertThat(greeting.parameters()).containsExactly(Map.entry("server_version", "18.3"));
    assertThat(greeting.processId()).isEqualTo(7);
    assertThat(greeting.secretKey()).isEqualTo(KEY);
    assertThat(channel.pipeline().get(ServerLogin.class)).isNull();
    assertThat(channel.isOpen()).isTrue();
  }

  private PgError failure() {
    assertThat(greetings).isEmpty();
    assertThat(failures).hasSize(1);
    assertThat(channel.isOpen()).isFalse();
    return failures.getFirst();
  }
}
