package io.howdah.frontend;

import io.howdah.backend.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The named prepared statements of one client session: from the client's name to what it stands
 * for. A look-up from the bytes of a message allocates nothing; a session that prepares nothing
 * holds no table.
 *
 * <p>Thread: the session's event loop.
 */
final class PreparedNames {
  private static final class Entry {
    final byte[] name;
    final int hash;
    Statement statement;
    Entry next;

    /** What the name stands for if {@link #statement} turns out not to have been prepared. */
    Statement beneath;

    Entry(byte[] name, int hash, Statement statement, Entry next) {
      this.name = name;
      this.hash = hash;
      this.statement = statement;
      this.next = next;
    }
  }

  private static final Entry[] EMPTY = new Entry[0];

  /** What a name stood for at the mark; null for nothing. */
  private record Before(byte[] name, Statement statement) {}

  private boolean marked;

  /** What changed since the mark, the first change of each name only. */
  private List<Before> journal = List.of();

  private Entry[] table = EMPTY;
  private int size;

  int size() {
    return size;
  }

  /** From now on changes can be undone by {@link #rollback}, until {@link #unmark}. */
  void mark() {
    marked = true;
    journal = List.of();
  }

  /** What changed since the mark stays. */
  void unmark() {
    marked = false;
    journal = List.of();
  }

  /** Every name stands again for what it did at the mark. Ends the mark. */
  void rollback() {
    List<Before> changes = journal;
    unmark();
    for (Before each : changes) {
      remove(each.name(), null);
      if (each.statement() != null) {
        put(each.name(), each.statement());
      }
    }
  }

  /** A name is about to change. */
  private void note(byte[] name) {
    if (marked && journal.stream().noneMatch(b -> Arrays.equals(b.name(), name))) {
      if (journal.isEmpty()) {
        journal = new ArrayList<>(2);
      }
      Entry now = find(name);
      journal.add(new Before(name, now == null ? null : now.statement));
    }
  }

  /** What the name in {@code in} from {@code from} to {@code to} stands for, or null. */
  Statement get(ByteBuf in, int from, int to) {
    if (size == 0) {
      return null;
    }
    int hash = hash(in, from, to);
    for (Entry e = table[hash & (table.length - 1)]; e != null; e = e.next) {
      if (e.hash == hash && same(e.name, in, from, to)) {
        return e.statement;
      }
    }
    return null;
  }

  /** Gives a name that is not taken. Returns it as bytes, for {@link #remove}. */
  byte[] put(ByteBuf in, int from, int to, Statement statement) {
    byte[] name = ByteBufUtil.getBytes(in, from, to - from);
    put(name, statement);
    return name;
  }

  private void put(byte[] name, Statement statement) {
    note(name);
    if (size >= table.length * 3 / 4) {
      grow();
    }
    int hash = Arrays.hashCode(name);
    int i = hash & (table.length - 1);
    table[i] = new Entry(name, hash, statement, table[i]);
    size++;
  }

  /**
   * Gives a name back that {@link #remove} took away: its Close was voided. A Parse may have given
   * the name away meanwhile; then the name is given back if that Parse was voided too.
   */
  void restore(byte[] name, Statement statement) {
    note(name);
    Entry taken = find(name);
    if (taken == null) {
      put(name, statement);
    } else {
      taken.beneath = statement;
    }
  }

  /** Takes a name away again: the Parse that gave it failed, or was voided. */
  void takeBack(byte[] name, Statement statement) {
    note(name);
    Entry taken = find(name);
    if (taken != null && taken.statement == statement && taken.beneath != null) {
      taken.statement = taken.beneath;
      taken.beneath = null;
    } else {
      remove(name, statement);
    }
  }

  private Entry find(byte[] name) {
    if (size == 0) {
      return null;
    }
    int hash = Arrays.hashCode(name);
    Entry e = table[hash & (table.length - 1)];
    while (e != null && !(e.hash == hash && Arrays.equals(e.name, name))) {
      e = e.next;
    }
    return e;
  }

  /** Takes a name away, if it stands for {@code statement}; any if that is null. */
  void remove(byte[] name, Statement statement) {
    note(name);
    if (size == 0) {
      return;
    }
    int hash = Arrays.hashCode(name);
    int i = hash & (table.length - 1);
    Entry before = null;
    for (Entry e = table[i]; e != null; before = e, e = e.next) {
      if (e.hash == hash && Arrays.equals(e.name, name)) {
        if (statement != null && e.statement != statement) {
          return;
        }
        if (before == null) {
          table[i] = e.next;
        } else {
          before.next = e.next;
        }
        size--;
        return;
      }
    }
  }

  /** Takes every name away. Not undone by {@link #rollback}: the server did it. */
  void clear() {
    unmark();
    table = EMPTY;
    size = 0;
  }

  private void grow() {
    Entry[] old = table;
    table = new Entry[Math.max(8, old.length * 2)];
    for (Entry head : old) {
      for (Entry e = head; e != null; ) {
        Entry next = e.next;
        int i = e.hash & (table.length - 1);
        e.next = table[i];
        table[i] = e;
        e = next;
      }
    }
  }

  /** The same as {@link Arrays#hashCode(byte[])} of these bytes. */
  private static int hash(ByteBuf in, int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + in.getByte(i);
    }
    return hash;
  }

  private static boolean same(byte[] name, ByteBuf in, int from, int to) {
    if (name.length != to - from) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      if (name[i] != in.getByte(from + i)) {
        return false;
      }
    }
    return true;
  }
}
