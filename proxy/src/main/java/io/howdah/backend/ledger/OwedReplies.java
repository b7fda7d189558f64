package io.howdah.backend.ledger;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.backend.ledger.ReplyLedger.Note;

/**
 * The queue of a {@link ReplyLedger}: what is owed, in the order in which it was asked. A ring that
 * allocates only when it grows.
 *
 * <p>Thread: the event loop of the connection.
 */
final class OwedReplies {
  /** A power of two, as every later length. */
  private static final int INITIAL = 16;

  private static final Entry[] ENTRIES = Entry.values();
  private static final Fate[] FATES = Fate.values();

  /** As numbers: to store a reference is work for the garbage collector. */
  private byte[] entries = new byte[INITIAL];

  private byte[] fates = new byte[INITIAL];
  private Note[] notes = new Note[INITIAL];
  private int head;
  private int size;
  private long noted;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** How many there were so far, those that are owed included. */
  long noted() {
    return noted;
  }

  Entry frontEntry() {
    return ENTRIES[entries[head]];
  }

  Fate frontFate() {
    return FATES[fates[head]];
  }

  Note frontNote() {
    return notes[head];
  }

  /** Whether there is a front entry whose reply belongs to the client. */
  boolean frontIsForwarded() {
    return size != 0 && frontFate() != Fate.SWALLOW;
  }

  /** The front's note heard already how it ended. */
  void forgetFrontNote() {
    notes[head] = null;
  }

  /** The entry {@code i} behind the front. */
  Entry entryAt(int i) {
    return ENTRIES[entries[(head + i) & (entries.length - 1)]];
  }

  void push(Entry entry, Fate fate, Note note) {
    if (size == entries.length) {
      grow();
    }
    int i = (head + size) & (entries.length - 1);
    entries[i] = (byte) entry.ordinal();
    fates[i] = (byte) fate.ordinal();
    if (note != null) {
      notes[i] = note;
    }
    size++;
    noted++;
  }

  /** Takes the front out; returns its note, or null. */
  Note pop() {
    Note note = notes[head];
    if (note != null) {
      notes[head] = null;
    }
    head = (head + 1) & (entries.length - 1);
    size--;
    return note;
  }

  /** Takes out the entry behind the front; returns its note, or null. */
  Note removeSecond() {
    int mask = entries.length - 1;
    Note note = notes[(head + 1) & mask];
    for (int i = 1; i < size - 1; i++) {
      int to = (head + i) & mask;
      int from = (head + i + 1) & mask;
      entries[to] = entries[from];
      fates[to] = fates[from];
      notes[to] = notes[from];
    }
    notes[(head + size - 1) & mask] = null;
    size--;
    // Those behind it move up by one.
    noted--;
    return note;
  }

  private void grow() {
    int n = entries.length;
    byte[] e = new byte[n * 2];
    byte[] f = new byte[n * 2];
    Note[] o = new Note[n * 2];
    for (int i = 0; i < n; i++) {
      int from = (head + i) & (n - 1);
      e[i] = entries[from];
      f[i] = fates[from];
      o[i] = notes[from];
    }
    entries = e;
    fates = f;
    notes = o;
    head = 0;
  }
}
