package io.howdah.frontend;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.config.AuthType;
import io.howdah.config.PoolMode;
import io.howdah.wire.BackendMessages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What fails in one session ends that session, and nobody else's clock. */
class ContainedTest {
  private final TestDesk desk = new TestDesk(AuthType.TRUST);
  private final EmbeddedChannel broken = desk.connect();
  private final EmbeddedChannel fine = desk.connect();

  @AfterEach
  void close() {
    broken.finishAndReleaseAll();
    fine.finishAndReleaseAll();
  }

  private static ClientSession session(EmbeddedChannel client) {
    return client.pipeline().get(ClientSession.class);
  }

  /** A phase that fails in whatever is asked of it: it has no server connection. */
  private void breakOne() {
    desk.idle(broken, PoolMode.TRANSACTION);
    session(broken).become(session(broken).turns().attached());
    assertThat(desk.faults).as("nothing has failed yet").isEmpty();
    assertThat(desk.worker.sessions()).as("its turn is first").startsWith(session(broken));
  }

  private static String said(EmbeddedChannel client) {
    StringBuilder said = new StringBuilder();
    for (ByteBuf each = client.readOutbound(); each != null; each = client.readOutbound()) {
      said.append(each.toString(US_ASCII));
      each.release();
    }
    return said.toString();
  }

  @Test
  void aClockThatFailsStopsNoOther() {
    breakOne();
    // Its login has taken too long; it is told so behind the other's turn.
    desk.worker.tick(desk.worker.nanoTime() + TimeUnit.HOURS.toNanos(1));
    assertThat(desk.faults).isNotEmpty().hasOnlyElementsOfType(NullPointerException.class);
    assertThat(broken.isOpen()).isFalse();
    assertThat(desk.worker.sessions()).doesNotContain(session(broken));
    assertThat(said(fine)).contains("57014");
  }

  @Test
  void anEventForAllComesToAll() {
    breakOne();
    desk.idle(fine, PoolMode.TRANSACTION);
    desk.worker.drain(() -> {});
    assertThat(desk.faults).isNotEmpty();
    assertThat(broken.isOpen()).isFalse();
    assertThat(fine.isOpen()).isFalse();
    assertThat(desk.worker.sessions()).isEmpty();
  }

  @Test
  void aConnectionWhoseSessionEndsInDisorderGoesToNobody() {
    EmbeddedChannel server = new EmbeddedChannel();
    desk.attach(broken, server, PoolMode.TRANSACTION);
    Turns turns = session(broken).turns();
    ServerConnection connection = turns.server();
    // No pool knows it any more, so that it can't be given back.
    desk.pool(TestDesk.NODE).pool().discard(connection, 0);
    session(broken).containment.fail(new IllegalStateException("a fault of Howdah's"));
    assertThat(desk.faults).isNotEmpty();
    assertThat(turns.server()).isNull();
    assertThat(connection.link()).isNull();
    assertThat(connection.isClosing()).isTrue();
    assertThat(said(broken)).contains("XX000");
    assertThat(broken.isOpen()).isFalse();
    server.finishAndReleaseAll();
  }

  @Test
  void repliesThatHowdahFailsOverEndTheSession() {
    EmbeddedChannel server = new EmbeddedChannel();
    desk.attach(broken, server, PoolMode.TRANSACTION);
    session(broken).turns().server().expect(ReplyLedger.Entry.QUERY, new Failing());
    ByteBuf out = server.alloc().buffer();
    BackendMessages.commandComplete(out, "SELECT 1");
    BackendMessages.readyForQuery(out, (byte) 'I');
    server.writeInbound(out);
    assertThat(desk.faults).hasSize(1);
    assertThat(server.isOpen()).isFalse();
    assertThat(said(broken)).contains("XX000");
    assertThat(broken.isOpen()).isFalse();
    assertThat(fine.isOpen()).isTrue();
    server.finishAndReleaseAll();
  }

  private static final class Failing implements ReplyLedger.Note {
    @Override
    public void done() {
      throw new IllegalStateException("a fault of Howdah's");
    }
  }
}
