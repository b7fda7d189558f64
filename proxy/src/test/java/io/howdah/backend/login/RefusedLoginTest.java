package io.howdah.backend.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.auth.Md5Password;
import io.howdah.auth.ScramServer;
import io.howdah.auth.ServerSecret;
import io.howdah.error.PgError;
import io.howdah.wire.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Logins that fail: by the server's word, by its faults, by what Howdah lacks. */
class RefusedLoginTest {
  private final LoginScene login = new LoginScene();

  @AfterEach
  void nothingStaysBehind() {
    login.nothingStaysBehind();
  }

  @Test
  void serversErrorIsKept() {
    login.open(LoginScene.secret("pencil"));
    login.send(Bytes.of().error("28P01", "password authentication failed for user \"alice\""));
    assertThat(login.failure())
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
    assertViolation(Bytes.of().key(1, LoginScene.KEY), "type 'K' during the login");
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
    login.failures.clear();
    login.open(LoginScene.secret("pencil"));
    login.send(bytes);
    assertThat(login.failure())
        .isInstanceOfSatisfying(
            PgError.ServerProtocolViolation.class, e -> assertThat(e.detail()).contains(words));
  }

  @Test
  void methodsThatCannotBeServed() {
    assertFailed(LoginScene.secret("pencil"), Bytes.of().auth(7), "authentication method 7");
    assertFailed(
        LoginScene.secret("pencil"),
        Bytes.of().auth(10, "OAUTHBEARER\0\0".getBytes(StandardCharsets.UTF_8)),
        "[OAUTHBEARER]");
    assertFailed(
        LoginScene.secret("pencil"),
        Bytes.of().auth(10, "SCRAM-SHA-256-PLUS\0\0".getBytes(StandardCharsets.UTF_8)),
        "SCRAM-SHA-256-PLUS");
    assertFailed(new ServerSecret.None(), Bytes.of().auth(3), "nothing for user \"alice\"");
    assertFailed(
        new ServerSecret.None(), Bytes.of().auth(5, LoginScene.KEY), "nothing for user \"alice\"");
    assertFailed(new ServerSecret.None(), LoginScene.offer(), "wants SCRAM-SHA-256");
    assertFailed(
        new ServerSecret.Md5Hash(Md5Password.hash("a", "b")),
        LoginScene.offer(),
        "wants SCRAM-SHA-256");
  }

  private void assertFailed(ServerSecret secret, Bytes bytes, String words) {
    login.failures.clear();
    login.open(secret);
    login.send(bytes);
    assertThat(login.failure()).isInstanceOf(PgError.ServerLoginFailed.class);
    assertThat(login.failure().message()).contains(words).doesNotContain("pencil");
  }

  @Test
  void serverMustProveThatItKnowsTheSecret() {
    login.open(LoginScene.secret("pencil"));
    login.discardOutbound();
    login.send(LoginScene.offer());
    login.send(Bytes.of().auth(0));
    assertThat(login.failure().message()).contains("without proving who it is");

    login.failures.clear();
    login.open(LoginScene.secret("pencil"));
    login.discardOutbound();
    ScramServer server = ScramServer.of("alice", LoginScene.VERIFIER, null);
    login.send(LoginScene.offer());
    login.send(Bytes.of().auth(11, login.serverFirst(server)));
    login.send(Bytes.of().auth(0).ready());
    assertThat(login.failure().message()).contains("without proving who it is");

    login.failures.clear();
    login.open(LoginScene.secret("pencil"));
    login.discardOutbound();
    ScramServer other = ScramServer.of("alice", LoginScene.VERIFIER, null);
    login.send(LoginScene.offer());
    login.send(Bytes.of().auth(11, login.serverFirst(other)));
    login.send(Bytes.of().auth(12, "v=AAAA".getBytes(StandardCharsets.UTF_8)).auth(0).ready());
    assertThat(login.failure().message()).contains("signature is wrong");
  }

  @Test
  void proofIsWorkedOutOffTheLoopAndOnlyThenReadOn() {
    List<Runnable> queue = new ArrayList<>();
    login.workers = queue::add;
    login.open(LoginScene.secret("pencil"));
    login.discardOutbound();
    ScramServer server = ScramServer.of("alice", LoginScene.VERIFIER, null);
    login.send(LoginScene.offer());
    login.send(Bytes.of().auth(11, login.serverFirst(server)).error("57P01", "bye"));
    assertThat(queue).hasSize(1);
    assertThat(login.failures).as("the rest waits").isEmpty();
    queue.getFirst().run();
    login.channel.runPendingTasks();
    assertThat(login.failure()).isInstanceOf(PgError.ServerLoginRefused.class);
  }

  @Test
  void channelThatDiesWhileTheProofIsWorkedOut() {
    List<Runnable> queue = new ArrayList<>();
    login.workers = queue::add;
    login.open(LoginScene.secret("pencil"));
    login.discardOutbound();
    login.send(LoginScene.offer());
    login.send(
        Bytes.of().auth(11, login.serverFirst(ScramServer.of("alice", LoginScene.VERIFIER, null))));
    login.channel.close();
    assertThat(login.failure()).isInstanceOf(PgError.ServerUnreachable.class);
    queue.getFirst().run();
    login.channel.runPendingTasks();
    assertThat(login.failures).hasSize(1);
  }

  @Test
  void closeAndSilence() {
    login.open(LoginScene.secret("pencil"));
    login.send(Bytes.of().raw((byte) 'R', (byte) 0));
    login.channel.close();
    assertThat(login.failure().detail()).contains("closed the connection during the login");

    login.failures.clear();
    login.open(LoginScene.secret("pencil"));
    login.channel.freezeTime();
    login.channel.advanceTimeBy(4_900, TimeUnit.MILLISECONDS);
    login.channel.runScheduledPendingTasks();
    assertThat(login.failures).isEmpty();
    login.channel.advanceTimeBy(200, TimeUnit.MILLISECONDS);
    login.channel.runScheduledPendingTasks();
    assertThat(login.failure().detail()).contains("did not end within 5000 ms");
  }
}
