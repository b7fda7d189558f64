package io.howdah.backend.ledger;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.wire.BackendType;

/**
 * The copy that the front entry of a {@link ReplyLedger} may be in: which messages it allows, and
 * what of the client's belongs to it.
 *
 * <p>Thread: the event loop of the connection.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html">PostgreSQL, section
 *     54.2.6</a>
 */
final class CopyRules {
  private final OwedReplies owed;
  private boolean in;
  private boolean out;
  private boolean probed;

  /**
   * Syncs sent right behind the statement that copies, or among its data: the server passes over
   * those it reads while it does.
   */
  private int overlooked;

  CopyRules(OwedReplies owed) {
    this.owed = owed;
  }

  /** Whether the server waits for CopyData. */
  boolean isIn() {
    return in;
  }

  /** The server is asked whether it still waits for CopyData. */
  void probed() {
    probed = true;
  }

  /** Whether it was, and the copy is not over yet. */
  boolean isProbed() {
    return probed;
  }

  /** Whether a copy is under way, in whatever direction. */
  boolean isUnderWay() {
    return in || out;
  }

  /** Whether the server waits for CopyData whose end was not sent yet. */
  boolean awaitsEnd() {
    return in && !isEndSent();
  }

  /** Whether the client has sent the end of a copy behind the front entry. */
  boolean isEndSent() {
    for (int i = 1; i < owed.size(); i++) {
      if (owed.entryAt(i) == Entry.COPY_END) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a message of the server may come now.
   *
   * @param type one of those that belong to copies; any other may not
   * @param rows whether the statement has sent rows, and so can't copy
   */
  boolean allows(byte type, boolean rows) {
    boolean first = !rows && !isUnderWay();
    switch (type) {
      case BackendType.COPY_IN_RESPONSE -> {
        in |= first;
        return first;
      }
      case BackendType.COPY_OUT_RESPONSE -> {
        out = true;
        return first;
      }
      case BackendType.COPY_BOTH_RESPONSE -> {
        in = true;
        out = true;
        return first;
      }
      case BackendType.COPY_DATA -> {
        return out;
      }
      case BackendType.COPY_DONE -> {
        boolean was = out;
        out = false;
        return was;
      }
      default -> {
        return false;
      }
    }
  }

  /** A Sync is sent while the server copies, as far as is known. */
  void overlook() {
    overlooked++;
  }

  /** Takes out the Syncs right behind the statement that turned out to be a COPY FROM STDIN. */
  void overlookSyncs() {
    overlooked = 0;
    while (owed.size() > 1 && owed.entryAt(1) == Entry.SYNC) {
      ReplyLedger.fail(owed.removeSecond());
      overlooked++;
    }
  }

  /** A copy is over. Whether it may have been, by what both sides said before. */
  boolean end() {
    overlooked = 0;
    boolean ended = !out && (!in || isEndSent());
    if (in && owed.size() > 1 && owed.entryAt(1) == Entry.COPY_END) {
      ReplyLedger.fail(owed.removeSecond());
    }
    in = false;
    out = false;
    probed = false;
    return ended;
  }

  /**
   * A copy, if there is one, failed. How many Syncs it had overlooked by then, or had not: nobody
   * can tell.
   */
  int fail() {
    int doubtful = in ? overlooked : 0;
    overlooked = 0;
    end();
    return doubtful;
  }

  /** Behind a simple COPY that failed, what the client sent to end it is overlooked. */
  void dropEnds() {
    while (owed.size() > 1 && owed.entryAt(1) == Entry.COPY_END) {
      ReplyLedger.fail(owed.removeSecond());
    }
  }
}
