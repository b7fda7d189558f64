package io.howdah.backend.ledger;

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
  private final SendingEnd sending = new SendingEnd();
  private final ReadingEnd reading = new ReadingEnd(owed, copy, sending);

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
  static boolean isRequest(Entry entry) {
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
    return reading.mayStillDo(number);
  }

  /**
   * Whether the server may have done all that the entry of this number asks for, though it has not
   * said so; once the connection is lost, whether it may have by then. What copies from the client
   * is not done before the client has sent the end of its data.
   */
  public boolean mayHaveDone(long number) {
    return reading.mayHaveDone(number);
  }

  /** The transaction status of the last ReadyForQuery: {@code I}, {@code T} or {@code E}. */
  public byte status() {
    return reading.status();
  }

  /**
   * Whether the server owes nothing, has no transaction and no batch open, and nothing is in doubt:
   * only then may the connection serve another session.
   */
  public boolean isClean() {
    return owed.isEmpty() && reading.status() == 'I' && sending.isClean() && !reading.isUnended();
  }

  /**
   * Whether it can't be told any more what the server will answer; such a connection is never
   * reused.
   */
  public boolean isUnsure() {
    return sending.isUnsure();
  }

  /**
   * Whether a question that only one answer fits would end the doubt: the server is to read it as
   * any other, behind all that was sent.
   */
  public boolean canBecomeSure() {
    return sending.isUnsure() && owed.isEmpty() && !sending.isOpen() && !sending.isSkipping();
  }

  /** Such a question was answered: whatever came before it is answered too. */
  public void becomeSure() {
    sending.becomeSure();
  }

  /** Whether messages of the extended protocol were sent and no Sync after them. */
  public boolean isBatchOpen() {
    return sending.isOpen();
  }

  /**
   * Whether a simple query or a function call was sent within a batch and nobody can tell yet
   * whether it ends that: an error before it would void it, and leave the batch open.
   */
  public boolean isBatchEndDoubtful() {
    return sending.isEndDoubtful() && !owed.isEmpty();
  }

  /** What was executed since the last Sync. */
  public Executed executed() {
    return sending.executed();
  }

  /** Whether an error has made void all that is sent up to the next Sync. */
  public boolean isSkipping() {
    return sending.isSkipping();
  }

  /** Whether an error in what was sent before may yet void what is sent now. */
  public boolean mayVoid() {
    return sending.isOpen() || sending.isSkipping() || !owed.isEmpty();
  }

  /** What is sent now may begin a transaction. */
  public void mayBegin() {
    reading.mayBegin();
  }

  /** Whether a transaction has failed, and nothing that was sent since may have ended it. */
  public boolean hasSurelyFailed() {
    return reading.status() == 'E' && owed.isEmpty() && executed().isNothingOfClients();
  }

  /** Whether what is sent now may find itself in a failed transaction. */
  public boolean mayHaveFailed() {
    return reading.status() == 'E' || reading.mayFindTransaction() && owesRequest();
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
    return owed.frontIsForwarded();
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
   * The same, or what would have been sent, for {@link Fate#MADE_UP}.
   *
   * @param note learns how it ended; may be null
   */
  public void expect(Entry entry, Fate fate, Note note) {
    sending.sends(entry == Entry.SYNC, !owed.isEmpty());
    switch (entry) {
      case SYNC -> {
        if (copy.awaitsEnd()) {
          // Overlooked if the server reads it while it copies, answered if an error came first.
          copy.overlook();
          fail(note);
          return;
        }
        sending.syncs();
      }
      case QUERY, FUNCTION_CALL -> {
        if (sending.isSkipping()) {
          makeVoid(note);
          return;
        }
        sending.doubt(copy.awaitsEnd());
        sending.requests(!owed.isEmpty());
      }
      case COPY_END -> {
        if (sending.isSkipping()) {
          return;
        }
      }
      default -> {
        sending.extendsBatch();
        if (sending.isSkipping()) {
          makeVoid(note);
          return;
        }
        sending.doubt(copy.awaitsEnd());
        executed().sends(entry, fate);
      }
    }
    if (entry != Entry.COPY_END || !owed.isEmpty()) {
      owed.push(entry, fate, note);
    }
  }

  /** Decides on one message of the server by its type. */
  public Verdict reply(byte type) {
    return reading.reply(type);
  }

  /** Decides on an error with which the server ends the session: that may come at any time. */
  public Verdict fatal() {
    return reading.fatal();
  }

  /** Decides on a ReadyForQuery and takes in the transaction status that it carries. */
  public Verdict ready(byte transactionStatus) {
    return reading.ready(transactionStatus);
  }

  /** Whether Howdah must say something itself, now that all before it is answered. */
  public boolean hasMadeUp() {
    return reading.hasMadeUp();
  }

  /**
   * The next message that Howdah must say itself, now that all before it is answered: {@code 1},
   * {@code 2} or {@code 3}, {@link #SAID_BY_NOTE}, or 0 when there is none. Its entry is done with
   * this.
   */
  public byte nextMadeUp() {
    return reading.nextMadeUp();
  }

  /** Voids everything: the connection is lost. Every note learns that it failed. */
  public void abandon() {
    reading.abandon();
  }

  /** Tells a note, if there is one, that its message was not even looked at. */
  static void makeVoid(Note note) {
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
}
