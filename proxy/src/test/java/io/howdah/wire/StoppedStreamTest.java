package io.howdah.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream that ends, is stopped, or goes on with what was pushed back. */
class StoppedStreamTest {
  private final FrameScene scene = new FrameScene();

  @AfterEach
  void nothingStaysBehind() {
    scene.nothingStaysBehind();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 0, -1, Integer.MIN_VALUE, Integer.MIN_VALUE + 3})
  void aLengthThatLiesEndsTheStream(int length) {
    byte[] lie = ByteBuffer.allocate(9).put((byte) 'W').putInt(length).putInt(7).array();
    byte[] before = FrameScene.stream("P2 W3");
    byte[] stream = Arrays.copyOf(before, before.length + lie.length);
    System.arraycopy(lie, 0, stream, before.length, lie.length);
    for (int split = 0; split < before.length + 5; split++) {
      scene.begin();
      scene.feed(stream, 0, split);
      int at = split;
      assertThatThrownBy(() -> scene.feed(stream, at, stream.length))
          .isInstanceOf(ProtocolException.class)
          .hasMessage("invalid message length");
      assertThat(scene.held()).isZero();
      assertThat(scene.reader.heldBytes()).isZero();
      int passed = scene.handler.passed.size();
      scene.feed(before, 0, before.length);
      assertThat(scene.handler.passed.size()).as("nothing is read any more").isEqualTo(passed);
    }
  }

  @Test
  void aMessageThatMustNotBeSentEndsTheStream() {
    byte[] stream = FrameScene.stream("W4 E1");
    scene.feed(stream, 0, 3);
    assertThatThrownBy(() -> scene.feed(stream, 3, stream.length))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("no such message");
    assertThat(scene.held()).isZero();
  }

  @Test
  void stopHoldsEverythingBehindUntilResumed() {
    byte[] stream = FrameScene.stream("P1 S3 W2 P4");
    scene.feed(stream, 0, 11);
    assertThat(scene.reader.isStopped()).isTrue();
    assertThat(scene.handler.passed.size()).as("what stands before the stop passes").isEqualTo(6);
    for (int i = 11; i < stream.length; i++) {
      scene.feed(stream, i, i + 1);
    }
    assertThat(scene.handler.decided).containsExactly("P");
    assertThat(scene.reader.heldBytes()).isEqualTo(stream.length - 6);
    scene.reader.resume(scene.memory);
    scene.passedAsExpected(stream);
  }

  @Test
  void moreIsAskedAgainOnlyOnceMoreHasCome() {
    byte[] stream = FrameScene.stream("M6 W1");
    scene.feed(stream, 0, 6);
    scene.feed(stream, 6, 6);
    assertThat(scene.reader.isStopped()).isFalse();
    scene.feed(stream, 6, 10);
    assertThat(scene.handler.decided).isEmpty();
    scene.feed(stream, 10, stream.length);
    scene.passedAsExpected(stream);
  }

  @Test
  void closedWithinAFrame() {
    FrameReader[] own = new FrameReader[1];
    own[0] =
        new FrameReader(
            new FrameHandler() {
              @Override
              public int needs(byte type, int bodyLength) {
                return 0;
              }

              @Override
              public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
                own[0].close();
                return Verdict.STOP;
              }

              @Override
              public void pass(ByteBuf run) {
                throw new AssertionError("nothing passes a closed reader");
              }
            });
    ByteBuf in = Unpooled.wrappedBuffer(FrameScene.stream("P1 P1"));
    own[0].feed(in, scene.memory);
    own[0].resume(scene.memory);
    assertThat(in.refCnt()).isZero();
    assertThat(scene.held()).isZero();
  }

  /** What is pushed back comes before what was held, whether that is whole frames or a part. */
  @Test
  void pushedBackFramesComeFirst() {
    byte[] later = FrameScene.stream("W4 P3");
    for (int cut = 0; cut <= later.length; cut++) {
      scene.begin();
      byte[] first = FrameScene.stream("W2 X1 P2");
      scene.feed(first, 0, first.length);
      scene.handler.decided.clear();
      byte[] stop = FrameScene.stream("S2");
      scene.feed(stop, 0, stop.length);
      scene.feed(later, 0, cut);
      scene.reader.pushBack(Unpooled.wrappedBuffer(first), UnpooledByteBufAllocator.DEFAULT);
      assertThat(scene.reader.isStopped()).isTrue();
      scene.feed(later, cut, later.length);
      assertThat(scene.handler.decided).isEmpty();
      scene.reader.resume(UnpooledByteBufAllocator.DEFAULT);
      assertThat(scene.reader.isStopped()).as("the one that was stopped is stopped again").isTrue();
      scene.reader.resume(UnpooledByteBufAllocator.DEFAULT);
      assertThat(scene.handler.decided.stream().map(each -> each.charAt(0)))
          .containsExactly('W', 'X', 'P', 'S', 'W', 'P');
      scene.reader.close();
    }
  }

  @Test
  void whatCannotBeReadDoesNotTakeTheRestOfAMessageAlong() {
    byte[] stream = FrameScene.stream("P9 E0");
    scene.feed(stream, 0, 8);
    assertThatThrownBy(() -> scene.feed(stream, 8, stream.length))
        .isInstanceOf(ProtocolException.class);
    assertThat(scene.handler.passed.toByteArray()).isEqualTo(Arrays.copyOf(stream, 14));
  }
}
