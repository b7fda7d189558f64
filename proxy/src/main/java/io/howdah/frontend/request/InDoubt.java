package io.howdah.frontend.request;

import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Reason;
import io.howdah.wire.FrontendType;

/**
 * Whether something that the session sent may be committed without the client's knowing. Here alone
 * this is decided: by what was sent on a connection to the primary, and what of it the server has
 * not answered.
 *
 * <p>What commits is what PostgreSQL commits at: the end of a simple Query or function call outside
 * a transaction, the Sync of a batch that changed something outside one, and wherever it stands, an
 * Execute of COMMIT or of a statement that may commit by itself, as CALL and CREATE DATABASE do. A
 * batch whose Sync was not sent is rolled back when the connection is lost.
 *
 * <p>Thread: the session's event loop.
 */
public final class InDoubt {
  private ReplyLedger ledger;

  /** The number in the ledger of the last message that may commit something. */
  private long commit;

  /** The number in the ledger of the last message that may begin or end a transaction. */
  private long boundary;

  /** Such a message may not have shown in the status of a ReadyForQuery yet. */
  private boolean statusMoves;

  /** The batch that is open has begun a transaction. */
  private boolean begun;

  /** The batch that is open changed something that its Sync commits. */
  private boolean changed;

  /** Part of that may be a COPY FROM STDIN, during which the server overlooks a Sync. */
  private boolean copies;

  /** The session got a connection, which owes nothing. */
  void begin(ReplyLedger of) {
    ledger = of;
    commit = 0;
    boundary = 0;
    statusMoves = false;
    begun = false;
    changed = false;
    copies = false;
  }

  /**
   * A message was sent to the primary, and is in the ledger.
   *
   * @param runs the facts of what a Query or an Execute runs
   */
  void sent(byte type, Facts runs) {
    switch (type) {
      case FrontendType.QUERY -> {
        statement(runs, true);
        endBatch();
      }
      case FrontendType.FUNCTION_CALL -> {
        if (!isWithinTransaction()) {
          commits();
        }
        endBatch();
      }
      case FrontendType.EXECUTE -> statement(runs, false);
      case FrontendType.SYNC -> endBatch();
      default -> {}
    }
  }

  private void statement(Facts facts, boolean simple) {
    Reason reason = facts.reason();
    switch (facts.kind()) {
      case EMPTY, SESSION -> {}
      case READ -> {
        if (reason == Reason.READ_TRANSACTION) {
          endsTransaction();
        }
      }
      case BEGIN, BEGIN_READ_ONLY -> {
        statusMoves();
        begun = !simple;
      }
      case TRANSACTION_CONTROL -> control(reason);
      case WRITE, UNKNOWN -> change(facts, simple);
    }
  }

  private void control(Reason reason) {
    switch (reason) {
      case TRANSACTION_END, TRANSACTION_CHAIN, TRANSACTION_PREPARE -> endsTransaction();
      // ROLLBACK TO makes a failed transaction one that COMMIT commits.
      case SAVEPOINT -> statusMoves();
      default -> {}
    }
  }

  private void change(Facts facts, boolean simple) {
    if (mayEndTransaction(facts)) {
      endsTransaction();
    }
    if (isWithinTransaction()) {
      return;
    }
    if (simple || mayCommitAtOnce(facts.reason())) {
      commits();
    }
    if (!simple) {
      changed = true;
      copies |= facts.reason() == Reason.COPY_FROM || facts.kind() == Kind.UNKNOWN;
    }
  }

  private static boolean mayEndTransaction(Facts facts) {
    return facts.reason() == Reason.MULTI_STATEMENT_WITH_TRANSACTION
        || facts.kind() == Kind.UNKNOWN
            && (facts.reason() != Reason.EXECUTE || facts.statements() > 1);
  }

  /** Whether what is executed outside a transaction may be committed before the batch's Sync. */
  private static boolean mayCommitAtOnce(Reason reason) {
    return switch (reason) {
      case PROCEDURE, DDL, MAINTENANCE, TWO_PHASE -> true;
      default -> reason.kind() == Kind.UNKNOWN;
    };
  }

  /** What is sent now ends a transaction, if one is open that has not failed. */
  private void endsTransaction() {
    boolean commitsNothing = !statusMoves && !begun && !changed && ledger.status() != 'T';
    begun = false;
    changed = false;
    if (!commitsNothing) {
      commits();
    }
    statusMoves();
  }

  /** The last message, the end of a batch or a message that is one of its own, was sent. */
  private void endBatch() {
    begun = false;
    if (changed) {
      commits();
      changed = copies;
    }
  }

  private void commits() {
    commit = ledger.noted();
  }

  private void statusMoves() {
    statusMoves = true;
    boundary = ledger.noted();
  }

  /** Whether what is sent now can only run within a transaction, or within one that failed. */
  private boolean isWithinTransaction() {
    return begun || ledger.status() != 'I' && !statusMoves;
  }

  /** ReadyForQuery came. */
  public void ready() {
    if (ledger.isEmpty()) {
      // Numbers that were noted may be too high by now: Syncs within a copy are taken out.
      commit = 0;
      boundary = 0;
    }
    statusMoves &= ledger.mayStillDo(boundary);
    if (changed && !ledger.mayStillDo(commit) && !ledger.isBatchOpen()) {
      changed = false;
      copies = false;
    }
  }

  /** Whether it is unknown, as things stand or stood when the connection was lost. */
  public boolean isOpen() {
    return ledger != null && ledger.mayHaveDone(commit);
  }
}
