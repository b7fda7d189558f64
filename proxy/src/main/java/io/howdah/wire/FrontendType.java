package io.howdah.wire;

/**
 * Type bytes of the messages that a client sends.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">PostgreSQL,
 *     section 54.7</a>
 */
public final class FrontendType {
  public static final byte BIND = 'B';
  public static final byte CLOSE = 'C';
  public static final byte COPY_DATA = 'd';
  public static final byte COPY_DONE = 'c';
  public static final byte COPY_FAIL = 'f';
  public static final byte DESCRIBE = 'D';
  public static final byte EXECUTE = 'E';
  public static final byte FLUSH = 'H';
  public static final byte FUNCTION_CALL = 'F';
  public static final byte PARSE = 'P';

  /** PasswordMessage, SASLInitialResponse, SASLResponse and GSSResponse share this byte. */
  public static final byte PASSWORD = 'p';

  public static final byte QUERY = 'Q';
  public static final byte SYNC = 'S';
  public static final byte TERMINATE = 'X';

  private static final int MAX_LARGE_BODY_BYTES = 0x3FFFFFFF - 4;
  private static final int MAX_SMALL_BODY_BYTES = 10_000;

  private FrontendType() {}

  /**
   * Whether a message may be said while the server waits for CopyData. With any other PostgreSQL
   * gives up the connection.
   */
  public static boolean mayStandInCopy(byte type) {
    return switch (type) {
      case COPY_DATA, COPY_DONE, COPY_FAIL, FLUSH, SYNC -> true;
      default -> false;
    };
  }

  /**
   * How long the body of a message of this type may be, in bytes, as PostgreSQL has it
   * (PQ_LARGE_MESSAGE_LIMIT and PQ_SMALL_MESSAGE_LIMIT in libpq.h).
   *
   * @throws ProtocolException when no client's message has this type
   */
  public static int maxBodyBytes(byte type) {
    return switch (type) {
      case QUERY, PARSE, BIND, FUNCTION_CALL, COPY_DATA -> MAX_LARGE_BODY_BYTES;
      case CLOSE, DESCRIBE, EXECUTE, FLUSH, SYNC, TERMINATE, COPY_DONE, COPY_FAIL, PASSWORD ->
          MAX_SMALL_BODY_BYTES;
      default -> throw new ProtocolException("invalid frontend message type " + (type & 0xFF));
    };
  }
}
