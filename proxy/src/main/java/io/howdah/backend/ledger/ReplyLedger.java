package io.howdah.backend.ledger;

import io.howdah.wire.BackendType;

/**
 * What one server connection still owes, entry by entry, in the order in which it was asked, and to
 * whom each reply belongs. A reply that the front entry does not allow is a {@link
 * Verdict#VIOLATION}: the stream can't be trusted any further and the connection must be destroyed.
 *
 * <p>The rules are the server's own: an error voids everything up to the next Sync when it struck
 * in the extended protocol, simple queries and function calls included, and nothing when it struck
 * in a simple query; in COPY IN mode the server overlooks Sync; asynchronous messages may come at
 * any time.
 *
 * <p>Thread: the event loop of the connection. Allocates only when its ring grows.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html">PostgreSQL, section 54.2</a>
 */
public final class ReplyLedger {
  /** What was asked. */
  public enum Entry {
    QUERY,
    FUNCTION_CALL,
    PARSE,
    BIND,
    DESCRIBE_STATEMENT,
    DESCRIBE_PORTAL,
    EXECUTE,
    CLOSE,
    SYNC,
    /** CopyDone or CopyFail: owes nothing itself; tells which Syncs were sent within the copy. */
    COPY_END
  }

  /** To whom a reply belongs. */
  public enum Fate {
    /** To the client. */
    FORWARD,
    /** To Howdah, which asked. */
    SWALLOW,
    /** To the client, though the server was never asked: Howdah says it when its turn comes. */
    MADE_UP,
    /** An error for certain, which Howdah says to the client in its own words ({@link Refusal}). */
    REFUSED
  }

  /** What becomes of one message of the server. */
  public enum Verdict {
    FORWARD,
    SWALLOW,
    VIOLATION
  }

  /** Learns how an entry ended. */
  public interface Note {
    /** The server did it. */
    default void done() {}

    /** The server did not do it: it failed, or an error came first. */
    default void failed() {}

    /** The server did not even look at it: an error came first. */
    default void voided() {
      failed();
    }
  }

  /** The note of an entry that was sent only so that the server fails where Howdah must refuse. */
  public interface Refusal extends Note {
    /** Says the error to the client, in the place where the server's own would have stood. */
    void sayError();
  }

  /** The note of Howdah's own message on which the client's request does not depend. */
  @FunctionalInterface
  public interface Quiet extends Note {
    @Override
    void failed();
  }

  /** A made-up reply of more than a type: its note has said it, as it was told that it is done. */
  public static final byte SAID_BY_NOTE = -1;

  private final OwedReplies owed = new OwedReplies();
  private final CopyRules copy = new CopyRules(owed);
  private final FrontReply front = new FrontReply(copy);
  private final UnendedTransaction unended = new UnendedTransaction();

  /**
   * An error struck in the extended protocol and no Sync was sent since: all that is sent is void.
   */
  private boolean skipping;

  /**
   * A copy failed, and Syncs were sent right behind its statement, of which nobody can tell whether
   * it had overlooked them: so many may yet be answered.
   */
  private int extraReady;

  /** Messages were sent of which nobody can tell whether the server will answer them. */
  private boolean unsure;

  /** A batch of the extended protocol is open: no Sync was sent since its last message. */
  private boolean batchOpen;

  /** A request was sent within an open batch that was not answered yet: it may yet be voided. */
  private boolean endDoubtful;

  /** Something was sent, and is not answered yet, that may begin a transaction. */
  private boolean mayBegin;

  private byte status = 'I';

  /** The server said an error to the front entry, which it has yet to end by ReadyForQuery. */
  private boolean frontRefused;

  /** When all was abandoned: the last entry that the server certainly has not done, or has told. */
  private long certainTo = -1;

  /** Whether nothing is owed. */
  public boolean isEmpty() {
    return owed.isEmpty();
  }

  /** Whether a request that ReadyForQuery ends is owed, besides the batch that is open. */
  public boolean owesRequest() {
    for (int i = 0; i < owed.size(); i++) {
      if (isRequest(owed.entryAt(i))) {
        return true;
      }
    }
    return false;
  }

  /** Whether ReadyForQuery ends it. */
  private static boolean isRequest(Entry entry) {
    return entry == Entry.SYNC || entry == Entry.QUERY || entry == Entry.FUNCTION_CALL;
  }

  /** Entries that are owed. */
  public int size() {
    return owed.size();
  }

  /** The number of the entry that was noted last: they are counted from 1. */
  public long noted() {
    return owed.noted();
  }

  /** Whether the entry of this number has not been answered, be it by an error. */
  public boolean mayStillDo(long number) {
    return number > owed.noted() - owed.size() + (frontRefused ? 1 : 0);
  }

  /**
   * Whether the server may have done all that the entry of this number asks for, though it has not
   * said so; once the connection is lost, whether it may have by then. What copies from the client
   * is not done before the client has sent the end of its data.
   */
  public boolean mayHaveDone(long number) {
    return certainTo < 0 ? mayStillDo(number) && !copy.awaitsEnd() : number > certainTo;
  }

  /** The transaction status of the last ReadyForQuery: {@code I}, {@code T} or {@code E}. */
  public byte status() {
    return status;
  }

  /**
   * Whether the server owes nothing, has no transaction and no batch open, and nothing is in doubt:
   * only then may the connection serve another session.
   */
  public boolean isClean() {
    return owed.isEmpty()
        && status == 'I'
        && !batchOpen
        && !unsure
        && !skipping
        && !unended.isOpen();
  }

  /**
   * Whether it can't be told any more what the server will answer; such a connection is never
   * reused.
   */
  public boolean isUnsure() {
    return unsure;
  }

  /**
   * Whether a question that only one answer fits would end the doubt: the server is to read it as
   * any other, behind all that was sent.
   */
  public boolean canBecomeSure() {
    return unsure && owed.isEmpty() && !batchOpen && !skipping;
  }

  /** Such a question was answered: whatever came before it is answered too. */
  public void becomeSure() {
    unsure = false;
    extraReady = 0;
  }

  /** Whether messages of the extended protocol were sent and no Sync after them. */
  public boolean isBatchOpen() {
    return batchOpen;
  }

  /**
   * Whether a simple query or a function call was sent within a batch and nobody can tell yet
   * whether it ends that: an error before it would void it, and leave the batch open.
   */
  public boolean isBatchEndDoubtful() {
    return endDoubtful && !owed.isEmpty();
  }

  /** Whether an error has made void all that is sent up to the next Sync. */
  public boolean isSkipping() {
    return skipping;
  }

  /** Whether an error in what was sent before may yet void what is sent now. */
  public boolean mayVoid() {
    return batchOpen || skipping || !owed.isEmpty();
  }

  /** What is sent now may begin a transaction. */
  public void mayBegin() {
    mayBegin = true;
  }

  /** Whether what is sent now may find itself in a failed transaction. */
  public boolean mayHaveFailed() {
    return status == 'E' || (status == 'T' || mayBegin) && owesRequest();
  }

  /** Whether the server waits for CopyData. */
  public boolean isCopyIn() {
    return copy.isIn();
  }

  /** Whether the server waits for CopyData, and for its end, which was not sent yet. */
  public boolean awaitsCopyEnd() {
    return copy.awaitsEnd();
  }

  /**
   * Notes that the server is asked whether it still waits for CopyData, by a Close, which must not
   * stand there. Behind a simple query a Sync follows it; in a batch the server passes over both if
   * the copy has failed.
   */
  public void probeCopy() {
    copy.probed();
    boolean simple = owed.frontEntry() == Entry.QUERY;
    owed.push(Entry.CLOSE, Fate.SWALLOW, null);
    if (simple) {
      owed.push(Entry.SYNC, Fate.SWALLOW, null);
    }
  }

  /** Whether it was asked so, and has not answered yet. */
  public boolean isCopyProbed() {
    return copy.isProbed();
  }

  /** Whether the front entry's reply belongs to the client. */
  public boolean frontIsForwarded() {
    return !owed.isEmpty() && owed.frontFate() != Fate.SWALLOW;
  }

  /** The front entry; null when nothing is owed. */
  public Entry front() {
    return owed.isEmpty() ? null : owed.frontEntry();
  }

  /** The front entry's note, or null. */
  public Note frontNote() {
    return owed.isEmpty() ? null : owed.frontNote();
  }

  /** Notes that a message was sent and what it asks for. */
  public void expect(Entry entry, Fate fate) {
    expect(entry, fate, null);
  }

  /**
   * Notes that a message was sent (or, for {@link Fate#MADE_UP}, would have been) and what it asks
   * for.
   *
   * @param note learns how it ended; may be null
   */
  public void expect(Entry entry, Fate fate, Note note) {
    endDoubtful &= entry != Entry.SYNC && !owed.isEmpty();
    switch (entry) {
      case SYNC -> {
        if (copy.awaitsEnd()) {
          // Overlooked if the server reads it while it copies, answered if an error came first.
          copy.overlook();
          fail(note);
          return;
        }
        batchOpen = false;
        skipping = false;
      }
      case QUERY, FUNCTION_CALL -> {
        if (skipping) {
          makeVoid(note);
          return;
        }
        unsure |= copy.awaitsEnd();
        endDoubtful |= batchOpen && !owed.isEmpty();
        batchOpen = false;
      }
      case COPY_END -> {
        if (skipping) {
          return;
        }
      }
      default -> {
        batchOpen = true;
        if (skipping) {
          makeVoid(note);
          return;
        }
        unsure |= copy.awaitsEnd();
      }
    }
    if (entry != Entry.COPY_END || !owed.isEmpty()) {
      owed.push(entry, fate, note);
    }
  }

  /** Decides on one message of the server by its type. */
  public Verdict reply(byte type) {
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
  public Verdict fatal() {
    Verdict verdict = error();
    if (verdict != Verdict.VIOLATION) {
      return verdict;
    }
    return frontIsForwarded() ? Verdict.FORWARD : Verdict.SWALLOW;
  }

  /** Decides on a ReadyForQuery and takes in the transaction status that it carries. */
  public Verdict ready(byte transactionStatus) {
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
    if (extraReady > 0) {
      // The answer to a Sync that was read after its copy had failed.
      extraReady--;
      skipping = false;
      batchOpen = batchOpen && !owed.isEmpty();
      return Verdict.FORWARD;
    }
    status = before;
    return Verdict.VIOLATION;
  }

  /** Whether Howdah must say something itself, now that all before it is answered. */
  public boolean hasMadeUp() {
    return !owed.isEmpty() && owed.frontFate() == Fate.MADE_UP;
  }

  /**
   * The next message that Howdah must say itself, now that all before it is answered: {@code 1},
   * {@code 2} or {@code 3}, {@link #SAID_BY_NOTE}, or 0 when there is none. Its entry is done with
   * this.
   */
  public byte nextMadeUp() {
    if (!hasMadeUp()) {
      return 0;
    }
    byte type =
        switch (owed.frontEntry()) {
          case PARSE -> BackendType.PARSE_COMPLETE;
          case BIND -> BackendType.BIND_COMPLETE;
          case CLOSE -> BackendType.CLOSE_COMPLETE;
          default -> SAID_BY_NOTE;
        };
    finish();
    return type;
  }

  /** Voids everything: the connection is lost. Every note learns that it failed. */
  public void abandon() {
    certainTo = owed.noted();
    if (!copy.awaitsEnd()) {
      certainTo += (frontRefused ? 1 : 0) - owed.size();
    }
    while (!owed.isEmpty()) {
      fail(pop());
    }
    unsure = true;
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
    unsure |= owed.size() > 1 && owed.entryAt(1) != Entry.COPY_END;
    batchOpen = endsWithinBatch();
  }

  /** Whether the last message that is owed belongs to a batch whose Sync was not sent. */
  private boolean endsWithinBatch() {
    int last = owed.size() - 1;
    while (last > 0 && owed.entryAt(last) == Entry.COPY_END) {
      last--;
    }
    return !isRequest(owed.entryAt(last));
  }

  private Verdict error() {
    if (owed.isEmpty()) {
      // FATAL at an idle connection, such as 57P01: the connection ends, whoever has it may know
      // why.
      return Verdict.FORWARD;
    }
    unended.failed();
    int doubtful = copy.fail();
    extraReady += doubtful;
    unsure |= doubtful > 0;
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
    fail(owed.frontNote());
    owed.forgetFrontNote();
    frontRefused = true;
  }

  private void skipToSync() {
    boolean first = true;
    while (!owed.isEmpty() && owed.frontEntry() != Entry.SYNC) {
      Note note = pop();
      if (first) {
        fail(note);
      } else {
        makeVoid(note);
      }
      first = false;
    }
    skipping = owed.isEmpty();
    // That Sync commits nothing.
    frontRefused = !skipping;
    // A request that was voided too has not ended it.
    batchOpen |= skipping;
  }

  /** Ends the front entry well, and every end of a copy behind it. */
  private void finish() {
    Entry entry = owed.frontEntry();
    if (isRequest(entry)) {
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

  private static void makeVoid(Note note) {
    if (note != null) {
      note.voided();
    }
  }

  /** Tells a note, if there is one, that its message was not done. */
  static void fail(Note note) {
    if (note != null) {
      note.failed();
    }
  }

  private Note pop() {
    front.begin();
    frontRefused = false;
    return owed.pop();
  }
}
