package io.howdah.frontend.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.error.PgError;
import io.howdah.frontend.ClientSession;
import io.howdah.frontend.TestDesk;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing that a client is told changes places, whatever ends the wait. */
class PostponedRepliesTest {
  private final TestDesk desk = new TestDesk(AuthType.TRUST);
  private final EmbeddedChannel client = desk.connect();
  private final ClientSession session = client.pipeline().get(ClientSession.class);
  private String ahead = "";
  private final PostponedReplies later =
      new PostponedReplies(
          session,
          () -> {
            session.output().writeAhead(bytes(ahead));
            ahead = "";
          });

  @BeforeEach
  void timeIsTheTests() {
    client.freezeTime();
  }

  @AfterEach
  void end() {
    client.finishAndReleaseAll();
    client.checkException();
    assertThat(desk.faults).isEmpty();
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }

  private void sends(String text) {
    session.send(bytes(text));
    session.flush();
  }

  private String heard() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf b = client.readOutbound(); b != null; b = client.readOutbound()) {
      all.append(b.toString(StandardCharsets.US_ASCII));
      b.release();
    }
    return all.toString();
  }

  @Test
  void oneAfterTheOther() {
    sends("C1 ");
    PostponedReplies.Part first = later.hold();
    sends("Z1 C2 ");
    PostponedReplies.Part second = later.hold();
    sends("Z2 C3 Z3 ");
    assertThat(heard()).isEqualTo("C1 ");
    ahead = "A1 ";
    later.release(first);
    assertThat(heard()).isEqualTo("A1 Z1 C2 ");
    sends("C4 ");
    assertThat(heard()).isEmpty();
    ahead = "A2 ";
    later.release(second);
    sends("C5 ");
    assertThat(heard()).isEqualTo("A2 Z2 C3 Z3 C4 C5 ");
    later.release(second);
    assertThat(heard()).isEmpty();
  }

  @Test
  void aWaitThatIsTooLong() {
    PostponedReplies.Part part = later.hold();
    sends("Z1 ");
    client.advanceTimeBy(1, TimeUnit.SECONDS);
    client.runScheduledPendingTasks();
    assertThat(heard()).isEqualTo("Z1 ");
    later.release(part);
    sends("C2 ");
    assertThat(heard()).isEqualTo("C2 ");
    // The next wait has its own time.
    later.hold();
    sends("Z2 ");
    client.runScheduledPendingTasks();
    assertThat(heard()).isEmpty();
  }

  @Test
  void tooMuchStopsTheReadingAndIsLostNowhere() {
    PostponedReplies.Part part = later.hold();
    String large = "x".repeat(70_000);
    sends(large);
    assertThat(session.isClientWritable()).isFalse();
    sends("y");
    later.release(part);
    assertThat(session.isClientWritable()).isTrue();
    assertThat(heard()).isEqualTo(large + "y");
  }

  @Test
  void theSessionEnds() {
    later.hold();
    sends("Z1 ");
    session.terminate(new PgError.ShuttingDown());
    assertThat(heard()).startsWith("Z1 E").contains("57P01");
  }

  @Test
  void theClientIsGone() {
    later.hold();
    ByteBuf reply = bytes("Z1 ");
    session.send(reply);
    client.close();
    assertThat(reply.refCnt()).isZero();
  }
}
