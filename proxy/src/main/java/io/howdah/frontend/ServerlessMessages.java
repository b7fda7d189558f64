package io.howdah.frontend;

import io.howdah.wire.BackendMessages;
import io.howdah.wire.FrontendType;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;

/** What a client may say that needs no server, while its session has none. */
final class ServerlessMessages {
  /** A client may ask for many. */
  private static final int READY_BYTES = 6;

  private ServerlessMessages() {}

  /**
   * Answers or overlooks a message if no server must hear it.
   *
   * @param status of the transaction, as the client knows it
   * @return whether that was all
   * @throws ProtocolException if the message can't come here
   */
  static boolean answer(ClientSession session, byte type, int bodyLength, char status) {
    return switch (type) {
      case FrontendType.SYNC -> {
        requireEmpty(bodyLength);
        ready(session, status);
        yield true;
      }
      case FrontendType.FLUSH -> {
        requireEmpty(bodyLength);
        yield true;
      }
      // What a client sends late, behind a COPY that failed; the server overlooks it too.
      case FrontendType.COPY_DATA, FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> true;
      case FrontendType.PASSWORD -> throw new ProtocolException("unexpected password message");
      default -> false;
    };
  }

  /** Sends ReadyForQuery of Howdah's own. */
  static void ready(ClientSession session, char status) {
    ByteBuf small = session.channel().alloc().buffer(READY_BYTES);
    session.send(BackendMessages.readyForQuery(small, (byte) status));
  }

  private static void requireEmpty(int bodyLength) {
    if (bodyLength != 0) {
      throw new ProtocolException("invalid message format");
    }
  }
}
