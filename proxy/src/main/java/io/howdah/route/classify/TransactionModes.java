package io.howdah.route.classify;

import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect;
import io.howdah.route.lexer.Scanner;
import io.howdah.route.lexer.Token;
import io.howdah.route.lexer.Word;
import java.util.ArrayList;
import java.util.List;

/**
 * The modes of BEGIN, START TRANSACTION, SET TRANSACTION and SET SESSION CHARACTERISTICS; null
 * where not said.
 *
 * @param isolation in lower case, such as {@code repeatable read}
 */
record TransactionModes(String isolation, Boolean readOnly, Boolean deferrable) {

  private static final String SERIALIZABLE = "serializable";

  /** Reads from the current token to the statement's end; null when something else is there. */
  static TransactionModes read(Scanner s) {
    String isolation = null;
    Boolean readOnly = null;
    Boolean deferrable = null;
    while (!StatementEnd.isAt(s)) {
      switch (s.word()) {
        case ISOLATION -> {
          s.next();
          s.next();
          String level = level(s);
          if (level == null) {
            return null;
          }
          // Of two, a replica refuses the first, too.
          isolation = SERIALIZABLE.equals(isolation) ? isolation : level;
        }
        case READ -> {
          s.next();
          if (s.word() != Word.ONLY && s.word() != Word.WRITE) {
            return null;
          }
          // Of two that disagree the one that needs the primary counts.
          boolean only = s.word() == Word.ONLY;
          readOnly = readOnly == null ? only : readOnly && only;
        }
        case NOT -> {
          s.next();
          deferrable = false;
        }
        case DEFERRABLE -> deferrable = true;
        default -> {
          if (s.token() != Token.COMMA) {
            return null;
          }
        }
      }
      s.next();
    }
    return new TransactionModes(isolation, readOnly, deferrable);
  }

  private static String level(Scanner s) {
    Word first = s.word();
    if (first == Word.SERIALIZABLE) {
      return SERIALIZABLE;
    }
    if (first != Word.REPEATABLE && first != Word.READ) {
      return null;
    }
    s.next();
    return switch (s.word()) {
      case READ -> first == Word.REPEATABLE ? "repeatable read" : null;
      case COMMITTED -> first == Word.READ ? "read committed" : null;
      case UNCOMMITTED -> first == Word.READ ? "read uncommitted" : null;
      default -> null;
    };
  }

  /** The reason for a transaction that begins so. */
  Reason reason() {
    if (SERIALIZABLE.equals(isolation)) {
      return Reason.BEGIN_SERIALIZABLE;
    }
    boolean level = isolation != null;
    if (readOnly == null) {
      return level ? Reason.BEGIN_AT_LEVEL : Reason.BEGIN_DEFAULT;
    }
    if (!readOnly) {
      return Reason.BEGIN_READ_WRITE;
    }
    return level ? Reason.BEGIN_READ_ONLY_AT_LEVEL : Reason.BEGIN_READ_ONLY;
  }

  /** The reason for a statement that gives the open transaction these modes. */
  Reason reasonWithin() {
    return readOnly != null && readOnly && !SERIALIZABLE.equals(isolation)
        ? Reason.SET_TRANSACTION_READ_ONLY
        : Reason.SET_TRANSACTION;
  }

  /** The same as settings of the session. */
  List<SessionEffect> asDefaults() {
    List<SessionEffect> effects = new ArrayList<>();
    if (isolation != null) {
      effects.add(set("default_transaction_isolation", isolation));
    }
    if (readOnly != null) {
      effects.add(set("default_transaction_read_only", readOnly ? "on" : "off"));
    }
    if (deferrable != null) {
      effects.add(set("default_transaction_deferrable", deferrable ? "on" : "off"));
    }
    return effects;
  }

  private static SessionEffect set(String name, String value) {
    return new SessionEffect.SetParameter(name, List.of(value), false);
  }
}
