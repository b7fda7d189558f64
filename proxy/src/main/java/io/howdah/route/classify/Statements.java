package io.howdah.route.classify;

import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.SessionEffect.Discarded;
import io.howdah.route.function.Functions;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.util.Locale;

/** Each sort of statement, from its first word (current) to the semicolon or end after it. */
final class Statements {
  private final QueryWalk walk;
  private final PreparedSql prepared;

  /** For statements that are named in another but not run by it. */
  private final Finding ignored = new Finding();

  Statements(Functions functions) {
    walk = new QueryWalk(functions);
    prepared = new PreparedSql(walk, functions);
  }

  void read(Scanner s, Finding f) {
    if (s.token() == Token.OPEN) {
      query(s, f);
      return;
    }
    if (s.token() == Token.ERROR) {
      f.is(Reason.UNTERMINATED, null);
      return;
    }
    Word word = s.token() == Token.NAME ? s.word() : Word.OTHER;
    switch (word) {
      case SELECT, VALUES, TABLE, WITH -> query(s, f);
      case INSERT, UPDATE, DELETE, MERGE, TRUNCATE -> write(s, f, Reason.DATA_CHANGE);
      case BEGIN, START -> Transactions.begin(s, f);
      case COMMIT, END, ROLLBACK, ABORT -> Transactions.end(s, f);
      case SAVEPOINT, RELEASE -> Transactions.savepoint(s, f);
      case SET -> Settings.set(s, f);
      case RESET -> Settings.reset(s, f);
      case SHOW -> {
        Scanner ahead = s.fork();
        rest(s, f, Reason.SETTING, null);
        Settings.show(ahead, f);
      }
      case EXPLAIN -> explain(s, f);
      case COPY -> copy(s, f);
      case PREPARE -> prepare(s, f);
      case EXECUTE -> prepared.execute(s, f);
      case DEALLOCATE -> {
        prepared.deallocate(s, f);
        rest(s, f, Reason.SETTING, null);
      }
      case DISCARD -> discard(s, f);
      case DECLARE -> declare(s, f);
      case FETCH, MOVE -> rest(s, f, Reason.CURSOR, null);
      case CLOSE -> close(s, f);
      case LISTEN, UNLISTEN, NOTIFY -> notification(s, f, word);
      case LOAD -> {
        f.effect(new SessionEffect.Load());
        rest(s, f, Reason.SESSION_STATE, "LOAD");
      }
      case CREATE -> create(s, f);
      case DROP -> {
        f.effect(new SessionEffect.Drop());
        DatabaseStatements.drop(s.fork(), f);
        write(s, f, Reason.DDL);
      }
      case ALTER -> {
        DatabaseStatements.alter(s.fork(), f);
        write(s, f, Reason.DDL);
      }
      case GRANT, REVOKE, COMMENT, SECURITY, REASSIGN, IMPORT -> write(s, f, Reason.DDL);
      case VACUUM, ANALYZE, ANALYSE, CLUSTER, REINDEX, CHECKPOINT, REFRESH, REPACK ->
          write(s, f, Reason.MAINTENANCE);
      case LOCK -> write(s, f, Reason.TABLE_LOCK);
      case CALL -> write(s, f, Reason.PROCEDURE);
      case DO -> {
        int start = s.start();
        write(s, f, Reason.PROCEDURE);
        PreparedSql.block(s.bytesFrom(start), f);
      }
      case WAIT -> rest(s, f, Reason.WAIT_FOR, null);
      default -> rest(s, f, Reason.UNKNOWN_STATEMENT, shortText(s));
    }
  }

  private void query(Scanner s, Finding f) {
    f.is(Reason.SELECT_READ_ONLY, null);
    walk.walk(s, f, false);
  }

  private void write(Scanner s, Finding f, Reason reason) {
    f.is(reason, s.word().name());
    walk.walk(s, f, false);
  }

  /** The reason is known; what follows is looked at only for where it ends. */
  private void rest(Scanner s, Finding f, Reason reason, String culprit) {
    f.is(reason, culprit);
    ignore(s, f);
  }

  private void ignore(Scanner s, Finding f) {
    ignored.begin();
    walk.walk(s, ignored, false);
    if (ignored.reason() == Reason.UNTERMINATED || ignored.reason() == Reason.TOO_DEEP) {
      f.is(ignored.reason(), null);
      ignored.effects().stream().filter(SessionEffect.Unseen.class::isInstance).forEach(f::effect);
    }
  }

  private void explain(Scanner s, Finding f) {
    boolean analyze = false;
    s.next();
    if (s.token() == Token.OPEN && explainOptions(s.fork())) {
      analyze = ExplainOptions.analyze(s);
    } else {
      if (s.word() == Word.ANALYZE || s.word() == Word.ANALYSE) {
        analyze = true;
        s.next();
      }
      if (s.word() == Word.VERBOSE) {
        s.next();
      }
    }
    if (s.word() == Word.EXECUTE) {
      prepared.execute(s, f);
    } else if (s.word() == Word.EXPLAIN) {
      // No such statement; following it inwards would let a text choose the depth of our stack.
      rest(s, f, Reason.UNKNOWN_STATEMENT, "EXPLAIN EXPLAIN");
    } else if (!analyze) {
      if (s.word() == Word.CREATE) {
        prepared.createAsExecute(s.fork(), f);
      }
      rest(s, f, Reason.EXPLAIN, null);
    } else {
      read(s, f);
      Kind kind = f.reason().kind();
      if (kind == Kind.READ || kind == Kind.SESSION) {
        return;
      }
      if (!f.reason().doubtful() && kind != Kind.UNKNOWN) {
        f.is(Reason.EXPLAIN_ANALYZE_OF_WRITE, f.culprit());
      }
    }
  }

  /** EXPLAIN (SELECT …) has no options: an option is never one of the words a query begins with. */
  private static boolean explainOptions(Scanner ahead) {
    return switch (ahead.next()) {
      case QUOTED_NAME -> true;
      case NAME ->
          switch (ahead.word()) {
            case SELECT, VALUES, TABLE, WITH -> false;
            default -> true;
          };
      default -> false;
    };
  }

  private void copy(Scanner s, Finding f) {
    s.next();
    if (s.token() == Token.OPEN) {
      s.next();
      switch (s.word()) {
        case INSERT, UPDATE, DELETE, MERGE -> f.is(Reason.DATA_CHANGE, s.word().name());
        default -> f.is(Reason.COPY_TO_CLIENT, null);
      }
      walk.walk(s, f, true);
      if (s.token() == Token.CLOSE) {
        s.next();
      }
    } else {
      f.is(Reason.COPY_TO_CLIENT, null);
      while (s.word() != Word.FROM && s.word() != Word.TO && !StatementEnd.isAt(s)) {
        copyTable(s, f);
      }
    }
    boolean from = s.word() == Word.FROM;
    if (!from && s.word() != Word.TO) {
      f.raise(Reason.UNKNOWN_STATEMENT, "COPY");
      ignore(s, f);
      return;
    }
    s.next();
    if (from) {
      f.raise(Reason.COPY_FROM, "COPY FROM");
    } else if (s.word() != Word.STDOUT && s.word() != Word.STDIN) {
      f.raise(Reason.COPY_TO_SERVER, "COPY TO");
    }
    ignore(s, f);
  }

  /** Over one token of the table's name or columns; a name after a dot is no keyword. */
  private static void copyTable(Scanner s, Finding f) {
    if (s.token() == Token.NAME && TemporarySchema.is(s.nameText())) {
      f.raise(Reason.TEMPORARY_TABLE, "pg_temp");
    }
    if (s.token() == Token.OPEN) {
      while (s.token() != Token.CLOSE && !StatementEnd.isAt(s)) {
        s.next();
      }
    } else if (s.token() == Token.DOT) {
      s.next();
    }
    s.next();
  }

  private void prepare(Scanner s, Finding f) {
    int start = s.start();
    s.next();
    if (s.word() == Word.TRANSACTION && s.fork().next() == Token.STRING) {
      s.next();
      rest(s, f, Reason.TRANSACTION_PREPARE, null);
      return;
    }
    prepared.prepare(s, f, start);
  }

  private void discard(Scanner s, Finding f) {
    s.next();
    Discarded what =
        switch (s.word()) {
          case ALL -> Discarded.ALL;
          case PLANS -> Discarded.PLANS;
          case SEQUENCES -> Discarded.SEQUENCES;
          case TEMP, TEMPORARY -> Discarded.TEMP;
          default -> null;
        };
    if (what == null) {
      rest(s, f, Reason.UNKNOWN_STATEMENT, "DISCARD");
      return;
    }
    f.effect(new SessionEffect.Discard(what));
    rest(s, f, Reason.SETTING, null);
  }

  private void declare(Scanner s, Finding f) {
    s.next();
    String cursor = nameHere(s);
    boolean hold = false;
    Word previous = Word.OTHER;
    while (s.word() != Word.FOR && !StatementEnd.isAt(s)) {
      hold |= s.word() == Word.HOLD && previous == Word.WITH;
      previous = s.word();
      s.next();
    }
    if (s.word() != Word.FOR) {
      rest(s, f, Reason.UNKNOWN_STATEMENT, "DECLARE");
      return;
    }
    s.next();
    query(s, f);
    if (hold) {
      f.effect(new SessionEffect.HoldCursor(cursor));
      f.raise(Reason.SESSION_STATE, "WITH HOLD");
    }
  }

  private void close(Scanner s, Finding f) {
    s.next();
    f.effect(new SessionEffect.CloseCursor(s.word() == Word.ALL ? null : nameHere(s)));
    rest(s, f, Reason.SETTING, null);
  }

  private void notification(Scanner s, Finding f, Word word) {
    s.next();
    boolean all = s.token() == Token.OPERATOR;
    if (word == Word.LISTEN) {
      f.effect(new SessionEffect.Listen(identifier(s)));
    } else if (word == Word.UNLISTEN) {
      f.effect(new SessionEffect.Unlisten(all ? null : identifier(s)));
    } else {
      f.effect(new SessionEffect.Notify());
    }
    // UNLISTEN alone is harmless anywhere; drivers send it when a connection goes back to a pool.
    rest(
        s,
        f,
        word == Word.UNLISTEN ? Reason.SETTING : Reason.NOTIFICATION,
        word == Word.UNLISTEN ? null : word.name());
  }

  private void create(Scanner s, Finding f) {
    f.is(Reason.DDL, "CREATE");
    prepared.createAsExecute(s.fork(), f);
    DatabaseStatements.create(s.fork(), f);
    Scanner ahead = s.fork();
    Token t = ahead.next();
    boolean temporary = false;
    // CREATE [OR REPLACE] [GLOBAL | LOCAL] TEMP …
    for (int i = 0; i < 4 && t == Token.NAME && !temporary; i++) {
      switch (ahead.word()) {
        case OR, REPLACE, GLOBAL, LOCAL -> t = ahead.next();
        case TEMP, TEMPORARY -> temporary = true;
        default -> t = Token.END;
      }
    }
    walk.walk(s, f, false);
    if (temporary && f.reason() == Reason.DDL) {
      f.is(Reason.TEMPORARY_TABLE, "CREATE");
    }
    if (temporary && !walk.dropsOnCommit()) {
      f.effect(new SessionEffect.TemporaryObject());
    }
  }

  private static String shortText(Scanner s) {
    String text = s.text();
    return text.length() <= 63 ? text : text.substring(0, 60) + "...";
  }

  private static String identifier(Scanner s) {
    return Identifiers.cut(nameHere(s));
  }

  private static String nameHere(Scanner s) {
    return s.token() == Token.NAME || s.token() == Token.QUOTED_NAME
        ? s.nameText()
        : s.text().toLowerCase(Locale.ROOT);
  }
}
