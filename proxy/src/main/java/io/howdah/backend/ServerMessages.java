package io.howdah.backend;

import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * Messages that Howdah itself sends to a logged-in server. Each is a buffer of its own, for the
 * caller to send.
 */
final class ServerMessages {
  /** A statement name that no Parse ever used. */
  private static final byte[] NOTHING = "howdah_nothing\0".getBytes(StandardCharsets.US_ASCII);

  private ServerMessages() {}

  static ByteBuf query(ByteBufAllocator alloc, String sql) {
    int length = ByteBufUtil.utf8Bytes(sql);
    ByteBuf out = alloc.buffer(6 + length);
    out.writeByte(FrontendType.QUERY).writeInt(5 + length);
    ByteBufUtil.writeUtf8(out, sql);
    return out.writeByte(0);
  }

  static ByteBuf parse(ByteBufAllocator alloc, Statement statement) {
    int length = 4 + statement.serverName().length + statement.parseBodyLength();
    ByteBuf out = alloc.buffer(1 + length);
    out.writeByte(FrontendType.PARSE).writeInt(length).writeBytes(statement.serverName());
    statement.writeParseBody(out);
    return out;
  }

  static ByteBuf parseUnnamed(ByteBufAllocator alloc, Statement statement) {
    int length = 5 + statement.parseBodyLength();
    ByteBuf out = alloc.buffer(1 + length);
    out.writeByte(FrontendType.PARSE).writeInt(length).writeByte(0);
    statement.writeParseBody(out);
    return out;
  }

  /**
   * @param name with its closing zero
   */
  static ByteBuf closeStatement(ByteBufAllocator alloc, byte[] name) {
    int length = 5 + name.length;
    ByteBuf out = alloc.buffer(1 + length);
    return out.writeByte(FrontendType.CLOSE).writeInt(length).writeByte('S').writeBytes(name);
  }

  /** A Bind that fails for certain: its statement does not exist. */
  static ByteBuf bindOfNothing(ByteBufAllocator alloc) {
    int length = 4 + 1 + NOTHING.length + 6;
    ByteBuf out = alloc.buffer(1 + length);
    out.writeByte(FrontendType.BIND).writeInt(length).writeByte(0).writeBytes(NOTHING);
    return out.writeShort(0).writeShort(0).writeShort(0);
  }

  /** A message of the server's with another body. */
  static ByteBuf whole(ByteBufAllocator alloc, byte type, ByteBuf body) {
    int length = body.readableBytes();
    ByteBuf out = alloc.buffer(5 + length).writeByte(type).writeInt(4 + length);
    return out.writeBytes(body, body.readerIndex(), length);
  }

  static ByteBuf bodyless(ByteBufAllocator alloc, byte type) {
    return alloc.buffer(5).writeByte(type).writeInt(4);
  }
}
