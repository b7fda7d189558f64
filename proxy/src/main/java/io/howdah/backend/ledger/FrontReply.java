package io.howdah.backend.ledger;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.wire.BackendType;

/**
 * The reply to the front entry of a {@link ReplyLedger}: what of it has come, and what may come
 * next.
 *
 * <p>Thread: the event loop of the connection.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html">PostgreSQL, section 54.2</a>
 */
final class FrontReply {
  /** What a message is to the reply. */
  enum Part {
    /** None of it: the server may not say this now. */
    FOREIGN,
    /** One that others follow. */
    INNER,
    LAST
  }

  private final CopyRules copy;
  private boolean described;
  private boolean rows;
  private boolean answered;
  private boolean errored;

  FrontReply(CopyRules copy) {
    this.copy = copy;
  }

  /** Another entry is the front. */
  void begin() {
    described = false;
    rows = false;
    answered = false;
    errored = false;
  }

  /** An error is the answer, behind which only ReadyForQuery comes. Whether that may be. */
  boolean fail() {
    if (errored) {
      return false;
    }
    errored = true;
    answered = true;
    rows = false;
    return true;
  }

  /** Whether an error was the answer. */
  boolean isError() {
    return errored;
  }

  /** Takes in one message that is no error. */
  Part take(Entry entry, byte type) {
    return switch (entry) {
      case QUERY -> query(type);
      case EXECUTE -> execute(type);
      case PARSE -> last(type == BackendType.PARSE_COMPLETE);
      case BIND -> last(type == BackendType.BIND_COMPLETE);
      case CLOSE -> last(type == BackendType.CLOSE_COMPLETE);
      case DESCRIBE_STATEMENT -> describeStatement(type);
      case DESCRIBE_PORTAL -> last(isRowType(type));
      case SYNC -> last(type == BackendType.READY_FOR_QUERY);
      case FUNCTION_CALL -> functionCall(type);
      case COPY_END -> Part.FOREIGN;
    };
  }

  private Part query(byte type) {
    switch (type) {
      case BackendType.ROW_DESCRIPTION -> {
        boolean first = !rows && !copy.isUnderWay() && !errored;
        rows = true;
        return inner(first);
      }
      case BackendType.DATA_ROW -> {
        return inner(rows && !copy.isUnderWay() && !errored);
      }
      case BackendType.COMMAND_COMPLETE -> {
        answered = true;
        rows = false;
        return inner(copy.end() && !errored);
      }
      case BackendType.EMPTY_QUERY_RESPONSE -> {
        answered = true;
        return inner(!rows && !copy.isUnderWay() && !errored);
      }
      case BackendType.READY_FOR_QUERY -> {
        return last((answered || errored) && !copy.isUnderWay());
      }
      default -> {
        return inner(!errored && copy.allows(type, rows));
      }
    }
  }

  private Part execute(byte type) {
    switch (type) {
      case BackendType.DATA_ROW -> {
        rows = true;
        return inner(!copy.isUnderWay());
      }
      case BackendType.COMMAND_COMPLETE -> {
        return last(copy.end());
      }
      case BackendType.EMPTY_QUERY_RESPONSE -> {
        return last(!rows && !copy.isUnderWay());
      }
      case BackendType.PORTAL_SUSPENDED -> {
        return last(!copy.isUnderWay());
      }
      default -> {
        return inner(copy.allows(type, rows));
      }
    }
  }

  private Part describeStatement(byte type) {
    if (!described) {
      described = type == BackendType.PARAMETER_DESCRIPTION;
      return inner(described);
    }
    return last(isRowType(type));
  }

  private static boolean isRowType(byte type) {
    return type == BackendType.ROW_DESCRIPTION || type == BackendType.NO_DATA;
  }

  private Part functionCall(byte type) {
    if (type == BackendType.FUNCTION_CALL_RESPONSE && !answered) {
      answered = true;
      return Part.INNER;
    }
    return last(type == BackendType.READY_FOR_QUERY && answered);
  }

  private static Part inner(boolean allowed) {
    return allowed ? Part.INNER : Part.FOREIGN;
  }

  private static Part last(boolean allowed) {
    return allowed ? Part.LAST : Part.FOREIGN;
  }
}
