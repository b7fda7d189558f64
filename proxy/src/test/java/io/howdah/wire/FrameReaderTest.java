package io.howdah.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private static final long SEED = 20260101;

  /** Only what the reader itself holds is taken from here. */
  private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);

  private ScriptedHandler handler;
  private FrameReader reader;

  FrameReaderTest() {
    begin();
  }

  @AfterEach
  void nothingStaysBehind() {
    reader.close();
    assertThat(held()).as("bytes still held after close").isZero();
  }

  /** Frames such as {@code P0 W3 D12}: type and body length. */
  private static byte[] stream(String frames) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String frame : frames.split(" ")) {
      int length = Integer.parseInt(frame.substring(1));
      out.write(frame.charAt(0));
      out.writeBytes(ByteBuffer.allocate(4).putInt(length + 4).array());
      for (int i = 0; i < length; i++) {
        out.write('a' + (i + out.size()) % 26);
      }
    }
    return out.toByteArray();
  }

  private void begin() {
    handler = new ScriptedHandler();
    reader = new FrameReader(handler);
    handler.reader = reader;
  }

  private void feed(byte[] bytes, int from, int to) {
    // Bytes before the reader index and behind the writer index are none of the reader's business.
    ByteBuf in = Unpooled.buffer(to - from + 7).writeBytes(new byte[] {'E', 0, 0});
    in.skipBytes(3);
    reader.feed(in.writeBytes(bytes, from, to - from), memory);
    assertThat(in.refCnt()).as("the reader owns what it is fed").isZero();
  }

  private void resumeAll() {
    while (reader.isStopped()) {
      reader.resume(memory);
    }
  }

  private long held() {
    return memory.metric().usedHeapMemory();
  }

  private void passedAsExpected(byte[] stream) {
    assertThat(handler.passed.toString(StandardCharsets.ISO_8859_1))
        .isEqualTo(new String(ScriptedHandler.expected(stream), StandardCharsets.ISO_8859_1));
    assertThat(reader.heldBytes()).isZero();
    assertThat(held()).isZero();
    assertThat(reader.isBetweenFrames()).isTrue();
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
    byte[] stream = stream(frames);
    feed(stream, 0, stream.length);
    resumeAll();
    passedAsExpected(stream);
    var decided = handler.decided;
    assertThat(decided).hasSize(frames.split(" ").length);

    begin();
    for (int i = 0; i < stream.length; i++) {
      feed(stream, i, i + 1);
      resumeAll();
    }
    passedAsExpected(stream);
    assertThat(handler.decided).isEqualTo(decided);

    for (int i = 0; i <= stream.length; i++) {
      for (int j = i; j <= stream.length; j++) {
        begin();
        feed(stream, 0, i);
        feed(stream, i, j);
        if ((i + j) % 2 == 0) {
          resumeAll();
        }
        feed(stream, j, stream.length);
        resumeAll();
        passedAsExpected(stream);
        assertThat(handler.decided).isEqualTo(decided);
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
    byte[] stream = stream(frames);
    feed(stream, 0, stream.length);
    passedAsExpected(stream);
    assertThat(handler.runs).isEqualTo(runs);
  }

  @Test
  void aRunIsASliceOfWhatWasReadNotACopy() {
    byte[] stream = stream("P100 W50 P7");
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
    plain.feed(in, memory);
    assertThat(run[0].array()).isSameAs(stream);
    assertThat(run[0].readableBytes()).isEqualTo(stream.length);
    assertThat(held()).isZero();
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
    plain.feed(header.readRetainedSlice(3), memory);
    plain.feed(header, memory);
    for (long left = body; left > 0; left -= piece.readableBytes()) {
      assertThat(plain.isBetweenFrames()).isFalse();
      plain.feed(piece.retainedDuplicate(), memory);
      mostHeld[0] = Math.max(mostHeld[0], held());
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
    reader.feed(header, memory);
    assertThat(handler.passed.size()).isEqualTo(9);
    assertThat(reader.isBetweenFrames()).isFalse();
    begin();
    ByteBuf whole = Unpooled.buffer(9).writeByte('W').writeInt(1 << 30).writeInt(0);
    reader.feed(whole, memory);
    assertThat(reader.heldBytes()).isEqualTo(9);
    assertThat(held())
        .as("what is held grows with what came, not with what was promised")
        .isLessThan(10_000);
    reader.close();
    begin();
    ByteBuf tooLong = Unpooled.buffer(9).writeByte('W').writeInt(Integer.MAX_VALUE).writeInt(0);
    assertThatThrownBy(() -> reader.feed(tooLong, memory)).isInstanceOf(ProtocolException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 0, -1, Integer.MIN_VALUE, Integer.MIN_VALUE + 3})
  void aLengthThatLiesEndsTheStream(int length) {
    byte[] lie = ByteBuffer.allocate(9).put((byte) 'W').putInt(length).putInt(7).array();
    byte[] before = stream("P2 W3");
    byte[] stream = Arrays.copyOf(before, before.length + lie.length);
    System.arraycopy(lie, 0, stream, before.length, lie.length);
    for (int split = 0; split < before.length + 5; split++) {
      begin();
      feed(stream, 0, split);
      int at = split;
      assertThatThrownBy(() -> feed(stream, at, stream.length))
          .isInstanceOf(ProtocolException.class)
          .hasMessage("invalid message length");
      assertThat(held()).isZero();
      assertThat(reader.heldBytes()).isZero();
      int passed = handler.passed.size();
      feed(before, 0, before.length);
      assertThat(handler.passed.size()).as("nothing is read any more").isEqualTo(passed);
    }
  }

  @Test
  void aMessageThatMustNotBeSentEndsTheStream() {
    byte[] stream = stream("W4 E1");
    feed(stream, 0, 3);
    assertThatThrownBy(() -> feed(stream, 3, stream.length))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("no such message");
    assertThat(held()).isZero();
  }

  @Test
  void stopHoldsEverythingBehindUntilResumed() {
    byte[] stream = stream("P1 S3 W2 P4");
    feed(stream, 0, 11);
    assertThat(reader.isStopped()).isTrue();
    assertThat(handler.passed.size()).as("what stands before the stop passes").isEqualTo(6);
    for (int i = 11; i < stream.length; i++) {
      feed(stream, i, i + 1);
    }
    assertThat(handler.decided).containsExactly("P");
    assertThat(reader.heldBytes()).isEqualTo(stream.length - 6);
    reader.resume(memory);
    passedAsExpected(stream);
  }

  @Test
  void moreIsAskedAgainOnlyOnceMoreHasCome() {
    byte[] stream = stream("M6 W1");
    feed(stream, 0, 6);
    feed(stream, 6, 6);
    assertThat(reader.isStopped()).isFalse();
    feed(stream, 6, 10);
    assertThat(handler.decided).isEmpty();
    feed(stream, 10, stream.length);
    passedAsExpected(stream);
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
    ByteBuf in = Unpooled.wrappedBuffer(stream("P1 P1"));
    own[0].feed(in, memory);
    own[0].resume(memory);
    assertThat(in.refCnt()).isZero();
    assertThat(held()).isZero();
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
      byte[] stream = stream(frames.toString().trim());
      begin();
      int most = 1 + random.nextInt(random.nextBoolean() ? 12 : stream.length);
      for (int at = 0; at < stream.length; ) {
        int next = Math.min(stream.length, at + 1 + random.nextInt(most));
        feed(stream, at, next);
        at = next;
        if (random.nextInt(3) == 0) {
          reader.resume(memory);
        }
      }
      resumeAll();
      assertThat(handler.passed.toByteArray())
          .as("seed %d: %s", SEED + round, frames)
          .isEqualTo(ScriptedHandler.expected(stream));
      passedAsExpected(stream);
    }
  }

  /** What is pushed back comes before what was held, whether that is whole frames or a part. */
  @Test
  void pushedBackFramesComeFirst() {
    byte[] later = stream("W4 P3");
    for (int cut = 0; cut <= later.length; cut++) {
      begin();
      byte[] first = stream("W2 X1 P2");
      feed(first, 0, first.length);
      handler.decided.clear();
      byte[] stop = stream("S2");
      feed(stop, 0, stop.length);
      feed(later, 0, cut);
      reader.pushBack(Unpooled.wrappedBuffer(first), UnpooledByteBufAllocator.DEFAULT);
      assertThat(reader.isStopped()).isTrue();
      feed(later, cut, later.length);
      assertThat(handler.decided).isEmpty();
      reader.resume(UnpooledByteBufAllocator.DEFAULT);
      assertThat(reader.isStopped()).as("the one that was stopped is stopped again").isTrue();
      reader.resume(UnpooledByteBufAllocator.DEFAULT);
      assertThat(handler.decided.stream().map(each -> each.charAt(0)))
          .containsExactly('W', 'X', 'P', 'S', 'W', 'P');
      reader.close();
    }
  }

  @Test
  void whatCannotBeReadDoesNotTakeTheRestOfAMessageAlong() {
    byte[] stream = stream("P9 E0");
    feed(stream, 0, 8);
    assertThatThrownBy(() -> feed(stream, 8, stream.length)).isInstanceOf(ProtocolException.class);
    assertThat(handler.passed.toByteArray()).isEqualTo(Arrays.copyOf(stream, 14));
  }
}
