package io.howdah.route.classify;

import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;

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
      StatementEnd.check(s, f);
    }
  }

  /** COMMIT, END, ROLLBACK, ABORT with AND [NO] CHAIN; ROLLBACK TO; COMMIT PREPARED. */
  static void end(Scanner s, Finding f) {
    Word first = s.word();
    f.is(Reason.TRANSACTION_END, null);
    s.next();
    if (s.word() == Word.PREPARED && (first == Word.COMMIT || first == Word.ROLLBACK)) {
      f.is(Reason.TWO_PHASE, first + " PREPARED");
      StatementEnd.skipTo(s);
      StatementEnd.check(s, f);
      return;
    }
    if (s.word() == Word.WORK || s.word() == Word.TRANSACTION) {
      s.next();
    }
    if (s.word() == Word.TO && first == Word.ROLLBACK) {
      f.is(Reason.SAVEPOINT, null);
      s.next();
      f.effect(new SessionEffect.RollbackToSavepoint(savepointName(s)));
    } else if (s.word() == Word.AND) {
      s.next();
      if (s.word() == Word.NO) {
        s.next();
      } else {
        f.is(Reason.TRANSACTION_CHAIN, null);
      }
      s.next();
    }
    StatementEnd.check(s, f);
  }

  /** SAVEPOINT, RELEASE. */
  static void savepoint(Scanner s, Finding f) {
    boolean release = s.word() == Word.RELEASE;
    f.is(Reason.SAVEPOINT, null);
    s.next();
    String name = release ? savepointName(s) : name(s);
    f.effect(
        release ? new SessionEffect.ReleaseSavepoint(name) : new SessionEffect.Savepoint(name));
    StatementEnd.check(s, f);
  }

  /** The name behind RELEASE or TO, where the word SAVEPOINT may stand before it. */
  private static String savepointName(Scanner s) {
    if (s.word() == Word.SAVEPOINT) {
      Scanner ahead = s.fork();
      ahead.next();
      // RELEASE savepoint releases the one of that name.
      if (!StatementEnd.isAt(ahead)) {
        s.next();
      }
    }
    return name(s);
  }

  private static String name(Scanner s) {
    boolean named = s.token() == Token.NAME || s.token() == Token.QUOTED_NAME;
    String name = named ? Identifiers.cut(s.nameText()) : "";
    StatementEnd.skipTo(s);
    return name;
  }

  private static void unknown(Scanner s, Finding f, String what) {
    f.is(Reason.UNKNOWN_STATEMENT, what);
    StatementEnd.skipTo(s);
    StatementEnd.check(s, f);
  }
}
