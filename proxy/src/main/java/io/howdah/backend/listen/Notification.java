package io.howdah.backend.listen;

import io.howdah.wire.BackendType;
import io.howdah.wire.CString;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * One NotificationResponse, as the server sent it. Immutable; shared by all who hear it.
 *
 * @param channel the channel's name
 * @param message the whole message, type and length included; not to be written to
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">PostgreSQL,
 *     section 54.7</a>
 */
@SuppressWarnings("ArrayRecordComponent") // shared and never compared
public record Notification(String channel, byte[] message) {
  /** Reads one from its body. */
  static Notification of(ByteBuf body) {
    int start = body.readerIndex();
    int length = body.readableBytes();
    byte[] message = new byte[Protocol.HEADER_BYTES + length];
    Unpooled.wrappedBuffer(message)
        .setByte(0, BackendType.NOTIFICATION_RESPONSE)
        .setInt(1, Integer.BYTES + length);
    body.getBytes(start, message, Protocol.HEADER_BYTES, length);
    body.skipBytes(Integer.BYTES);
    return new Notification(CString.read(body), message);
  }
}
