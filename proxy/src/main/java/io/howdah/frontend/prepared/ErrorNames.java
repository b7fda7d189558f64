package io.howdah.frontend.prepared;

import io.howdah.backend.statement.Statement;
import io.howdah.wire.BackendType;
import io.howdah.wire.ErrorFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Puts a client's own statement names back where an error of the server's says Howdah's. */
public final class ErrorNames {
  private ErrorNames() {}

  /**
   * The whole ErrorResponse with other names in it; null when there are none of Howdah's in it.
   *
   * @param body an ErrorResponse's body, left as it is
   * @param nameOf the client's name for one of Howdah's, or null where there is none; both are the
   *     bytes that travel, each as a char
   */
  public static ByteBuf rewritten(
      ByteBuf body, UnaryOperator<String> nameOf, ByteBufAllocator alloc) {
    String text =
        body.toString(body.readerIndex(), body.readableBytes(), StandardCharsets.ISO_8859_1);
    String other = rewritten(text, nameOf);
    if (other == null) {
      return null;
    }
    ByteBuf out = alloc.buffer(5 + other.length());
    out.writeByte(BackendType.ERROR_RESPONSE).writeInt(4 + other.length());
    out.writeCharSequence(other, StandardCharsets.ISO_8859_1);
    return out;
  }

  /** The whole ErrorResponse with this body. */
  public static ByteBuf whole(ByteBuf body, ByteBufAllocator alloc) {
    int length = body.readableBytes();
    return alloc
        .buffer(5 + length)
        .writeByte(BackendType.ERROR_RESPONSE)
        .writeInt(4 + length)
        .writeBytes(body, body.readerIndex(), length);
  }

  /**
   * "unexpected message type 0x43 during COPY from stdin", in any language, with the type of the
   * message that the client sent; null for another error.
   */
  public static ByteBuf ofAnotherType(ByteBuf body, byte said, byte meant) {
    if (!"CopyGetData"
        .equals(ErrorFields.read(body, body.readerIndex(), body.readableBytes()).routine())) {
      return null;
    }
    String text =
        body.toString(body.readerIndex(), body.readableBytes(), StandardCharsets.ISO_8859_1);
    return Unpooled.wrappedBuffer(
        text.replace("0x%02X".formatted(said), "0x%02X".formatted(meant))
            .getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String rewritten(String text, UnaryOperator<String> nameOf) {
    StringBuilder out = null;
    int copied = 0;
    int at = text.indexOf(Statement.PREFIX);
    while (at >= 0) {
      int end = at + Statement.PREFIX.length();
      while (end < text.length() && isDigit(text.charAt(end))) {
        end++;
      }
      String name = nameOf.apply(text.substring(at, end));
      if (name != null) {
        out = out == null ? new StringBuilder() : out;
        out.append(text, copied, at).append(name);
        copied = end;
      }
      at = text.indexOf(Statement.PREFIX, end);
    }
    return out == null ? null : out.append(text, copied, text.length()).toString();
  }

  /** Of a number to the base 36. */
  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'z';
  }
}
