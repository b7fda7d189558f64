package io.howdah.e2e.corpus;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Reason;

/**
 * What became of one statement.
 *
 * @param script the name of its file
 * @param line where it begins there, as far as it can be found
 * @param key a short digest of the text, which stays when lines move
 * @param sql the text
 * @param facts what the classifier said
 * @param primary the SQLSTATE of the primary's error, or null
 * @param replica the replica's error, or null
 * @param writes whether a transaction number was taken, or null where that was not found out
 */
record Outcome(
    String script,
    int line,
    String key,
    String sql,
    Facts facts,
    String primary,
    Refusal replica,
    Boolean writes) {

  /** An error of the replica's. */
  record Refusal(String sqlstate, String message) {

    /** Whether the replica is to blame, rather than the statement or the session that it lacks. */
    boolean isForReplica() {
      return switch (sqlstate) {
        case "25006" -> true;
        case "0A000" -> message.contains("recovery");
        case "55000" -> message.contains("recovery");
        default -> false;
      };
    }
  }

  /** What an outcome says about the classifier. */
  enum Verdict {
    /** A read that a replica served, without effect on the primary. */
    READ,
    /** Of the session, and a replica took it. */
    SESSION,
    /** No read, and rightly: it wrote, or a replica refused it. */
    WRITE,
    /** Of transaction control: no question of its own. */
    TRANSACTION,
    /** Called a read (or the session's), and a replica refused it. */
    REFUSED,
    /** Called a read, and it took a transaction number. */
    WROTE,
    /** No read, and a replica could have served it. */
    LOST,
    /** Called a read, and it failed on both with the same error. */
    FAILED_ALIKE,
    /** It failed on the primary, or the replica lacked what only the session or transaction has. */
    UNTOLD
  }

  Verdict verdict() {
    Kind kind = facts.kind();
    boolean onReplica = replica == null;
    return switch (kind) {
      case READ, SESSION, EMPTY -> {
        if (primary == null && Boolean.TRUE.equals(writes) && kind == Kind.READ) {
          yield Verdict.WROTE;
        }
        if (primary == null && !onReplica && replica.isForReplica()) {
          yield Verdict.REFUSED;
        }
        if (primary != null && !onReplica && primary.equals(replica.sqlstate())) {
          yield Verdict.FAILED_ALIKE;
        }
        if (primary != null || !onReplica) {
          yield Verdict.UNTOLD;
        }
        yield kind == Kind.READ ? Verdict.READ : Verdict.SESSION;
      }
      case WRITE, UNKNOWN -> {
        if (primary != null) {
          yield Verdict.UNTOLD;
        }
        if (onReplica) {
          // What a server has of itself a replica would tell of itself: that is not asked for.
          boolean could = Boolean.FALSE.equals(writes) && facts.reason() != Reason.NODE_STATE;
          yield could ? Verdict.LOST : Verdict.WRITE;
        }
        yield replica.isForReplica() ? Verdict.WRITE : Verdict.UNTOLD;
      }
      case BEGIN, BEGIN_READ_ONLY, TRANSACTION_CONTROL -> Verdict.TRANSACTION;
    };
  }

  /** The statement as the lists of exceptions name it. */
  String name() {
    return script + "/" + key;
  }
}
