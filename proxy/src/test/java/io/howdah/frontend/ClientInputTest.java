package io.howdah.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.frontend.session.Wait;
import io.howdah.wire.FrameHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client whose messages wait is not let send more until little of what it has sent is left. */
class ClientInputTest {
  private static final int MESSAGES = 30_000;

  private final TestDesk desk = new TestDesk(AuthType.TRUST);
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final ClientInput input = new ClientInput(desk.worker, new OneAtATime());
  private int taken;
  private boolean stops = true;

  /** Each message makes the session wait once. */
  private final class OneAtATime implements FrameHandler {
    private boolean waited;

    @Override
    public int needs(byte type, int bodyLength) {
      return 0;
    }

    @Override
    public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
      waited = !waited;
      if (stops && waited) {
        return input.stop(Wait.Replies.ORDER, 0);
      }
      taken++;
      return Verdict.DROP;
    }

    @Override
    public void pass(ByteBuf run) {
      run.release();
    }
  }

  @AfterEach
  void close() {
    input.reader().close();
    channel.finishAndReleaseAll();
  }

  private void comes(int messages) {
    ByteBuf in = Unpooled.buffer();
    for (int i = 0; i < messages; i++) {
      in.writeByte('S').writeInt(4);
    }
    input.comes();
    input.reader().feed(in, channel.alloc());
  }

  @Test
  void itIsHeldBackWhileEnoughWaits() {
    input.begin(channel);
    comes(MESSAGES);
    assertThat(channel.config().isAutoRead()).isTrue();
    comes(1);
    assertThat(channel.config().isAutoRead()).as("it is stopped").isFalse();
    input.resume();
    assertThat(input.reader().isStopped()).isTrue();
    assertThat(channel.config().isAutoRead()).as("most of it waits").isFalse();
    while (!channel.config().isAutoRead()) {
      input.resume();
    }
    assertThat(input.reader().heldBytes()).isBetween(1, 64 << 10);
    while (input.reader().isStopped()) {
      input.resume();
    }
    assertThat(taken).isEqualTo(MESSAGES + 1);
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void whoeverHoldsItBackMeanwhileIsHeard() {
    input.begin(channel);
    comes(MESSAGES);
    comes(1);
    stops = false;
    input.resume();
    assertThat(channel.config().isAutoRead()).as("all was taken").isTrue();
    input.holdBack(Wait.Room.AT_SERVER);
    input.resume();
    assertThat(input.reader().isStopped()).isFalse();
  }
}
