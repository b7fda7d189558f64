package io.howdah.backend.statement;

import io.howdah.wire.FrontendMessages;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Messages that bring prepared statements and their names into line on a server connection. Names
 * and texts given as strings are the bytes that travel, each as a char.
 */
public final class NameMessages {
  /** The statement and the portal through which texts of Howdah's own are run. */
  public static final String OWN = Statement.PREFIX + "sql";

  /** A statement name that no Parse ever used. */
  private static final String NOTHING = Statement.PREFIX + "nothing";

  private NameMessages() {}

  static ByteBuf parse(ByteBufAllocator alloc, String name, Statement statement) {
    int length = 5 + name.length() + statement.parseBodyLength();
    ByteBuf out = alloc.buffer(1 + length);
    string(out.writeByte(FrontendType.PARSE).writeInt(length), name);
    statement.writeParseBody(out);
    return out;
  }

  /** A Parse under the name of Howdah's own. */
  static ByteBuf parse(ByteBufAllocator alloc, Statement statement) {
    int length = 4 + statement.serverName().length + statement.parseBodyLength();
    ByteBuf out = alloc.buffer(1 + length);
    out.writeByte(FrontendType.PARSE).writeInt(length).writeBytes(statement.serverName());
    statement.writeParseBody(out);
    return out;
  }

  /** The same with the types that the client said, and no others. */
  static ByteBuf parseAsSaid(ByteBufAllocator alloc, Statement statement) {
    int length = 4 + statement.serverName().length + statement.parseBody().length;
    return alloc
        .buffer(1 + length)
        .writeByte(FrontendType.PARSE)
        .writeInt(length)
        .writeBytes(statement.serverName())
        .writeBytes(statement.parseBody());
  }

  /**
   * A Describe of a statement.
   *
   * @param name with its closing zero
   */
  static ByteBuf describe(ByteBufAllocator alloc, byte[] name) {
    int length = 5 + name.length;
    ByteBuf out = alloc.buffer(1 + length);
    return out.writeByte(FrontendType.DESCRIBE).writeInt(length).writeByte('S').writeBytes(name);
  }

  static ByteBuf parseUnnamed(ByteBufAllocator alloc, Statement statement) {
    int length = 5 + statement.parseBodyLength();
    ByteBuf out = alloc.buffer(1 + length);
    out.writeByte(FrontendType.PARSE).writeInt(length).writeByte(0);
    statement.writeParseBody(out);
    return out;
  }

  /** A Parse of an empty text. */
  static ByteBuf parseNothing(ByteBufAllocator alloc, String name) {
    ByteBuf out = alloc.buffer(9 + name.length());
    parse(out, name, "");
    return out;
  }

  public static ByteBuf close(ByteBufAllocator alloc, String name) {
    ByteBuf out = alloc.buffer(7 + name.length());
    close(out, 'S', name);
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

  /** A Close of the unnamed portal: outside a transaction there is none, which is no error. */
  public static ByteBuf closeNoPortal(ByteBufAllocator alloc) {
    ByteBuf out = alloc.buffer(7);
    close(out, 'P', "");
    return out;
  }

  /**
   * Close, Parse, Bind, Execute and Close (of the portal, and of the statement, which would be seen
   * in pg_prepared_statements): runs a query string that returns nothing. The first Close is for
   * one that failed before.
   */
  static ByteBuf run(ByteBufAllocator alloc, String text) {
    ByteBuf out = alloc.buffer(160 + text.length());
    close(out, 'S', OWN);
    parse(out, OWN, text);
    out.writeByte(FrontendType.BIND).writeInt(12 + 2 * OWN.length());
    string(out, OWN);
    string(out, OWN);
    out.writeShort(0).writeShort(0).writeShort(0);
    out.writeByte(FrontendType.EXECUTE).writeInt(9 + OWN.length());
    string(out, OWN);
    out.writeInt(0);
    close(out, 'P', OWN);
    close(out, 'S', OWN);
    return out;
  }

  /** A Bind that fails for certain: its statement does not exist. */
  public static ByteBuf bindOfNothing(ByteBufAllocator alloc) {
    ByteBuf out = alloc.buffer(32);
    out.writeByte(FrontendType.BIND).writeInt(12 + NOTHING.length()).writeByte(0);
    string(out, NOTHING);
    return out.writeShort(0).writeShort(0).writeShort(0);
  }

  public static ByteBuf sync(ByteBufAllocator alloc) {
    return FrontendMessages.bodyless(alloc, FrontendType.SYNC);
  }

  static ByteBuf flush(ByteBufAllocator alloc) {
    return FrontendMessages.bodyless(alloc, FrontendType.FLUSH);
  }

  private static void parse(ByteBuf out, String name, String text) {
    out.writeByte(FrontendType.PARSE).writeInt(8 + name.length() + text.length());
    string(out, name);
    string(out, text);
    out.writeShort(0);
  }

  private static void close(ByteBuf out, char what, String name) {
    out.writeByte(FrontendType.CLOSE).writeInt(6 + name.length()).writeByte(what);
    string(out, name);
  }

  private static void string(ByteBuf out, String text) {
    out.writeCharSequence(text, StandardCharsets.ISO_8859_1);
    out.writeByte(0);
  }
}
