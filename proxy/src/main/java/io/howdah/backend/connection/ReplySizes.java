package io.howdah.backend.connection;

import io.howdah.backend.ledger.DescriptionNote;
import io.howdah.backend.ledger.Interlaced;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.wire.BackendType;
import io.howdah.wire.ProtocolException;

/** How much of a server's message must be there before it is looked at. */
final class ReplySizes {
  /** A process id and a channel's name, which has at most 63 bytes unless somebody changed that. */
  static final int NOTIFICATION_PREFIX_BYTES = 4 + 256;

  private static final int MAX_SMALL_BODY_BYTES = 64 << 10;

  /** More columns or parameters than PostgreSQL allows, with long names. */
  private static final int MAX_DESCRIPTION_BYTES = 1 << 20;

  private ReplySizes() {}

  /**
   * So many bytes of a body.
   *
   * @param rowsAreRead whether Howdah reads the rows of its own request
   */
  static int needs(byte type, int bodyLength, ReplyLedger ledger, boolean rowsAreRead) {
    return switch (type) {
      case BackendType.READY_FOR_QUERY -> {
        if (bodyLength != 1) {
          throw new ProtocolException("ReadyForQuery of " + bodyLength + " bytes");
        }
        yield 1;
      }
      case BackendType.ERROR_RESPONSE -> Math.min(bodyLength, MAX_SMALL_BODY_BYTES);
      case BackendType.NOTIFICATION_RESPONSE -> Math.min(bodyLength, NOTIFICATION_PREFIX_BYTES);
      case BackendType.NOTICE_RESPONSE ->
          ledger.frontNote() instanceof Interlaced ? Math.min(bodyLength, MAX_SMALL_BODY_BYTES) : 0;
      case BackendType.PARAMETER_DESCRIPTION, BackendType.ROW_DESCRIPTION ->
          // What Howdah says itself comes first, and then somebody may want to know.
          ledger.hasMadeUp() || ledger.frontNote() instanceof DescriptionNote
              ? Math.min(bodyLength, MAX_DESCRIPTION_BYTES)
              : 0;
      case BackendType.PARAMETER_STATUS, BackendType.COMMAND_COMPLETE -> {
        if (bodyLength < 1 || bodyLength > MAX_SMALL_BODY_BYTES) {
          throw new ProtocolException("message " + (char) type + " of " + bodyLength + " bytes");
        }
        yield bodyLength;
      }
      case BackendType.DATA_ROW -> {
        if (!rowsAreRead) {
          yield 0;
        }
        if (bodyLength > RowChore.MAX_ROW_BYTES) {
          throw new ProtocolException("a row of " + bodyLength + " bytes for Howdah");
        }
        yield bodyLength;
      }
      default -> 0;
    };
  }
}
