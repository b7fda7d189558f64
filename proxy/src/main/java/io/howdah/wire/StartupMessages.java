package io.howdah.wire;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * Writes the messages with which a client opens a connection and logs in.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">PostgreSQL,
 *     section 54.7</a>
 */
public final class StartupMessages {
  private StartupMessages() {}

  /**
   * StartupMessage.
   *
   * @param version such as {@link Protocol#VERSION_3_0}
   * @param parameters {@code user}, {@code database} and settings; names must not be empty, an
   *     empty name would end the list
   */
  public static void startup(ByteBuf out, int version, Map<String, String> parameters) {
    int start = out.writerIndex();
    out.writeInt(0);
    out.writeInt(version);
    parameters.forEach(
        (name, value) -> {
          if (name.isEmpty()) {
            throw new IllegalArgumentException("a start-up parameter has no name");
          }
          CString.write(out, name);
          CString.write(out, value);
        });
    out.writeByte(0);
    out.setInt(start, out.writerIndex() - start);
  }

  /** CancelRequest: goes over a connection of its own and is never answered. */
  public static void cancelRequest(ByteBuf out, int processId, byte[] key) {
    out.writeInt(12 + key.length);
    out.writeInt(Protocol.CANCEL_REQUEST_CODE);
    out.writeInt(processId);
    out.writeBytes(key);
  }

  /** SSLRequest: answered by one byte, {@code S} or {@code N}. */
  public static void sslRequest(ByteBuf out) {
    out.writeInt(8);
    out.writeInt(Protocol.SSL_REQUEST_CODE);
  }

  /** PasswordMessage: a clear or MD5-hashed password. */
  public static void password(ByteBuf out, String password) {
    int start = begin(out);
    CString.write(out, password);
    end(out, start);
  }

  /** SASLInitialResponse. */
  public static void saslInitialResponse(ByteBuf out, String mechanism, byte[] data) {
    int start = begin(out);
    CString.write(out, mechanism);
    out.writeInt(data.length);
    out.writeBytes(data);
    end(out, start);
  }

  /** SASLResponse. */
  public static void saslResponse(ByteBuf out, byte[] data) {
    int start = begin(out);
    out.writeBytes(data);
    end(out, start);
  }

  private static int begin(ByteBuf out) {
    out.writeByte(FrontendType.PASSWORD);
    int start = out.writerIndex();
    out.writeInt(0);
    return start;
  }

  private static void end(ByteBuf out, int start) {
    out.setInt(start, out.writerIndex() - start);
  }
}
