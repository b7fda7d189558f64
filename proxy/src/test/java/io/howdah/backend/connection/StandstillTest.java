package io.howdah.backend.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.CommandTag;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.login.Bytes;
import io.howdah.backend.login.ServerIdentity;
import io.howdah.error.PgError;
import io.howdah.topology.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers that stand still, and code of Howdah's that fails where it hears of one. */
class StandstillTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final EmbeddedChannel server = new EmbeddedChannel();
  private final List<String> events = new ArrayList<>();
  private final List<Throwable> faults = new ArrayList<>();
  private PgError error;

  /** Of Howdah's: thrown when the session hears of the next thing. */
  private RuntimeException fault;

  private final ServerConnection connection =
      new ServerConnection(
          server,
          new ServerIdentity(
              new NodeId("main", "db1", 5432),
              "demo",
              "app",
              7,
              new byte[4],
              new HashMap<>(),
              3 << 16),
          null,
          2,
          new ConnectionOwner() {
            @Override
            public void gone(ServerConnection c, String reason, boolean violation) {
              events.add("gone: " + reason);
            }

            @Override
            public void fault(String where, Throwable cause) {
              faults.add(cause);
            }
          });

  private final Chore chore =
      new Chore() {
        @Override
        public void done() {
          events.add("done");
        }

        @Override
        public void failed(PgError why) {
          events.add("failed");
          error = why;
        }
      };

  private final class Session implements SessionLink {
    @Override
    public void replies(ByteBuf run) {
      run.release();
    }

    @Override
    public void repliesEnd() {
      if (fault != null) {
        throw fault;
      }
    }

    @Override
    public void stateCommand(CommandTag tag, ReplyLedger.Note note) {}

    @Override
    public void failed() {}

    @Override
    public void ready(byte transactionStatus) {}

    @Override
    public void settled() {}

    @Override
    public void parameterChanged(String name, String value) {}

    @Override
    public void tick(long nowNanos) {
      events.add("tick");
    }

    @Override
    public void serverWritable(boolean writable) {}

    @Override
    public void lost(PgError why, boolean told) {
      events.add("lost");
      error = why;
      if (fault != null) {
        throw fault;
      }
    }
  }

  StandstillTest() {
    server.pipeline().addLast(connection);
  }

  @AfterEach
  void close() {
    server.finishAndReleaseAll();
    server.checkException();
  }

  private void tickAt(long seconds) {
    connection.tick(Duration.ofSeconds(seconds).toNanos(), LIMIT);
  }

  private void says(Bytes... messages) {
    for (Bytes each : messages) {
      server.writeInbound(Unpooled.wrappedBuffer(each.array()));
    }
  }

  private static Bytes done() {
    return Bytes.of()
        .message('C', Bytes.of().string("SET"))
        .message('Z', Bytes.of().raw((byte) 'I'));
  }

  @Test
  void aServerThatDoesNotDoWhatHowdahAsksLosesTheConnection() {
    connection.ownWork().run("SET a.b = 'nobody''s business'", chore);
    tickAt(100);
    tickAt(110);
    assertThat(events).isEmpty();
    tickAt(111);
    assertThat(events)
        .containsExactly("gone: it did not answer a request of Howdah's own: SET", "failed");
    assertThat(server.isActive()).isFalse();
    assertThat(error.code()).isEqualTo("08006");
    assertThat(error.message())
        .isEqualTo("server db1:5432 did not answer a request of Howdah's own: SET");
    assertThat(error.detail()).isEqualTo("The limit is 10 s (timeouts.server-own-work).");
    assertThat(error.isConnectionLoss()).isTrue();
  }

  @Test
  void theSessionThatHasItHearsOfItToo() {
    connection.attach(new Session());
    connection.ownWork().run("", chore);
    tickAt(100);
    tickAt(111);
    assertThat(events)
        .containsExactly(
            "tick",
            "gone: it did not answer a request of Howdah's own: an empty query",
            "failed",
            "lost");
  }

  @Test
  void eachRequestHasItsOwnTime() {
    connection.ownWork().run("SET a.b = 'c'", chore);
    tickAt(100);
    tickAt(109);
    says(done());
    connection.ownWork().run("SET a.b = 'd'", chore);
    tickAt(112);
    tickAt(121);
    says(done());
    assertThat(events).containsExactly("done", "done");
  }

  @Test
  void whileHowdahDoesNotReadNoTimePasses() {
    connection.attach(new Session());
    connection.ownWork().run("SET a.b = 'c'", chore);
    server.config().setAutoRead(false);
    tickAt(100);
    tickAt(200);
    server.config().setAutoRead(true);
    tickAt(209);
    assertThat(events).containsExactly("tick", "tick", "tick");
    tickAt(211);
    assertThat(events).contains("lost");
  }

  @Test
  void aRequestOfTheClientsIsForTheSessionToBound() {
    connection.attach(new Session());
    connection.expect(ReplyLedger.Entry.QUERY, null);
    tickAt(100);
    tickAt(1000);
    assertThat(events).containsExactly("tick", "tick");
  }

  @Test
  void howLongAServerIsSilentThatOwesSomething() {
    connection.attach(new Session());
    tickAt(100);
    assertThat(silence(150)).as("nothing is owed").isZero();
    connection.expect(ReplyLedger.Entry.QUERY, null);
    tickAt(150);
    assertThat(silence(160)).isEqualTo(10);
    says(Bytes.of().message('T', Bytes.of().raw((byte) 0, (byte) 0)));
    assertThat(silence(170)).as("it has just said something").isZero();
    tickAt(170);
    assertThat(silence(175)).isEqualTo(5);
    says(done());
    tickAt(180);
    assertThat(silence(190)).isZero();
  }

  private long silence(long atSecond) {
    return connection.silentNanos(Duration.ofSeconds(atSecond).toNanos()) / 1_000_000_000;
  }

  @Test
  void whatFailsWhereRepliesAreHeardEndsThisConnectionOnlyAndIsReported() {
    connection.attach(new Session());
    connection.expect(ReplyLedger.Entry.QUERY, null);
    fault = new IllegalStateException("a fault of Howdah's");
    says(done());
    assertThat(faults).containsExactly(fault, fault);
    assertThat(events).hasSize(2).contains("lost");
    assertThat(error).isInstanceOf(PgError.InternalError.class);
    assertThat(server.isActive()).isFalse();
  }

  @Test
  void whatFailsWhereALossIsHeardOfKeepsNobodyFromHearing() {
    connection.attach(new Session());
    fault = new IllegalStateException("a fault of Howdah's");
    connection
        .ownWork()
        .run(
            "SET a.b = 'c'",
            new Chore() {
              @Override
              public void done() {}

              @Override
              public void failed(PgError why) {
                throw fault;
              }
            });
    connection.destroy("a test");
    assertThat(faults).containsExactly(fault, fault);
    assertThat(events).containsExactly("gone: a test", "lost");
    assertThat(error.message()).isEqualTo("the connection to server db1:5432 was closed: a test");
  }
}
