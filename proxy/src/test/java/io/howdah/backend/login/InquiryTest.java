package io.howdah.backend.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.telemetry.Telemetry;
import io.howdah.wire.ErrorFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InquiryTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<Inquiry.Answer> answers = new ArrayList<>();
  private final List<String> losses = new ArrayList<>();
  private final List<Throwable> faults = new ArrayList<>();
  private final Telemetry telemetry =
      new Telemetry() {
        @Override
        public void fault(String where, Throwable cause) {
          faults.add(cause);
        }
      };
  private Inquiry inquiry;

  @BeforeEach
  void open() {
    channel.config().setAllocator(memory);
    inquiry = Inquiry.on(channel, telemetry);
    inquiry.onLost(losses::add);
  }

  @AfterEach
  void nothingStaysBehind() {
    channel.finishAndReleaseAll();
    assertThat(memory.metric().usedHeapMemory()).as("bytes leaked").isZero();
  }

  @Test
  void whoFailsOverAnAnswerIsReportedAndTheConnectionEnds() {
    IllegalStateException fault = new IllegalStateException("a fault of Howdah's");
    inquiry.ask(
        "SELECT 1",
        SECOND,
        _ -> {
          throw fault;
        });
    channel.releaseOutbound();
    channel.writeInbound(Unpooled.wrappedBuffer(answered(Bytes.of().row("1")).array()));
    assertThat(faults).containsExactly(fault);
    assertThat(losses).hasSize(1);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void rowsAtEveryPacketBoundary() {
    byte[] reply =
        answered(Bytes.of().row("1", null, "ä").row("", "x", "2"))
            .message('A', Bytes.of().int32(1).string("c").string("p"))
            .array();
    for (int split = 0; split <= reply.length; split++) {
      answers.clear();
      inquiry.ask("SELECT 1", SECOND, answers::add);
      assertThat(sent()).isEqualTo("510000000d53454c454354203100");
      send(reply, 0, split);
      send(reply, split, reply.length);
      assertThat(answers).hasSize(1);
      assertThat(((Inquiry.Rows) answers.getFirst()).rows())
          .containsExactly(new String[] {"1", null, "ä"}, new String[] {"", "x", "2"});
    }
    assertThat(memory.metric().usedHeapMemory()).as("nothing is held between questions").isZero();
  }

  @Test
  void errorLeavesTheConnectionUsable() {
    inquiry.ask("SELECT x", SECOND, answers::add);
    send(Bytes.of().error("42703", "no column").ready());
    inquiry.ask("SELECT 1", SECOND, answers::add);
    send(answered(Bytes.of()));
    assertThat(answers.getFirst())
        .isEqualTo(
            new Inquiry.Refused(new ErrorFields("FATAL", "42703", "no column", null, null, null)));
    assertThat(answers.get(1)).isInstanceOf(Inquiry.Rows.class);
    assertThat(losses).isEmpty();
  }

  @Test
  void aQuestionMayBeAskedWithinAnAnswer() {
    inquiry.ask("SELECT 1", SECOND, a -> inquiry.ask("SELECT 2", SECOND, answers::add));
    send(answered(Bytes.of().row("1")));
    send(answered(Bytes.of().row("2")));
    assertThat(((Inquiry.Rows) answers.getFirst()).rows().getFirst()).containsExactly("2");
    inquiry.ask("SELECT 3", SECOND, answers::add);
    assertThatThrownBy(() -> inquiry.ask("SELECT 4", SECOND, answers::add))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void silenceClosesTheConnection() {
    channel.freezeTime();
    inquiry.ask("SELECT 1", SECOND, answers::add);
    channel.advanceTimeBy(1001, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertLost("no answer within 1000 ms");
    inquiry.ask("SELECT 1", SECOND, answers::add);
    assertThat(answers).hasSize(2);
    assertThat(losses).hasSize(1);
  }

  @Test
  void lossTellsTheServersReason() {
    send(Bytes.of().error("57P01", "terminating connection"));
    assertThat(losses).isEmpty();
    channel.close();
    assertThat(losses).containsExactly("FATAL: terminating connection (57P01)");
    assertThat(answers).isEmpty();
  }

  @Test
  void lossWithAQuestionWaiting() {
    inquiry.ask("SELECT 1", SECOND, answers::add);
    send(Bytes.of().raw((byte) 'T', (byte) 0));
    channel.close();
    assertLost("the server closed the connection");
  }

  @Test
  void violationsDestroyTheConnection() {
    send(Bytes.of().ready());
    assertThat(losses).singleElement().asString().contains("without a question");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void faultyRows() {
    inquiry.ask("SELECT 1", SECOND, answers::add);
    send(Bytes.of().message('D', Bytes.of().int16(1).int32(99)));
    assertLost("unexpected reply: a value of 99 bytes");
  }

  @Test
  void answersTooLarge() {
    inquiry.ask("SELECT 1", SECOND, answers::add);
    Bytes row = Bytes.of().row(new String[0]);
    Bytes many = Bytes.of();
    for (int i = 0; i <= Inquiry.MAX_ROWS; i++) {
      many.raw(row.array());
    }
    send(many);
    assertLost("unexpected reply: an answer of more than 100000 rows or 16777216 bytes");
  }

  @Test
  void goodByeIsSaid() {
    inquiry.close();
    assertThat(sent()).isEqualTo("5800000004");
    assertThat(channel.isOpen()).isFalse();
    assertThat(losses).containsExactly("closed by Howdah");
  }

  private void assertLost(String reason) {
    assertThat(answers).containsExactly(new Inquiry.Lost(reason));
    assertThat(losses).containsExactly(reason);
    assertThat(channel.isOpen()).isFalse();
  }

  private static Bytes answered(Bytes rows) {
    return Bytes.of()
        .message('T', Bytes.of().int16(0))
        .raw(rows.array())
        .message('C', Bytes.of().string("SELECT"))
        .message('N', Bytes.of().string("Mhello").raw((byte) 0))
        .ready();
  }

  private void send(Bytes bytes) {
    byte[] all = bytes.array();
    send(all, 0, all.length);
  }

  private void send(byte[] all, int from, int to) {
    channel.writeInbound(memory.buffer().writeBytes(all, from, to - from));
  }

  private String sent() {
    ByteBuf out = channel.readOutbound();
    String hex = ByteBufUtil.hexDump(out);
    out.release();
    return hex;
  }
}
