package io.howdah.route.classify;

import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.function.Functions;
import io.howdah.route.lexer.Keywords.Category;
import io.howdah.route.lexer.Keywords.Keyword;
import io.howdah.route.lexer.Preceding;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Goes over every token of a statement's body and finds what a first word does not tell: row locks,
 * INTO, data-modifying WITH, temporary objects, and calls of functions.
 *
 * <p>It is no parser. It relies on what PostgreSQL's grammar allows around a call: a name before a
 * parenthesis is a call unless the token before the name already ends an expression (then the name
 * is an alias or a clause), or is AS or a cast. Where a keyword leaves doubt, it is taken for a
 * call: a name wrongly taken for a call costs a read on a replica, a call overlooked costs a
 * replay.
 */
final class QueryWalk {
  private static final int MAX_DEPTH = 10_000;

  /** Where in a query the tokens of one parenthesis are. */
  private static final byte ANYWHERE = 0;

  /** In the list of a WITH: names with columns and bodies, no calls. */
  private static final byte WITH_LIST = 1;

  /** In GROUP BY, where ROLLUP and CUBE are no functions. */
  private static final byte GROUP_BY = 2;

  /** At the beginning of a WITH's body, where INSERT is a statement. */
  private static final byte BODY = 3;

  /** In OPERATOR(…), which as a whole is an operator. */
  private static final byte IN_OPERATOR = 4;

  /** In DISTINCT ON (…), after which an expression begins. */
  private static final byte DISTINCT_ON = 5;

  private static final byte[] SETTINGS_VIEW = "pg_settings".getBytes(StandardCharsets.US_ASCII);

  private final CallCheck calls;
  private byte[] clauses = new byte[32];

  /** What each parenthesis was opened as: {@link #IN_OPERATOR}, {@link #DISTINCT_ON} or neither. */
  private byte[] openers = new byte[32];

  private int depth;
  private int atomic;
  private boolean ddl;
  private boolean onCommitDrop;

  /** The statement said INTO, and not behind INSERT or MERGE. */
  private boolean selectsInto;

  /** The statement said UPDATE, and not behind FOR. */
  private boolean updates;

  private final Preceding at = new Preceding();

  QueryWalk(Functions functions) {
    calls = new CallCheck(functions);
  }

  /**
   * From the current token to the semicolon or end that closes the statement, which stays current.
   *
   * @param inParentheses whether to stop at the parenthesis that closes instead
   */
  void walk(Scanner s, Finding f, boolean inParentheses) {
    begin(f);
    for (Token t = s.token(); ; t = s.next()) {
      switch (t) {
        case END -> {
          if (depth > 0) {
            f.raise(Reason.UNTERMINATED, null);
          }
          calls.end(f);
          return;
        }
        case ERROR -> {
          f.raise(Reason.UNTERMINATED, null);
          return;
        }
        case SEMICOLON -> {
          if (depth == 0 && atomic == 0) {
            calls.end(f);
            return;
          }
          at.after(t);
        }
        case OPEN -> {
          if (!open(s, f)) {
            return;
          }
        }
        case CLOSE -> {
          if (depth == 0 && inParentheses) {
            calls.end(f);
            return;
          }
          close(f);
        }
        case NAME -> name(s, f);
        case QUOTED_NAME -> relation(s, f);
        case STRING -> {
          PreparedSql.constant(s, f);
          at.after(t);
        }
        case DOT -> dot(f);
        default -> at.after(t);
      }
    }
  }

  /** Whether the last statement said ON COMMIT DROP. */
  boolean dropsOnCommit() {
    return onCommitDrop;
  }

  private void begin(Finding f) {
    depth = 0;
    atomic = 0;
    clauses[0] = ANYWHERE;
    openers[0] = ANYWHERE;
    ddl = f.reason() == Reason.DDL;
    onCommitDrop = false;
    updates = false;
    selectsInto = false;
    at.begin();
    calls.begin(f.reason());
  }

  private boolean open(Scanner s, Finding f) {
    byte clause = ANYWHERE;
    byte opener = ANYWHERE;
    if (at.token() == Token.NAME || at.token() == Token.QUOTED_NAME) {
      if (at.word() == Word.AS || at.word() == Word.MATERIALIZED) {
        clause = BODY;
      } else if (at.word() == Word.SETS && at.beforeWord() == Word.GROUPING) {
        clause = GROUP_BY;
      } else if (at.word() == Word.OPERATOR) {
        opener = IN_OPERATOR;
      } else if (at.word() == Word.ON && at.beforeWord() == Word.DISTINCT) {
        opener = DISTINCT_ON;
      }
      if (opener != IN_OPERATOR
          && at.isCall(clauses[depth] == WITH_LIST, clauses[depth] == GROUP_BY)) {
        calls.check(s, f, at);
      }
    }
    if (++depth >= clauses.length) {
      if (depth > MAX_DEPTH) {
        f.raise(Reason.TOO_DEEP, null);
        f.effect(new SessionEffect.Unseen());
        skip(s, f);
        return false;
      }
      clauses = Arrays.copyOf(clauses, depth * 2);
      openers = Arrays.copyOf(openers, depth * 2);
    }
    clauses[depth] = clause;
    openers[depth] = opener;
    at.after(Token.OPEN);
    return true;
  }

  /** Deeper than is looked at: only the end of the text is safe to say. */
  private static void skip(Scanner s, Finding f) {
    while (s.next() != Token.END) {
      if (s.token() == Token.ERROR) {
        f.raise(Reason.UNTERMINATED, null);
        return;
      }
    }
  }

  private void close(Finding f) {
    Token as = Token.CLOSE;
    if (depth > 0) {
      byte opener = openers[depth--];
      if (opener == IN_OPERATOR) {
        if (at.token() != Token.OPERATOR) {
          f.raise(Reason.UNKNOWN_FUNCTION, "operator");
        }
        as = Token.OPERATOR;
      } else if (opener == DISTINCT_ON) {
        as = Token.OPERATOR;
      }
    } else {
      f.raise(Reason.UNTERMINATED, null);
    }
    at.after(as);
  }

  private void dot(Finding f) {
    if (at.token() == Token.NAME || at.token() == Token.QUOTED_NAME) {
      if (TemporarySchema.is(at.name())) {
        f.raise(Reason.TEMPORARY_TABLE, "pg_temp");
        if (ddl || selectsInto) {
          f.effect(new SessionEffect.TemporaryObject());
        }
      }
      if (openers[depth] == IN_OPERATOR && !calls.isCatalog(at.name())) {
        f.raise(Reason.UNKNOWN_OPERATOR, at.name().toString());
      }
    }
    at.after(Token.DOT);
  }

  private void name(Scanner s, Finding f) {
    Keyword k = s.keyword();
    if (k == null || at.token() == Token.DOT || isLabel(k)) {
      relation(s, f);
      PreparedSql.name(at.name(), f);
      return;
    }
    Word word = k.word();
    if (word != Word.OTHER) {
      keyword(word, f);
    }
    if (k.category() == Category.RESERVED) {
      calls.reserved(word);
    }
    at.name(s, k);
  }

  /** A name that is no keyword. To update pg_settings is to set whatever its rows name. */
  private void relation(Scanner s, Finding f) {
    at.name(s, null);
    if (NodeState.is(at.name())) {
      f.raise(Reason.NODE_STATE, at.name().toString());
    }
    if (updates && at.name().is(SETTINGS_VIEW)) {
      f.effect(new SessionEffect.CatalogSettings("UPDATE pg_settings"));
    }
  }

  /** After AS any keyword is a label; in WITH and CREATE … AS it is what it says. */
  private boolean isLabel(Keyword k) {
    return at.word() == Word.AS && clauses[depth] != WITH_LIST && !(ddl && beginsQuery(k.word()));
  }

  private static boolean beginsQuery(Word w) {
    return w == Word.SELECT || w == Word.WITH || w == Word.VALUES || w == Word.TABLE;
  }

  private void keyword(Word word, Finding f) {
    switch (word) {
      case WITH -> {
        if (at.token() == null || at.token() == Token.OPEN || at.word() == Word.AS) {
          clauses[depth] = WITH_LIST;
        }
      }
      case SELECT, VALUES, TABLE, FROM, WHERE, HAVING, ORDER, LIMIT, OFFSET, FETCH -> endClause();
      case UNION, INTERSECT, EXCEPT, WINDOW, ON, FOR -> endClause();
      case BY -> {
        if (at.word() == Word.GROUP) {
          clauses[depth] = GROUP_BY;
        }
      }
      case INTO -> {
        selectsInto |= at.word() != Word.INSERT && at.word() != Word.MERGE;
        f.raise(Reason.SELECT_INTO, "INTO");
      }
      case TEMP, TEMPORARY -> {
        if (!ddl && intoTemporary()) {
          f.effect(new SessionEffect.TemporaryObject());
        }
      }
      case INSERT, DELETE, MERGE -> dataChange(word, f);
      case UPDATE, SHARE, NO, KEY -> {
        if (at.word() == Word.FOR) {
          f.raise(Reason.ROW_LOCK, lockName(word));
        } else if (word == Word.UPDATE) {
          updates = true;
          dataChange(word, f);
        }
      }
      case DROP -> onCommitDrop |= at.word() == Word.COMMIT;
      case BEGIN, ATOMIC, CASE, END -> atomicBody(word);
      default -> {}
    }
  }

  private void endClause() {
    clauses[depth] = ANYWHERE;
  }

  /** INTO [LOCAL | GLOBAL] TEMPORARY: here is one of the last two words before it. */
  private boolean intoTemporary() {
    return at.word() == Word.INTO || at.word() == Word.LOCAL || at.word() == Word.GLOBAL;
  }

  /** The first word of a WITH's body, or the statement that a WITH belongs to. */
  private void dataChange(Word word, Finding f) {
    boolean inBody = clauses[depth] == BODY && at.token() == Token.OPEN;
    boolean afterList =
        clauses[depth] == WITH_LIST
            && at.token() != Token.COMMA
            && at.word() != Word.WITH
            && at.word() != Word.RECURSIVE;
    if (inBody || afterList) {
      f.raise(depth == 0 ? Reason.DATA_CHANGE : Reason.DATA_MODIFYING_WITH, word.name());
      clauses[depth] = ANYWHERE;
    }
  }

  private static String lockName(Word word) {
    return switch (word) {
      case UPDATE -> "FOR UPDATE";
      case SHARE -> "FOR SHARE";
      case NO -> "FOR NO KEY UPDATE";
      default -> "FOR KEY SHARE";
    };
  }

  /** A function body BEGIN ATOMIC … END holds semicolons that end no statement. */
  private void atomicBody(Word word) {
    if (!ddl) {
      return;
    }
    boolean begins = word == Word.ATOMIC && at.word() == Word.BEGIN;
    if (begins || (word == Word.CASE && atomic > 0)) {
      atomic++;
    } else if (word == Word.END && atomic > 0) {
      atomic--;
    }
  }
}
