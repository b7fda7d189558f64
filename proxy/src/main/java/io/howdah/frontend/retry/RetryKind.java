package io.howdah.frontend.retry;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.statement.Statement;
import io.howdah.wire.ErrorFields;

/**
 * What can be done about an error of the server's before its client hears of it, as far as the
 * error tells. Whether it may be done depends on the request.
 *
 * @see <a href="https://www.postgresql.org/docs/18/hot-standby.html">PostgreSQL, section 26.4</a>
 */
enum RetryKind {
  /** The error is the answer. */
  NONE("no remedy"),

  /** The text is no read after all: it can only run on the primary. */
  PRIMARY("a replica refused it"),

  /**
   * The session's transactions are serializable, unless they say otherwise: no replica has that.
   */
  SERIALIZABLE("a replica has no serializable transactions"),

  /** The replica could not finish a read, for reasons that lie in the replica. */
  ELSEWHERE("a replica could not finish it"),

  /** The server's plan of a prepared statement is out of date: it must be prepared anew. */
  PREPARE_AGAIN("an outdated plan");

  private final String reason;

  RetryKind(String reason) {
    this.reason = reason;
  }

  /** One of a few clauses for people and for labels of metrics. */
  String reason() {
    return reason;
  }

  /**
   * The remedy for an error.
   *
   * @param onReplica whether a replica raised it
   * @param at what the error answers, or null
   * @param note the note of that, or null
   */
  static RetryKind of(ErrorFields error, boolean onReplica, Entry at, ReplyLedger.Note note) {
    return switch (error.code()) {
      case "25006" -> onReplica && !error.isFatal() ? PRIMARY : NONE;
      case "0A000" -> {
        if (isOutdatedPlan(error) && isOwnStatement(at, note)) {
          yield PREPARE_AGAIN;
        }
        if (!onReplica || error.isFatal()) {
          yield NONE;
        }
        yield isUnlogged(error) ? PRIMARY : isSerializable(error) ? SERIALIZABLE : NONE;
      }
      // Conflicts with recovery; a replica has no other serialization failures, and a deadlock with
      // anything else is just as well tried again.
      case "40001", "40P01" -> onReplica ? ELSEWHERE : NONE;
      // The server stops, or a process of it died.
      case "57P01", "57P02", "57P03" -> onReplica ? ELSEWHERE : NONE;
      default -> NONE;
    };
  }

  /** "cached plan must not change result type", in any language. */
  private static boolean isOutdatedPlan(ErrorFields error) {
    return !error.isFatal() && "RevalidateCachedQuery".equals(error.routine());
  }

  /** "cannot access temporary or unlogged relations during recovery", in any language. */
  private static boolean isUnlogged(ErrorFields error) {
    return "get_relation_info".equals(error.routine());
  }

  /** "cannot use serializable mode in a hot standby", in any language. */
  private static boolean isSerializable(ErrorFields error) {
    return "GetSerializableTransactionSnapshot".equals(error.routine());
  }

  /** Whether the request must be run on the primary then. */
  boolean isOnPrimary() {
    return this == PRIMARY || this == SERIALIZABLE;
  }

  /** Where EXECUTE of SQL is at fault instead, the statement is one that the client prepared. */
  private static boolean isOwnStatement(Entry at, ReplyLedger.Note note) {
    return Statement.of(note) != null && (at == Entry.BIND || at == Entry.DESCRIBE_STATEMENT);
  }
}
