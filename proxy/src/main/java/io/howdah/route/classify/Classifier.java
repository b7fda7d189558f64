package io.howdah.route.classify;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.ReadingChange;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.fact.WholeTransaction;
import io.howdah.route.function.Functions;
import io.howdah.route.function.Verdict;
import io.howdah.route.lexer.Hint;
import io.howdah.route.lexer.Name;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells from a statement's text what it may do. Looks at every token; asks {@link Functions} about
 * every call. Never throws, whatever the bytes are.
 *
 * <p>The bytes may be of any encoding whose longer characters hold no ASCII byte (all of
 * PostgreSQL's server encodings, and of the client encodings all but SJIS, BIG5, GBK, UHC, GB18030,
 * JOHAB and SHIFT_JIS_2004).
 *
 * <p>Thread: one at a time; one for each event loop.
 */
public final class Classifier {
  private final Statements statements;
  private final Functions standard;
  private final int maxBytes;
  private final Scanner scanner = new Scanner();
  private final Finding finding = new Finding();
  private final WholeTransaction transaction = new WholeTransaction();
  private Functions functions;

  /**
   * @param functions what is known of functions where nothing else is said
   * @param maxBytes longer texts are {@link Reason#TOO_LONG}
   */
  public Classifier(Functions functions, int maxBytes) {
    this.standard = functions;
    this.statements = new Statements(new Current());
    this.maxBytes = maxBytes;
  }

  /** The functions as they are known for the text at hand. */
  private final class Current implements Functions {
    @Override
    public Verdict of(Name schema, Name name) {
      return functions.of(schema, name);
    }

    @Override
    public boolean hide(Kind kind) {
      return functions.hide(kind);
    }
  }

  /**
   * The facts of a query string: one statement, or several with semicolons between, which the
   * server runs as one and which are therefore routed as one.
   *
   * @param sql the bytes, without the protocol's closing zero byte
   * @param standardConformingStrings the session's setting: whether a backslash in '…' is plain
   */
  public Facts classify(byte[] sql, int offset, int length, boolean standardConformingStrings) {
    return classify(sql, offset, length, standardConformingStrings, standard);
  }

  /** As above, with what is known of functions in the session's database, from its search path. */
  public Facts classify(
      byte[] sql, int offset, int length, boolean standardConformingStrings, Functions known) {
    return classify(sql, offset, length, standardConformingStrings, true, known);
  }

  /**
   * As above.
   *
   * @param utf8 whether that is the encoding of the text; else settings that are not ASCII are not
   *     told
   */
  public Facts classify(
      byte[] sql,
      int offset,
      int length,
      boolean standardConformingStrings,
      boolean utf8,
      Functions known) {
    functions = known;
    if (length > maxBytes) {
      return new Facts(Reason.TOO_LONG, null, 1, Hint.NONE, List.of(new SessionEffect.Unseen()));
    }
    scanner.reset(sql, offset, length, standardConformingStrings, utf8);
    if (!toStatement()) {
      Reason nothing = scanner.token() == Token.ERROR ? Reason.UNTERMINATED : Reason.EMPTY;
      return Facts.shared(nothing, scanner.hint());
    }
    readOne();
    int end = scanner.start();
    if (toStatement()) {
      return several(offset, end);
    }
    return single(scanner.token() == Token.ERROR ? Reason.UNTERMINATED : finding.reason());
  }

  private void readOne() {
    finding.begin();
    statements.read(scanner, finding);
    finding.addHidden(functions);
  }

  /** To the first token of the next statement; false at the end, or where reading must stop. */
  private boolean toStatement() {
    while (scanner.token() != Token.ERROR && scanner.next() == Token.SEMICOLON) {}
    return scanner.token() != Token.END && scanner.token() != Token.ERROR;
  }

  private Facts single(Reason reason) {
    if (finding.culprit() == null && finding.effects().isEmpty()) {
      return Facts.shared(reason, scanner.hint());
    }
    return new Facts(reason, finding.culprit(), 1, scanner.hint(), finding.effects());
  }

  /** The first, which ends at {@code firstEnd}, is in {@link #finding}, the second is current. */
  private Facts several(int offset, int firstEnd) {
    Reason reason = together(finding.reason());
    String culprit = finding.culprit();
    noteProcedure();
    List<SessionEffect> effects = new ArrayList<>(finding.effects());
    int count = 1;
    hidePath(finding.reason(), finding.effects());
    transaction.begin();
    transaction.next(finding.reason(), Facts.lasts(finding.effects()));
    int end = firstEnd;
    do {
      readOne();
      noteProcedure();
      count++;
      effects.add(new SessionEffect.StatementEnd(end - offset));
      end = scanner.start();
      effects.addAll(finding.effects());
      hidePath(finding.reason(), finding.effects());
      transaction.next(finding.reason(), Facts.lasts(finding.effects()));
      Reason next = together(finding.reason());
      if (weight(next) > weight(reason)) {
        reason = next;
        culprit = finding.culprit();
      }
    } while (toStatement());
    if (scanner.token() == Token.ERROR) {
      reason = Reason.UNTERMINATED;
      culprit = null;
    } else if (transaction.isOver()) {
      reason = Reason.READ_TRANSACTION;
      culprit = null;
    } else if (transaction.isReadOnly()) {
      reason = Reason.BEGIN_READ_ONLY;
      culprit = null;
    }
    return new Facts(reason, culprit, count, scanner.hint(), withoutIdleEnds(effects));
  }

  /**
   * Statements of one string are split by the settings from before it, and analysed one by one: so
   * a change of the path counts for those behind it.
   */
  private void hidePath(Reason reason, List<SessionEffect> effects) {
    boolean mayTakeBack = reason.kind() == Kind.TRANSACTION_CONTROL;
    if (mayTakeBack
        || ReadingChange.of(new Facts(reason, null, 2, Hint.NONE, effects)) != ReadingChange.NONE) {
      functions = functions.fromAnywhere();
    }
  }

  /** The reason of the whole does not tell of a DO or CALL among others. */
  private void noteProcedure() {
    if (finding.reason() == Reason.PROCEDURE) {
      finding.runsCode(finding.culprit());
    }
  }

  /** Ends behind the last effect tell nothing, but for where a RESET ends. */
  private static List<SessionEffect> withoutIdleEnds(List<SessionEffect> effects) {
    int length = effects.size();
    while (length > 0 && effects.get(length - 1) instanceof SessionEffect.StatementEnd) {
      length--;
    }
    boolean keepsOne = length > 0 && length < effects.size() && effects.get(length - 1).leadsBack();
    return effects.subList(0, keepsOne ? length + 1 : length);
  }

  /** What one of several statements makes of the whole. */
  private static Reason together(Reason one) {
    return switch (one.kind()) {
      case WRITE -> one.doubtful() ? one : Reason.MULTI_STATEMENT_WITH_WRITE;
      case BEGIN, BEGIN_READ_ONLY, TRANSACTION_CONTROL -> Reason.MULTI_STATEMENT_WITH_TRANSACTION;
      case UNKNOWN, READ, SESSION, EMPTY -> one;
    };
  }

  private static int weight(Reason r) {
    return switch (r.kind()) {
      case EMPTY -> 0;
      case SESSION -> 1;
      case READ -> 2;
      case WRITE, BEGIN, BEGIN_READ_ONLY, TRANSACTION_CONTROL ->
          r == Reason.MULTI_STATEMENT_WITH_TRANSACTION ? 5 : r.doubtful() ? 3 : 4;
      case UNKNOWN -> 6;
    };
  }
}
