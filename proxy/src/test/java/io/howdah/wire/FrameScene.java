package io.howdah.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A frame reader with a handler that does as the types of frames tell it. */
final class FrameScene {
  /** Only what the reader itself holds is taken from here. */
  final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false);

  ScriptedHandler handler;
  FrameReader reader;

  FrameScene() {
    begin();
  }

  /** To be called when a test is over. */
  void nothingStaysBehind() {
    reader.close();
    assertThat(held()).as("bytes still held after close").isZero();
  }

  /** Frames such as {@code P0 W3 D12}: type and body length. */
  static byte[] stream(String frames) {
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

  void begin() {
    handler = new ScriptedHandler();
    reader = new FrameReader(handler);
    handler.reader = reader;
  }

  void feed(byte[] bytes, int from, int to) {
    // Bytes before the reader index and behind the writer index are none of the reader's business.
    ByteBuf in = Unpooled.buffer(to - from + 7).writeBytes(new byte[] {'E', 0, 0});
    in.skipBytes(3);
    reader.feed(in.writeBytes(bytes, from, to - from), memory);
    assertThat(in.refCnt()).as("the reader owns what it is fed").isZero();
  }

  void resumeAll() {
    while (reader.isStopped()) {
      reader.resume(memory);
    }
  }

  long held() {
    return memory.metric().usedHeapMemory();
  }

  void passedAsExpected(byte[] stream) {
    assertThat(handler.passed.toString(StandardCharsets.ISO_8859_1))
        .isEqualTo(new String(ScriptedHandler.expected(stream), StandardCharsets.ISO_8859_1));
    assertThat(reader.heldBytes()).isZero();
    assertThat(held()).isZero();
    assertThat(reader.isBetweenFrames()).isTrue();
  }
}
