package io.howdah.frontend.routing;

import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The question by which drivers find out what they have connected to, where their {@code
 * target_session_attrs} asks for a primary or a standby and the server's parameters don't tell, or
 * are not looked at. It is the first that the session asks, in the very words of the driver. It
 * means the session and not the node that happens to answer: so it goes where a statement goes that
 * any node can answer, which is the primary while there is one.
 */
final class RoleProbe {
  /** Of pgx, and of libpq and asyncpg. */
  private static final byte[][] TEXTS = {
    text("select pg_is_in_recovery()"), text("SELECT pg_catalog.pg_is_in_recovery()")
  };

  /** What a Parse has beside its text: no name, and the number of parameter types, which is 0. */
  private static final int PARSE_BYTES = 3;

  private RoleProbe() {}

  private static byte[] text(String sql) {
    return (sql + '\0').getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Whether a message asks that, or prepares to: a Query, or a Parse of the unnamed statement.
   *
   * @param length of its body, which may not be there whole
   */
  static boolean is(byte type, ByteBuf in, int body, int length) {
    if (in.writerIndex() - body < length) {
      return false;
    }
    return switch (type) {
      case FrontendType.QUERY -> isText(in, body, length);
      case FrontendType.PARSE ->
          length > PARSE_BYTES
              && in.getByte(body) == 0
              && isText(in, body + 1, length - PARSE_BYTES);
      default -> false;
    };
  }

  private static boolean isText(ByteBuf in, int from, int length) {
    for (byte[] each : TEXTS) {
      if (each.length == length && equals(each, in, from)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equals(byte[] text, ByteBuf in, int from) {
    for (int i = 0; i < text.length; i++) {
      if (in.getByte(from + i) != text[i]) {
        return false;
      }
    }
    return true;
  }
}
