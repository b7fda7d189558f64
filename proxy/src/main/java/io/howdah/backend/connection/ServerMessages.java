package io.howdah.backend.connection;

import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Messages that Howdah itself sends to a logged-in server. Each is a buffer of its own, for the
 * caller to send.
 */
final class ServerMessages {
  /** A statement name that no Parse ever used. */
  private static final byte[] NOTHING = "howdah_nothing\0".getBytes(StandardCharsets.US_ASCII);

  /**
   * A query string that fails for certain where it is run, and not before: what a simple query does
   * away with, or leaves, is so behind it too. No name of a client's begins so.
   */
  static final String QUERY_OF_NOTHING = "DEALLOCATE \"howdah_ nothing\"";

  private ServerMessages() {}

  /** A Bind that fails for certain: its statement does not exist. */
  static ByteBuf bindOfNothing(ByteBufAllocator alloc) {
    int length = 4 + 1 + NOTHING.length + 6;
    ByteBuf out = alloc.buffer(1 + length);
    out.writeByte(FrontendType.BIND).writeInt(length).writeByte(0).writeBytes(NOTHING);
    return out.writeShort(0).writeShort(0).writeShort(0);
  }
}
