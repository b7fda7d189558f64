package io.howdah.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;

/**
 * Writes messages that a logged-in client sends, for what Howdah itself asks of servers. Each is a
 * buffer of its own.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">PostgreSQL,
 *     section 54.7</a>
 */
public final class FrontendMessages {
  private FrontendMessages() {}

  /** Query. */
  public static ByteBuf query(ByteBufAllocator alloc, String sql) {
    int length = ByteBufUtil.utf8Bytes(sql);
    ByteBuf out = alloc.buffer(6 + length);
    out.writeByte(FrontendType.QUERY).writeInt(5 + length);
    ByteBufUtil.writeUtf8(out, sql);
    return out.writeByte(0);
  }

  /** A message of nothing but its type, such as Sync. */
  public static ByteBuf bodyless(ByteBufAllocator alloc, byte type) {
    return alloc.buffer(5).writeByte(type).writeInt(4);
  }
}
