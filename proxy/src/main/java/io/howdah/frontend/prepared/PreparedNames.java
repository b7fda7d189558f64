package io.howdah.frontend.prepared;

import io.howdah.backend.statement.Binding;
import io.howdah.backend.statement.Statement;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The named prepared statements of one client session: from the client's name to what it stands
 * for, whether a Parse or SQL's PREPARE gave it. A look-up from the bytes of a message allocates
 * nothing; a session that prepares nothing holds no table.
 *
 * <p>Thread: the session's event loop.
 */
public final class PreparedNames {
  /** Learns which statements the names stand for. */
  interface Uses {
    /** A name stands for it from now on. */
    void begun(Binding binding);

    /** A name stands for it no more. */
    void ended(Binding binding);

    /** Makes the hashes of names differ between processes. */
    long seed();
  }

  private static final class Entry {
    final byte[] name;
    final long hash;
    Binding binding;
    Entry next;

    Entry(byte[] name, long hash, Binding binding, Entry next) {
      this.name = name;
      this.hash = hash;
      this.binding = binding;
      this.next = next;
    }
  }

  /** NAMEDATALEN - 1: the server looks at no more of a name. */
  private static final int MAX_NAME_BYTES = 63;

  private static final int OVERHEAD = 64;
  private static final Entry[] EMPTY = new Entry[0];

  /** What a name stood for at the mark; null for nothing. */
  private record Before(byte[] name, Binding binding) {}

  private boolean marked;

  /** What changed since the mark, the first change of each name only. */
  private List<Before> journal = List.of();

  private final Uses uses;

  /** Makes the hash differ between processes, so that nobody can prepare collisions. */
  private final long seed;

  private Entry[] table = EMPTY;
  private int size;
  private long bytes;
  private boolean ended;

  public PreparedNames(Uses uses) {
    this.uses = uses;
    this.seed = uses.seed();
  }

  public int size() {
    return size;
  }

  /** What names and statements take in memory, about. */
  public long bytes() {
    return bytes;
  }

  /** From now on changes can be undone by {@link #rollback}, until {@link #unmark}. */
  public void mark() {
    marked = true;
    journal = List.of();
  }

  /** What changed since the mark stays. */
  public void unmark() {
    marked = false;
    journal = List.of();
  }

  /** Every name stands again for what it did at the mark. Ends the mark. */
  public void rollback() {
    List<Before> changes = journal;
    unmark();
    for (Before each : changes) {
      remove(each.name(), null);
      if (each.binding() != null) {
        put(each.name(), each.binding());
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
      journal.add(new Before(name, now == null ? null : now.binding));
    }
  }

  /** What the name in {@code in} from {@code from} to {@code to} stands for, or null. */
  public Binding get(ByteBuf in, int from, int to) {
    if (size == 0) {
      return null;
    }
    int end = Math.min(to, from + MAX_NAME_BYTES);
    long hash = hash(in, from, end);
    for (Entry e = table[home(hash)]; e != null; e = e.next) {
      if (e.hash == hash && same(e.name, in, from, end)) {
        return e.binding;
      }
    }
    return null;
  }

  /** What a name stands for, or null. */
  public Binding get(byte[] name) {
    Entry e = find(name);
    return e == null ? null : e.binding;
  }

  /** Gives a name that is not taken. Returns it as bytes, for {@link #remove}. */
  byte[] put(ByteBuf in, int from, int to, Binding binding) {
    byte[] name = ByteBufUtil.getBytes(in, from, Math.min(to - from, MAX_NAME_BYTES));
    put(name, binding);
    return name;
  }

  /** Gives a name that is not taken. */
  public void put(byte[] name, Binding binding) {
    if (ended) {
      return;
    }
    note(name);
    if (size >= table.length * 3 / 4) {
      grow();
    }
    long hash = hash(name);
    int i = home(hash);
    table[i] = new Entry(name, hash, binding, table[i]);
    size++;
    begun(name, binding);
  }

  private void begun(byte[] name, Binding binding) {
    bytes += cost(name, binding);
    uses.begun(binding);
  }

  private void over(byte[] name, Binding binding) {
    bytes -= cost(name, binding);
    uses.ended(binding);
  }

  /** What a name and its statement count for. */
  public static long cost(byte[] name, Binding binding) {
    return (long) OVERHEAD + name.length + binding.bytes();
  }

  /** Has a name stand for {@code binding}, whatever it stood for before; null for nothing. */
  void set(byte[] name, Binding binding) {
    if (get(name) != binding) {
      remove(name, null);
      if (binding != null) {
        put(name, binding);
      }
    }
  }

  private Entry find(byte[] name) {
    if (size == 0) {
      return null;
    }
    long hash = hash(name);
    Entry e = table[home(hash)];
    while (e != null && !(e.hash == hash && Arrays.equals(e.name, name))) {
      e = e.next;
    }
    return e;
  }

  /** Takes a name away, if it stands for {@code binding}; any if that is null. */
  public void remove(byte[] name, Binding binding) {
    note(name);
    if (size == 0) {
      return;
    }
    long hash = hash(name);
    int i = home(hash);
    Entry before = null;
    for (Entry e = table[i]; e != null; before = e, e = e.next) {
      if (e.hash == hash && Arrays.equals(e.name, name)) {
        if (binding != null && e.binding != binding) {
          return;
        }
        if (before == null) {
          table[i] = e.next;
        } else {
          before.next = e.next;
        }
        size--;
        over(e.name, e.binding);
        return;
      }
    }
  }

  /** Takes every name away. Not undone by {@link #rollback}: the server did it. */
  public void clear() {
    unmark();
    forEach((_, binding) -> uses.ended(binding));
    table = EMPTY;
    size = 0;
    bytes = 0;
  }

  /** Takes every name away, for good: the session is over. */
  public void end() {
    clear();
    ended = true;
  }

  /** Every name with what it stands for, in no order. */
  public void forEach(BiConsumer<byte[], Binding> action) {
    for (Entry head : table) {
      for (Entry e = head; e != null; e = e.next) {
        action.accept(e.name, e.binding);
      }
    }
  }

  /** A name that stands for the statement that servers know by {@code serverName}, or null. */
  public byte[] nameOf(byte[] serverName) {
    for (Entry head : table) {
      for (Entry e = head; e != null; e = e.next) {
        if (e.binding instanceof Statement s && Arrays.equals(s.serverName(), serverName)) {
          return e.name;
        }
      }
    }
    return null;
  }

  private void grow() {
    Entry[] old = table;
    table = new Entry[Math.max(8, old.length * 2)];
    for (Entry head : old) {
      for (Entry e = head; e != null; ) {
        Entry next = e.next;
        int i = home(e.hash);
        e.next = table[i];
        table[i] = e;
        e = next;
      }
    }
  }

  private int home(long hash) {
    return (int) hash & (table.length - 1);
  }

  private long hash(byte[] name) {
    return hash(Unpooled.wrappedBuffer(name), 0, name.length);
  }

  private long hash(ByteBuf in, int from, int to) {
    long h = seed ^ (to - from);
    int i = from;
    for (; i + 8 <= to; i += 8) {
      h = mix(h ^ in.getLongLE(i));
    }
    long tail = 0;
    for (; i < to; i++) {
      tail = (tail << 8) | (in.getByte(i) & 0xff);
    }
    return mix(h ^ tail);
  }

  private static long mix(long h) {
    long m = h * 0x9E3779B97F4A7C15L;
    m ^= m >>> 32;
    m *= 0xD6E8FEB86659FD93L;
    return m ^ m >>> 29;
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
