package io.howdah.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** Strings that end with a zero byte, in UTF-8. */
public final class CString {
  private CString() {}

  /**
   * Reads one, and passes over its zero byte.
   *
   * @throws MalformedMessage when {@code in} ends before the zero byte
   */
  public static String read(ByteBuf in) {
    int length = in.bytesBefore((byte) 0);
    if (length < 0) {
      throw new MalformedMessage("a string has no end");
    }
    String text = in.toString(in.readerIndex(), length, StandardCharsets.UTF_8);
    in.skipBytes(length + 1);
    return text;
  }

  /** Writes one; a zero byte within ends it early, so that nothing can be smuggled in behind it. */
  public static void write(ByteBuf out, String text) {
    int zero = text.indexOf('\0');
    out.writeCharSequence(zero < 0 ? text : text.substring(0, zero), StandardCharsets.UTF_8);
    out.writeByte(0);
  }

  /**
   * The index of the zero that ends the string at {@code from}, within a message that ends at
   * {@code to}.
   *
   * @throws ProtocolException when there is none
   */
  public static int end(ByteBuf in, int from, int to) {
    int i = from < to ? in.indexOf(from, to, (byte) 0) : -1;
    if (i < 0) {
      throw new ProtocolException("invalid string in message");
    }
    return i;
  }
}
