package io.howdah.backend.ledger;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Command tags that tell of a change of session state; {@link #OTHER} is every other tag. The
 * server's word on what it did, also where the statement's text was not understood.
 *
 * @see <a
 *     href="https://www.postgresql.org/docs/18/protocol-message-formats.html">CommandComplete</a>
 */
public enum CommandTag {
  OTHER,
  SET,
  RESET,
  DISCARD_ALL,
  DISCARD,
  DEALLOCATE_ALL,
  DEALLOCATE,
  PREPARE,
  LISTEN,
  UNLISTEN,
  LOAD,
  DECLARE_CURSOR,
  COMMIT,
  ROLLBACK,
  /** CREATE, ALTER, DROP and the like: what names and types mean may have changed. */
  SCHEMA,
  /** As {@link #SCHEMA}, of what runs code: functions, procedures, triggers and extensions. */
  ROUTINE,
  /** DO and CALL: code ran that may have done anything. */
  CODE;

  private static final int LONGEST = 18;

  /** Reads the tag from a CommandComplete's body: {@code length} bytes with the closing zero. */
  public static CommandTag of(ByteBuf in, int bodyStart, int length) {
    if (length < 4) {
      return length == 3 && in.getByte(bodyStart) == 'D' && in.getByte(bodyStart + 1) == 'O'
          ? CODE
          : OTHER;
    }
    byte second = in.getByte(bodyStart + 1);
    return switch (in.getByte(bodyStart)) {
      case 'S' -> in.getByte(bodyStart + 2) == 'T' ? exact(in, bodyStart, length) : OTHER;
      case 'C', 'D' -> second == 'R' ? schema(in, bodyStart, length) : exact(in, bodyStart, length);
      case 'A' -> second == 'L' ? schema(in, bodyStart, length) : OTHER;
      case 'I' -> second == 'M' ? SCHEMA : OTHER;
      case 'R', 'P', 'L', 'U' -> exact(in, bodyStart, length);
      default -> OTHER;
    };
  }

  /** Whether a tag says that a transaction has begun: that of BEGIN or START TRANSACTION. */
  public static boolean isBegin(ByteBuf in, int bodyStart, int length) {
    return switch (length) {
      case 6 -> in.getByte(bodyStart) == 'B' && in.getByte(bodyStart + 1) == 'E';
      case 18 -> in.getByte(bodyStart) == 'S' && in.getByte(bodyStart + 2) == 'A';
      default -> false;
    };
  }

  private static CommandTag schema(ByteBuf in, int bodyStart, int length) {
    String tag = in.toString(bodyStart, length - 1, StandardCharsets.US_ASCII);
    return switch (tag.substring(tag.lastIndexOf(' ') + 1)) {
      case "FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE", "TRIGGER", "EXTENSION" -> ROUTINE;
      default -> SCHEMA;
    };
  }

  private static CommandTag exact(ByteBuf in, int bodyStart, int length) {
    if (length > LONGEST) {
      return OTHER;
    }
    return switch (in.toString(bodyStart, length - 1, StandardCharsets.US_ASCII)) {
      case "SET" -> SET;
      case "RESET" -> RESET;
      case "DISCARD ALL" -> DISCARD_ALL;
      case "DISCARD PLANS", "DISCARD TEMP", "DISCARD SEQUENCES" -> DISCARD;
      case "DEALLOCATE ALL" -> DEALLOCATE_ALL;
      case "DEALLOCATE" -> DEALLOCATE;
      case "PREPARE" -> PREPARE;
      case "LISTEN" -> LISTEN;
      case "UNLISTEN" -> UNLISTEN;
      case "LOAD" -> LOAD;
      case "DECLARE CURSOR" -> DECLARE_CURSOR;
      case "COMMIT" -> COMMIT;
      case "ROLLBACK" -> ROLLBACK;
      // What was prepared may have changed the schema.
      case "COMMIT PREPARED" -> SCHEMA;
      case "CALL" -> CODE;
      default -> OTHER;
    };
  }
}
