package io.howdah.frontend.request;

import io.howdah.backend.statement.Statement;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A client's messages, with the name that Howdah gave the statement in place of the client's. */
final class RenamedMessages {
  private RenamedMessages() {}

  /**
   * A Bind up to the name of its statement; the rest is as the client said it.
   *
   * @param bodyLength of the client's message
   * @param body where its body begins, with the portal's name
   * @param portalEnd where that ends
   * @param nameEnd where the client's name of the statement ends
   */
  static ByteBuf bindHead(
      ByteBufAllocator alloc,
      Statement statement,
      int bodyLength,
      ByteBuf in,
      int body,
      int portalEnd,
      int nameEnd) {
    byte[] name = statement.serverName();
    int portalBytes = portalEnd + 1 - body;
    return alloc
        .buffer(5 + portalBytes + name.length)
        .writeByte(FrontendType.BIND)
        .writeInt(4 + bodyLength - (nameEnd - portalEnd) + name.length)
        .writeBytes(in, body, portalBytes)
        .writeBytes(name);
  }

  /** A Describe of a statement. */
  static ByteBuf describe(ByteBufAllocator alloc, Statement statement) {
    byte[] name = statement.serverName();
    return alloc
        .buffer(6 + name.length)
        .writeByte(FrontendType.DESCRIBE)
        .writeInt(5 + name.length)
        .writeByte('S')
        .writeBytes(name);
  }
}
