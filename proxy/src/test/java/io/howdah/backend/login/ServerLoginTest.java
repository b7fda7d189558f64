package io.howdah.backend.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.Md5Password;
import io.howdah.auth.ScramServer;
import io.howdah.auth.ServerSecret;
import io.howdah.wire.CString;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Logins that succeed. */
class ServerLoginTest {
  private final LoginScene login = new LoginScene();

  @AfterEach
  void nothingStaysBehind() {
    login.nothingStaysBehind();
  }

  @Test
  void startsWithTheStartupPacket() {
    login.open(LoginScene.secret("pencil"));
    ByteBuf packet = login.channel.readOutbound();
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
    login.open(new ServerSecret.None());
    login.send(
        Bytes.of().auth(0).parameter("server_version", "18.3").key(7, LoginScene.KEY).ready());
    login.assertGreeted();
    assertThat(login.greetings.getFirst().protocolVersion()).isEqualTo(Protocol.VERSION_3_2);
  }

  @Test
  void cleartext() {
    login.open(LoginScene.secret("pencil"));
    login.discardOutbound();
    login.send(Bytes.of().auth(3));
    assertThat(login.passwordSent()).isEqualTo("pencil\0");
    login.welcome();
    login.assertGreeted();
  }

  @Test
  void md5WithPasswordOrHash() {
    for (ServerSecret secret :
        List.of(
            LoginScene.secret("pencil"),
            new ServerSecret.Md5Hash(Md5Password.hash("pencil", "alice")))) {
      login.greetings.clear();
      login.open(secret);
      login.discardOutbound();
      login.send(Bytes.of().auth(5, LoginScene.KEY));
      assertThat(login.passwordSent())
          .isEqualTo(
              Md5Password.answer(Md5Password.hash("pencil", "alice"), LoginScene.KEY) + "\0");
      login.welcome();
      login.assertGreeted();
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
    login.greetings.clear();
    login.open(LoginScene.secret("pencil"));
    login.discardOutbound();
    ScramServer server = ScramServer.of("alice", LoginScene.VERIFIER, null);
    Bytes offer =
        Bytes.of()
            .auth(10, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0".getBytes(StandardCharsets.UTF_8));
    int longest = sendSplit(offer, split);
    longest = Math.max(longest, sendSplit(Bytes.of().auth(11, login.serverFirst(server)), split));
    longest = Math.max(longest, sendSplit(afterProof(server), split));
    login.assertGreeted();
    login.channel.finishAndReleaseAll();
    return longest;
  }

  @Test
  void byteByByte() {
    login.open(LoginScene.secret("pencil"));
    byte[] all =
        Bytes.of()
            .auth(0)
            .message('N', Bytes.of().string("Mhello").raw((byte) 0))
            .parameter("server_version", "18.3")
            .key(7, LoginScene.KEY)
            .ready()
            .array();
    for (byte b : all) {
      login.channel.writeInbound(login.memory.buffer().writeBytes(new byte[] {b}));
    }
    login.assertGreeted();
  }

  @Test
  void whatFollowsReadyGoesToTheNextHandler() {
    login.open(new ServerSecret.None());
    login.send(
        Bytes.of()
            .auth(0)
            .parameter("server_version", "18.3")
            .key(7, LoginScene.KEY)
            .ready()
            .text("more"));
    login.assertGreeted();
    assertThat(login.leftOver).containsExactly("more");
    login.send(Bytes.of().text("and more"));
    assertThat(login.leftOver).containsExactly("more", "and more");
  }

  @Test
  void lowerMinorVersionIsAccepted() {
    login.open(new ServerSecret.None());
    login.send(Bytes.of().message('v', Bytes.of().int32(Protocol.VERSION_3_0).int32(0)).auth(0));
    login.send(Bytes.of().parameter("server_version", "18.3").key(7, LoginScene.KEY).ready());
    login.assertGreeted();
    assertThat(login.greetings.getFirst().protocolVersion()).isEqualTo(Protocol.VERSION_3_0);
  }

  @Test
  void longKeysAreTakenAndAbsentOnesToo() {
    login.open(new ServerSecret.None());
    login.send(Bytes.of().auth(0).key(7, new byte[256]).ready());
    assertThat(login.greetings.getFirst().secretKey()).hasSize(256);
    login.greetings.clear();
    login.open(new ServerSecret.None());
    login.send(Bytes.of().auth(0).ready());
    assertThat(login.greetings.getFirst().processId()).isZero();
  }

  private int sendSplit(Bytes bytes, int at) {
    byte[] all = bytes.array();
    int split = Math.min(at, all.length);
    login.channel.writeInbound(login.memory.buffer().writeBytes(all, 0, split));
    login.channel.writeInbound(login.memory.buffer().writeBytes(all, split, all.length - split));
    login.channel.runPendingTasks();
    return all.length;
  }

  private Bytes afterProof(ScramServer server) {
    byte[] proof = login.passwordSent().getBytes(StandardCharsets.UTF_8);
    byte[] end = ((ScramServer.Accepted) server.last(proof)).serverFinal();
    return Bytes.of()
        .auth(12, end)
        .auth(0)
        .parameter("server_version", "18.3")
        .key(7, LoginScene.KEY)
        .ready();
  }
}
