package io.howdah.frontend;

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

  private RoleProbe() {}

  private static byte[] text(String sql) {
    return (sql + '\0').getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether a Query's body, which may not be there whole, is such a question. */
  static boolean is(ByteBuf in, int body, int length) {
    for (byte[] each : TEXTS) {
      if (each.length == length && in.writerIndex() - body >= length && equals(each, in, body)) {
        return true;
      }
    }
    return false;
  }

  private static boolean equals(byte[] text, ByteBuf in, int body) {
    for (int i = 0; i < text.length; i++) {
      if (in.getByte(body + i) != text[i]) {
        return false;
      }
    }
    return true;
  }
}
