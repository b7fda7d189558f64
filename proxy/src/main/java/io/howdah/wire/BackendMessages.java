package io.howdah.wire;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * Writes messages that a server sends, for what Howdah says in a server's place. Each method
 * appends one whole message and returns the buffer.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">PostgreSQL,
 *     section 54.7</a>
 */
public final class BackendMessages {
  private BackendMessages() {}

  public static ByteBuf authenticationOk(ByteBuf out) {
    return out.writeByte(BackendType.AUTHENTICATION).writeInt(8).writeInt(0);
  }

  /** Offers SASL mechanisms. */
  public static ByteBuf authenticationSasl(ByteBuf out, List<String> mechanisms) {
    int start = begin(out, BackendType.AUTHENTICATION);
    out.writeInt(10);
    mechanisms.forEach(m -> CString.write(out, m));
    out.writeByte(0);
    return end(out, start);
  }

  public static ByteBuf authenticationSaslContinue(ByteBuf out, byte[] data) {
    return out.writeByte(BackendType.AUTHENTICATION)
        .writeInt(8 + data.length)
        .writeInt(11)
        .writeBytes(data);
  }

  public static ByteBuf authenticationSaslFinal(ByteBuf out, byte[] data) {
    return out.writeByte(BackendType.AUTHENTICATION)
        .writeInt(8 + data.length)
        .writeInt(12)
        .writeBytes(data);
  }

  public static ByteBuf parameterStatus(ByteBuf out, String name, String value) {
    int start = begin(out, BackendType.PARAMETER_STATUS);
    CString.write(out, name);
    CString.write(out, value);
    return end(out, start);
  }

  /**
   * @param key 4 bytes for protocol 3.0, up to 256 from 3.2 on
   */
  public static ByteBuf backendKeyData(ByteBuf out, int processId, byte[] key) {
    return out.writeByte(BackendType.BACKEND_KEY_DATA)
        .writeInt(8 + key.length)
        .writeInt(processId)
        .writeBytes(key);
  }

  /**
   * @param status {@code I}, {@code T} or {@code E}
   */
  public static ByteBuf readyForQuery(ByteBuf out, byte status) {
    return out.writeByte(BackendType.READY_FOR_QUERY).writeInt(5).writeByte(status);
  }

  /** Tells a client that asked for more than we speak what we do speak. */
  public static ByteBuf negotiateProtocolVersion(
      ByteBuf out, int version, List<String> unknownOptions) {
    int start = begin(out, BackendType.NEGOTIATE_PROTOCOL_VERSION);
    out.writeInt(version).writeInt(unknownOptions.size());
    unknownOptions.forEach(o -> CString.write(out, o));
    return end(out, start);
  }

  /** A message of nothing but its type, such as ParseComplete. */
  public static ByteBuf bodyless(ByteBuf out, byte type) {
    return out.writeByte(type).writeInt(4);
  }

  /** A message with the body of another, which keeps it. */
  public static ByteBuf whole(ByteBuf out, byte type, ByteBuf body) {
    int length = body.readableBytes();
    out.writeByte(type).writeInt(4 + length);
    return out.writeBytes(body, body.readerIndex(), length);
  }

  /** A NoticeResponse of severity WARNING. */
  public static ByteBuf warning(
      ByteBuf out, String code, String message, String detail, String hint) {
    int start = begin(out, BackendType.NOTICE_RESPONSE);
    field(out, 'S', "WARNING");
    field(out, 'V', "WARNING");
    field(out, 'C', code);
    field(out, 'M', message);
    field(out, 'D', detail);
    field(out, 'H', hint);
    out.writeByte(0);
    return end(out, start);
  }

  /** A NoticeResponse of severity NOTICE. */
  public static ByteBuf notice(ByteBuf out, String message, String detail) {
    int start = begin(out, BackendType.NOTICE_RESPONSE);
    field(out, 'S', "NOTICE");
    field(out, 'V', "NOTICE");
    field(out, 'C', "00000");
    field(out, 'M', message);
    field(out, 'D', detail);
    out.writeByte(0);
    return end(out, start);
  }

  private static void field(ByteBuf out, char field, String value) {
    out.writeByte(field);
    CString.write(out, value);
  }

  public static ByteBuf commandComplete(ByteBuf out, String tag) {
    int start = begin(out, BackendType.COMMAND_COMPLETE);
    CString.write(out, tag);
    return end(out, start);
  }

  /** Begins a message; its length is filled in by {@link #end}. Returns what {@code end} needs. */
  public static int begin(ByteBuf out, byte type) {
    out.writeByte(type).writeInt(0);
    return out.writerIndex() - 4;
  }

  /** Ends the message that {@link #begin} began. */
  public static ByteBuf end(ByteBuf out, int start) {
    return out.setInt(start, out.writerIndex() - start);
  }
}
