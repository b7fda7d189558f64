package io.howdah.frontend.request;

import io.howdah.backend.statement.Statement;
import io.netty.buffer.ByteBuf;

/**
 * What the formats in a Bind tell of what its client knows: who sends or wants bytes in binary
 * takes them for values of a certain type, and who says a format for each of several columns has
 * counted them. Where the message is not there whole, it counts as one that does.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">PostgreSQL,
 *     section 54.7, Bind</a>
 */
final class BindFormats {
  private BindFormats() {}

  /**
   * Whether it wants columns of certain types.
   *
   * @param from where the message goes on behind its names
   * @param end up to where it has come
   */
  static boolean showKnownRows(ByteBuf in, int from, int end) {
    int at = from + 2;
    if (at > end) {
      return true;
    }
    at += 2 * in.getUnsignedShort(from);
    if (at + 2 > end) {
      return true;
    }
    int values = in.getUnsignedShort(at);
    at += 2;
    for (int i = 0; i < values; i++) {
      if (at + 4 > end) {
        return true;
      }
      long next = at + 4L + Math.max(0, in.getInt(at));
      if (next > end) {
        return true;
      }
      at = (int) next;
    }
    if (at + 2 > end) {
      return true;
    }
    int formats = in.getUnsignedShort(at);
    return formats > 1 || formats == 1 && (at + 4 > end || in.getShort(at + 2) != 0);
  }

  /** Whether it has a value in binary whose type the client has not said itself. */
  static boolean showKnownParameters(Statement statement, ByteBuf in, int from, int end) {
    int formats = from + 2 > end ? -1 : in.getUnsignedShort(from);
    int valuesAt = from + 2 + 2 * formats;
    if (formats < 0 || valuesAt + 2 > end) {
      return true;
    }
    int values = formats == 0 ? 0 : in.getUnsignedShort(valuesAt);
    for (int i = 0; i < values; i++) {
      int which = formats == 1 ? 0 : i;
      if (which < formats
          && in.getShort(from + 2 + 2 * which) != 0
          && statement.parameterType(i + 1) == 0) {
        return true;
      }
    }
    return false;
  }
}
