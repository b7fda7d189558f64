package io.howdah.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;

/** What a server might say, in buffers as they come from a socket. */
final class Replies {
  private static final int READ_BYTES = 16 << 10;
  private static final int ROW_BYTES = 32;

  private Replies() {}

  /** The answer to a small query: RowDescription, DataRow, CommandComplete, ReadyForQuery. */
  static ByteBuf small() {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(256);
    rowDescription(out);
    row(out, ROW_BYTES);
    byte[] tag = "SELECT 1\0".getBytes(StandardCharsets.US_ASCII);
    out.writeByte('C').writeInt(4 + tag.length).writeBytes(tag);
    return out.writeByte('Z').writeInt(5).writeByte('I');
  }

  /** The beginning of an answer. */
  static ByteBuf rowDescription() {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(64);
    rowDescription(out);
    return out;
  }

  /** 16 KiB of rows of 32 bytes each. */
  static ByteBuf rows() {
    ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(READ_BYTES);
    while (out.writableBytes() >= ROW_BYTES) {
      row(out, ROW_BYTES);
    }
    return out;
  }

  private static void rowDescription(ByteBuf out) {
    byte[] name = "abalance\0".getBytes(StandardCharsets.US_ASCII);
    out.writeByte('T').writeInt(4 + 2 + name.length + 18).writeShort(1).writeBytes(name);
    out.writeInt(16_384).writeShort(3).writeInt(23).writeShort(4).writeInt(-1).writeShort(0);
  }

  private static void row(ByteBuf out, int bytes) {
    int value = bytes - 11;
    out.writeByte('D').writeInt(bytes - 1).writeShort(1).writeInt(value).writeZero(value);
  }
}
