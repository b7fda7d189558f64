package io.howdah.frontend.startup;

import io.howdah.wire.Protocol;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The first thing that a client sends, decoded.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">StartupMessage,
 *     CancelRequest, SSLRequest, GSSENCRequest</a>
 */
public sealed interface StartupPacket {
  /**
   * The client would like to encrypt; whether with TLS or GSSAPI makes no difference to the answer.
   */
  record EncryptionRequest(int code) implements StartupPacket {}

  /** The client asks to cancel another session's request. */
  record CancelRequest(int processId, byte[] key) implements StartupPacket {}

  /** The client begins a session. Parameters in the order in which they came. */
  record StartupMessage(int major, int minor, Map<String, String> parameters)
      implements StartupPacket {}

  /**
   * The length of the packet that begins at the reader index; -1 while that can't be told, 0 when
   * no packet has that length.
   */
  static int length(ByteBuf in) {
    if (in.readableBytes() < 4) {
      return -1;
    }
    int length = in.getInt(in.readerIndex());
    if (length < 8 || length - 4 > Protocol.MAX_STARTUP_PACKET_BYTES) {
      return 0;
    }
    return length;
  }

  /**
   * Reads one packet.
   *
   * @param in exactly one packet, from its length on
   * @throws ProtocolException when it is none
   */
  static StartupPacket read(ByteBuf in) {
    int length = in.readInt();
    int code = in.readInt();
    switch (code) {
      case Protocol.SSL_REQUEST_CODE, Protocol.GSSENC_REQUEST_CODE -> {
        if (length != 8) {
          throw new ProtocolException("invalid length of startup packet");
        }
        return new EncryptionRequest(code);
      }
      case Protocol.CANCEL_REQUEST_CODE -> {
        int keyLength = length - 12;
        if (keyLength < 1 || keyLength > Protocol.MAX_CANCEL_KEY_BYTES) {
          // Not answered either, and fits nobody: there is no process 0.
          return new CancelRequest(0, new byte[0]);
        }
        int processId = in.readInt();
        byte[] key = new byte[keyLength];
        in.readBytes(key);
        return new CancelRequest(processId, key);
      }
      default -> {
        int major = code >>> 16;
        return new StartupMessage(major, code & 0xFFFF, major == 3 ? parameters(in) : Map.of());
      }
    }
  }

  private static Map<String, String> parameters(ByteBuf in) {
    Map<String, String> parameters = new LinkedHashMap<>();
    while (true) {
      String name = cString(in);
      if (name.isEmpty()) {
        break;
      }
      parameters.put(name, cString(in));
    }
    if (in.isReadable()) {
      throw new ProtocolException(
          "invalid startup packet layout: expected terminator as last byte");
    }
    return parameters;
  }

  private static String cString(ByteBuf in) {
    int n = in.bytesBefore((byte) 0);
    if (n < 0) {
      throw new ProtocolException(
          "invalid startup packet layout: expected terminator as last byte");
    }
    String text = in.toString(in.readerIndex(), n, StandardCharsets.UTF_8);
    in.skipBytes(n + 1);
    return text;
  }
}
