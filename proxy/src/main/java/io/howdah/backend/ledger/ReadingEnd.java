package io.howdah.backend.ledger;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.backend.ledger.ReplyLedger.Note;
import io.howdah.backend.ledger.ReplyLedger.Refusal;
import io.howdah.backend.ledger.ReplyLedger.Verdict;
import io.howdah.wire.BackendType;

/**
 * The reading end of a {@link ReplyLedger}: decides on each message of the server by what is owed,
 * and tells the notes how their entries ended.
 *
 * <p>Thread: the event loop of the connection.
 */
final class ReadingEnd {
  private final OwedReplies owed;
  private final CopyRules copy;
  private final SendingEnd sending;
  private final FrontReply front;
  private final UnendedTransaction unended = new UnendedTransaction();

  /** Something was sent, and is not answered yet, that may begin a transaction. */
  private boolean mayBegin;

  private byte status = 'I';

  /** The server said an error to the front entry, which it has yet to end by ReadyForQuery. */
  private boolean frontRefused;

  /** When all was abandoned: the last entry that the server certainly has not done, or has told. */
  private long certainTo = -1;

  ReadingEnd(OwedReplies owed, CopyRules copy, SendingEnd sending) {
    this.owed = owed;
    this.copy = copy;
    this.sending = sending;
    this.front = new FrontReply(copy);
  }

  /** The transaction status of the last ReadyForQuery. */
  byte status() {
    return status;
  }

  /** Whether something was done that no ReadyForQuery has ended yet, though none is owed. */
  boolean isUnended() {
    return unended.isOpen();
  }

  /** What is sent now may begin a transaction. */
  void mayBegin() {
    mayBegin = true;
  }

  /** Whether a request that is sent behind another may find itself in a failed transaction. */
  boolean mayFindTransaction() {
    return status == 'T' || mayBegin;
  }

  /** Whether the entry of this number has not been answered, be it by an error. */
  boolean mayStillDo(long number) {
    return number > owed.noted() - owed.size() + (frontRefused ? 1 : 0);
  }

  /**
   * Whether the server may have done all that the entry of this number asks for, though it has not
   * said so; once the connection is lost, whether it may have by then. What copies from the client
   * is not done before the client has sent the end of its data.
   */
  boolean mayHaveDone(long number) {
    return certainTo < 0 ? mayStillDo(number) && !copy.awaitsEnd() : number > certainTo;
  }

  /** Decides on one message of the server by its type. */
  Verdict reply(byte type) {
    switch (type) {
      case BackendType.NOTICE_RESPONSE, BackendType.PARAMETER_STATUS -> {
        return !owed.isEmpty() && owed.frontFate() == Fate.SWALLOW
            ? Verdict.SWALLOW
            : Verdict.FORWARD;
      }
      case BackendType.NOTIFICATION_RESPONSE -> {
        return Verdict.FORWARD;
      }
      case BackendType.READY_FOR_QUERY -> {
        throw new IllegalArgumentException("ReadyForQuery goes to ready()");
      }
      case BackendType.ERROR_RESPONSE -> {
        return error();
      }
      default -> {
        if (owed.isEmpty()) {
          return Verdict.VIOLATION;
        }
        Verdict verdict = owed.frontFate() == Fate.SWALLOW ? Verdict.SWALLOW : Verdict.FORWARD;
        return allowed(type) ? verdict : Verdict.VIOLATION;
      }
    }
  }

  /** Decides on an error with which the server ends the session: that may come at any time. */
  Verdict fatal() {
    Verdict verdict = error();
    if (verdict != Verdict.VIOLATION) {
      return verdict;
    }
    return owed.frontIsForwarded() ? Verdict.FORWARD : Verdict.SWALLOW;
  }

  /** Decides on a ReadyForQuery and takes in the transaction status that it carries. */
  Verdict ready(byte transactionStatus) {
    if (transactionStatus != 'I' && transactionStatus != 'T' && transactionStatus != 'E') {
      return Verdict.VIOLATION;
    }
    byte before = status;
    status = transactionStatus;
    Verdict verdict =
        !owed.isEmpty() && owed.frontFate() == Fate.SWALLOW ? Verdict.SWALLOW : Verdict.FORWARD;
    if (!owed.isEmpty() && allowed(BackendType.READY_FOR_QUERY)) {
      mayBegin &= !owed.isEmpty();
      return verdict;
    }
    if (sending.takesExtraReady(!owed.isEmpty())) {
      return Verdict.FORWARD;
    }
    status = before;
    return Verdict.VIOLATION;
  }

  /** Whether Howdah must say something itself, now that all before it is answered. */
  boolean hasMadeUp() {
    return !owed.isEmpty() && owed.frontFate() == Fate.MADE_UP;
  }

  /**
   * The next message that Howdah must say itself, now that all before it is answered: {@code 1},
   * {@code 2} or {@code 3}, {@link ReplyLedger#SAID_BY_NOTE}, or 0 when there is none. Its entry is
   * done with this.
   */
  byte nextMadeUp() {
    if (!hasMadeUp()) {
      return 0;
    }
    byte type =
        switch (owed.frontEntry()) {
          case PARSE -> BackendType.PARSE_COMPLETE;
          case BIND -> BackendType.BIND_COMPLETE;
          case CLOSE -> BackendType.CLOSE_COMPLETE;
          default -> ReplyLedger.SAID_BY_NOTE;
        };
    finish();
    return type;
  }

  /** Voids everything: the connection is lost. Every note learns that it failed. */
  void abandon() {
    certainTo = owed.noted();
    if (!copy.awaitsEnd()) {
      certainTo += (frontRefused ? 1 : 0) - owed.size();
    }
    while (!owed.isEmpty()) {
      ReplyLedger.fail(pop());
    }
    sending.doubt(true);
  }

  private boolean allowed(byte type) {
    if (owed.frontFate() == Fate.MADE_UP || owed.frontFate() == Fate.REFUSED && !front.isError()) {
      return false;
    }
    FrontReply.Part part = front.take(owed.frontEntry(), type);
    if (part == FrontReply.Part.LAST) {
      finish();
    } else if (type == BackendType.COPY_IN_RESPONSE && part == FrontReply.Part.INNER) {
      copyInBegins();
    }
    return part != FrontReply.Part.FOREIGN;
  }

  private void copyInBegins() {
    copy.overlookSyncs();
    sending.doubt(owed.size() > 1 && owed.entryAt(1) != Entry.COPY_END);
    sending.copyBegins(endsWithinBatch());
  }

  /** Whether the last message that is owed belongs to a batch whose Sync was not sent. */
  private boolean endsWithinBatch() {
    int last = owed.size() - 1;
    while (last > 0 && owed.entryAt(last) == Entry.COPY_END) {
      last--;
    }
    return !ReplyLedger.isRequest(owed.entryAt(last));
  }

  private Verdict error() {
    if (owed.isEmpty()) {
      // FATAL at an idle connection, such as 57P01: the connection ends, whoever has it may know
      // why.
      return Verdict.FORWARD;
    }
    unended.failed();
    sending.copyFails(copy.fail());
    Verdict verdict = owed.frontFate() == Fate.SWALLOW ? Verdict.SWALLOW : Verdict.FORWARD;
    switch (owed.frontEntry()) {
      case QUERY, FUNCTION_CALL -> {
        if (!front.fail()) {
          return Verdict.VIOLATION;
        }
        if (owed.frontNote() instanceof Refusal refusal) {
          refusal.sayError();
          verdict = Verdict.SWALLOW;
        }
        refuseFront();
        copy.dropEnds();
        return verdict;
      }
      case SYNC -> {
        // The implicit commit failed, as deferred constraints do: ReadyForQuery is still owed.
        if (!front.fail()) {
          return Verdict.VIOLATION;
        }
        refuseFront();
        return verdict;
      }
      default -> {
        Note note = owed.frontNote();
        if (owed.frontFate() == Fate.REFUSED && note instanceof Refusal refusal) {
          verdict = Verdict.SWALLOW;
          refusal.sayError();
        } else {
          verdict = Verdict.FORWARD;
        }
        skipToSync();
        // A whole batch of Howdah's own fails unheard: its Sync tells whose it is.
        return !owed.isEmpty() && owed.frontFate() == Fate.SWALLOW ? Verdict.SWALLOW : verdict;
      }
    }
  }

  private void refuseFront() {
    ReplyLedger.fail(owed.frontNote());
    owed.forgetFrontNote();
    frontRefused = true;
  }

  private void skipToSync() {
    boolean first = true;
    while (!owed.isEmpty() && owed.frontEntry() != Entry.SYNC) {
      Note note = pop();
      if (first) {
        ReplyLedger.fail(note);
      } else {
        ReplyLedger.makeVoid(note);
      }
      first = false;
    }
    boolean noSyncSent = owed.isEmpty();
    // That Sync commits nothing.
    frontRefused = !noSyncSent;
    sending.fails(noSyncSent);
  }

  /** Ends the front entry well, and every end of a copy behind it. */
  private void finish() {
    Entry entry = owed.frontEntry();
    if (ReplyLedger.isRequest(entry)) {
      unended.ready(entry, status);
    } else if (owed.frontFate() != Fate.MADE_UP) {
      unended.done(entry);
    }
    Note note = pop();
    while (!owed.isEmpty() && owed.frontEntry() == Entry.COPY_END) {
      pop();
    }
    if (note != null) {
      note.done();
    }
  }

  private Note pop() {
    front.begin();
    frontRefused = false;
    return owed.pop();
  }
}
