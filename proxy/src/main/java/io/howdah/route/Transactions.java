package io.howdah.route;

/** Statements of transaction control, each from its first word (current) to its end. */
final class Transactions {
  private Transactions() {}

  /** BEGIN [WORK | TRANSACTION] modes, START TRANSACTION modes. */
  static void begin(Scanner s, Finding f) {
    boolean start = s.word() == Word.START;
    s.next();
    if (s.word() == Word.TRANSACTION || (!start && s.word() == Word.WORK)) {
      s.next();
    } else if (start) {
      unknown(s, f, "START");
      return;
    }
    TransactionModes modes = TransactionModes.read(s);
    if (modes == null) {
      unknown(s, f, start ? "START TRANSACTION" : "BEGIN");
    } else {
      f.is(modes.reason(), null);
      Settings.end(s, f);
    }
  }

  /** COMMIT, END, ROLLBACK, ABORT with AND [NO] CHAIN; ROLLBACK TO; COMMIT PREPARED. */
  static void end(Scanner s, Finding f) {
    Word first = s.word();
    f.is(Reason.TRANSACTION_END, null);
    s.next();
    if (s.word() == Word.PREPARED && (first == Word.COMMIT || first == Word.ROLLBACK)) {
      f.is(Reason.TWO_PHASE, first + " PREPARED");
      Settings.skip(s);
      Settings.end(s, f);
      return;
    }
    if (s.word() == Word.WORK || s.word() == Word.TRANSACTION) {
      s.next();
    }
    if (s.word() == Word.TO && first == Word.ROLLBACK) {
      f.is(Reason.SAVEPOINT, null);
      Settings.skip(s);
    } else if (s.word() == Word.AND) {
      s.next();
      if (s.word() == Word.NO) {
        s.next();
      } else {
        f.is(Reason.TRANSACTION_CHAIN, null);
      }
      s.next();
    }
    Settings.end(s, f);
  }

  /** SAVEPOINT, RELEASE. */
  static void savepoint(Scanner s, Finding f) {
    f.is(Reason.SAVEPOINT, null);
    Settings.skip(s);
    Settings.end(s, f);
  }

  private static void unknown(Scanner s, Finding f, String what) {
    f.is(Reason.UNKNOWN_STATEMENT, what);
    Settings.skip(s);
    Settings.end(s, f);
  }
}
