package io.howdah.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames and runs are the same however the stream is cut. */
class FrameReaderTest {
  private static final long SEED = 20260101;

  private final FrameScene scene = new FrameScene();

  @AfterEach
  void nothingStaysBehind() {
    scene.nothingStaysBehind();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "P0",
        "W9 W0",
        "P3 D5 W4 X6 P0",
        "M7 D0 M0 R5 R1 R0",
        "I3 I0 P4 S6 P1 S0 W2",
        "S4 M8 S4 X3 R6 D2 W5 I2"
      })
  void everyPacketBoundary(String frames) {
    byte[] stream = FrameScene.stream(frames);
    scene.feed(stream, 0, stream.length);
    scene.resumeAll();
    scene.passedAsExpected(stream);
    var decided = scene.handler.decided;
    assertThat(decided).hasSize(frames.split(" ").length);

    scene.begin();
    for (int i = 0; i < stream.length; i++) {
      scene.feed(stream, i, i + 1);
      scene.resumeAll();
    }
    scene.passedAsExpected(stream);
    assertThat(scene.handler.decided).isEqualTo(decided);

    for (int i = 0; i <= stream.length; i++) {
      for (int j = i; j <= stream.length; j++) {
        scene.begin();
        scene.feed(stream, 0, i);
        scene.feed(stream, i, j);
        if ((i + j) % 2 == 0) {
          scene.resumeAll();
        }
        scene.feed(stream, j, stream.length);
        scene.resumeAll();
        scene.passedAsExpected(stream);
        assertThat(scene.handler.decided).isEqualTo(decided);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "P1 P2 P3 P400 P0,  1",
    "W1 P2 W3,          1",
    "P1 P1 D1 P1 P1,    2",
    "D1 P1 P1 X1 D1,    1",
    "D1 X2 D3,          0",
    "P1 I1 P1,          2",
    "P1 R4 P1,          2",
    "R2 P1 P1,          1",
    "M3 P1 M2,          1"
  })
  void neighboursThatPassTravelAsOneRun(String frames, int runs) {
    byte[] stream = FrameScene.stream(frames);
    scene.feed(stream, 0, stream.length);
    scene.passedAsExpected(stream);
    assertThat(scene.handler.runs).isEqualTo(runs);
  }

  @Test
  void aRunIsASliceOfWhatWasReadNotACopy() {
    byte[] stream = FrameScene.stream("P100 W50 P7");
    ByteBuf in = Unpooled.wrappedBuffer(stream);
    ByteBuf[] run = new ByteBuf[1];
    FrameReader plain =
        new FrameReader(
            new FrameHandler() {
              @Override
              public int needs(byte type, int bodyLength) {
                return 0;
              }

              @Override
              public Verdict frame(byte type, int bodyLength, ByteBuf buf, int start, int end) {
                return Verdict.PASS;
              }

              @Override
              public void pass(ByteBuf slice) {
                run[0] = slice;
              }
            });
    plain.feed(in, scene.memory);
    assertThat(run[0].array()).isSameAs(stream);
    assertThat(run[0].readableBytes()).isEqualTo(stream.length);
    assertThat(scene.held()).isZero();
    run[0].release();
    assertThat(in.refCnt()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"d, true", "D, false"})
  void aGigabytePassesWithoutABufferOfItsSize(char type, boolean passes) {
    long[] bytes = new long[1];
    long[] mostHeld = new long[1];
    FrameReader plain =
        new FrameReader(
            new FrameHandler() {
              @Override
              public int needs(byte t, int bodyLength) {
                return 0;
              }

              @Override
              public Verdict frame(byte t, int bodyLength, ByteBuf in, int start, int end) {
                return passes ? Verdict.PASS : Verdict.DROP;
              }

              @Override
              public void pass(ByteBuf run) {
                bytes[0] += run.readableBytes();
                run.release();
              }
            });
    int body = 1 << 30;
    ByteBuf piece = Unpooled.buffer(64 << 10).writeZero(64 << 10);
    ByteBuf header = Unpooled.buffer(5).writeByte(type).writeInt(body + 4);
    plain.feed(header.readRetainedSlice(3), scene.memory);
    plain.feed(header, scene.memory);
    for (long left = body; left > 0; left -= piece.readableBytes()) {
      assertThat(plain.isBetweenFrames()).isFalse();
      plain.feed(piece.retainedDuplicate(), scene.memory);
      mostHeld[0] = Math.max(mostHeld[0], scene.held());
    }
    assertThat(plain.isBetweenFrames()).isTrue();
    assertThat(bytes[0]).isEqualTo(passes ? body + 5L : 0);
    assertThat(mostHeld[0]).as("bytes held for the body").isZero();
    piece.release();
    assertThat(header.refCnt()).isZero();
  }

  /** The longest length that the header can tell must not overflow anything. */
  @Test
  void theLongestBody() {
    ByteBuf header = Unpooled.buffer(9).writeByte('P').writeInt(Integer.MAX_VALUE).writeInt(0);
    scene.reader.feed(header, scene.memory);
    assertThat(scene.handler.passed.size()).isEqualTo(9);
    assertThat(scene.reader.isBetweenFrames()).isFalse();
    scene.begin();
    ByteBuf whole = Unpooled.buffer(9).writeByte('W').writeInt(1 << 30).writeInt(0);
    scene.reader.feed(whole, scene.memory);
    assertThat(scene.reader.heldBytes()).isEqualTo(9);
    assertThat(scene.held())
        .as("what is held grows with what came, not with what was promised")
        .isLessThan(10_000);
    scene.reader.close();
    scene.begin();
    ByteBuf tooLong = Unpooled.buffer(9).writeByte('W').writeInt(Integer.MAX_VALUE).writeInt(0);
    assertThatThrownBy(() -> scene.reader.feed(tooLong, scene.memory))
        .isInstanceOf(ProtocolException.class);
  }

  @Test
  void randomStreamsInRandomPieces() {
    for (int round = 0; round < 3000; round++) {
      Random random = new Random(SEED + round);
      StringBuilder frames = new StringBuilder();
      for (int i = 1 + random.nextInt(12); i > 0; i--) {
        frames
            .append(ScriptedHandler.TYPES.charAt(random.nextInt(ScriptedHandler.TYPES.length())))
            .append(random.nextInt(8) == 0 ? random.nextInt(9000) : random.nextInt(20))
            .append(' ');
      }
      byte[] stream = FrameScene.stream(frames.toString().trim());
      scene.begin();
      int most = 1 + random.nextInt(random.nextBoolean() ? 12 : stream.length);
      for (int at = 0; at < stream.length; ) {
        int next = Math.min(stream.length, at + 1 + random.nextInt(most));
        scene.feed(stream, at, next);
        at = next;
        if (random.nextInt(3) == 0) {
          scene.reader.resume(scene.memory);
        }
      }
      scene.resumeAll();
      assertThat(scene.handler.passed.toByteArray())
          .as("seed %d: %s", SEED + round, frames)
          .isEqualTo(ScriptedHandler.expected(stream));
      scene.passedAsExpected(stream);
    }
  }

  /** A client may send a hundred thousand messages ahead, of which one is looked at at a time. */
  @Test
  void whatWaitsIsNotCopiedForEachMessage() {
    int frames = 2000;
    byte[] stream = FrameScene.stream("S9 ".repeat(frames).strip());
    long[] taken = {0};
    AbstractByteBufAllocator counting =
        new AbstractByteBufAllocator(false) {
          @Override
          protected ByteBuf newHeapBuffer(int initial, int max) {
            taken[0] += initial;
            return new UnpooledHeapByteBuf(this, initial, max);
          }

          @Override
          protected ByteBuf newDirectBuffer(int initial, int max) {
            return newHeapBuffer(initial, max);
          }

          @Override
          public boolean isDirectBufferPooled() {
            return false;
          }
        };
    scene.reader.feed(Unpooled.wrappedBuffer(stream), counting);
    int resumed = 0;
    while (scene.reader.isStopped()) {
      scene.reader.resume(counting);
      if (++resumed % 100 == 0) {
        // More comes now and then, as it does.
        scene.reader.feed(Unpooled.wrappedBuffer(stream, 0, 14 * 50), counting);
      }
    }
    assertThat(resumed).isGreaterThan(frames);
    assertThat(taken[0]).isLessThan(4L * stream.length);
  }
}
