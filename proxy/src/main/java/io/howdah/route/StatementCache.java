package io.howdah.route;

import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Weighty;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Values by statement text, bounded in entries and in bytes. A look-up allocates nothing. Once it
 * is full, a query string gets in only when it is put for the second time within a while, so that
 * texts that never come back (values written into the statement) throw nothing out; the one that
 * leaves is the next that was not asked for since the clock's hand last passed it, which
 * approximates the least recently used.
 *
 * <p>Thread: one at a time; one for each event loop.
 *
 * @param <V> what is remembered, such as {@link Facts}
 */
public final class StatementCache<V> {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** What an entry costs besides its text, about. */
  private static final int OVERHEAD = 96;

  private static final class Entry<V> {
    private final byte[] text;
    private final long hash;
    private final int variant;
    private V value;
    private long weight;
    private boolean used;

    Entry(byte[] text, long hash, int variant, V value) {
      this.text = text;
      this.hash = hash;
      this.variant = variant;
      weigh(value);
    }

    private void weigh(V now) {
      value = now;
      weight = weight(text.length, now);
    }
  }

  private final int maxEntries;
  private final long maxBytes;
  private final long seed;

  /** The entries in the clock's order; null where one left. */
  private final Entry<V>[] clock;

  /**
   * Open addressing: 1 + the place in {@link #clock}, 0 for free; above it the upper half of the
   * hash, so that a look-up in vain, which is what texts with values in them end in, touches this
   * array alone.
   */
  private final long[] index;

  /**
   * A part of the hashes of texts that were put but not let in, each where the next of its slot
   * ousts it; kept small, so that it stays in the processor's cache.
   */
  private final int[] door;

  /** Of the text that was looked up last, if that was in vain. */
  private long missedHash;

  private boolean missed;

  private byte[] lastText;
  private int hand;
  private int size;
  private long bytes;
  private long hits;
  private long misses;
  private long evictions;

  /**
   * @param maxEntries 0 for a cache that remembers nothing
   * @param maxBytes texts, what is known of them ({@link Weighty}) and a fixed cost each; what
   *     takes more than a sixteenth is never kept
   * @param seed makes the hash differ between processes, so that nobody can prepare collisions
   */
  public StatementCache(int maxEntries, long maxBytes, long seed) {
    this.maxEntries = maxEntries;
    this.maxBytes = maxBytes;
    this.seed = seed;
    clock = newClock(maxEntries);
    index = new long[powerOfTwo(2 * maxEntries)];
    door = new int[powerOfTwo(maxEntries)];
  }

  // An array of a generic type can't be made otherwise; it never leaves this object.
  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <V> Entry<V>[] newClock(int length) {
    return new Entry[length];
  }

  private static int powerOfTwo(int atLeast) {
    return Math.max(2, Integer.highestOneBit(Math.max(1, atLeast - 1)) << 1);
  }

  /**
   * The value, or null.
   *
   * @param variant whatever besides the text the value depends on, such as
   *     standard_conforming_strings
   */
  public V get(byte[] text, int offset, int length, int variant) {
    long hash = hash(text, offset, length, variant);
    int slot = find(hash, text, offset, length, variant);
    missed = slot < 0;
    if (missed) {
      missedHash = hash;
      misses++;
      return null;
    }
    hits++;
    Entry<V> e = entryAt(slot);
    e.used = true;
    lastText = e.text;
    return e.value;
  }

  /**
   * The text of the entry found or let in last, not to be written to; null when the last was not
   * let in.
   */
  public byte[] lastText() {
    return lastText;
  }

  /**
   * Remembers the value, if the text is let in. Copies the text then.
   *
   * @param text what {@link #get} has just looked for in vain, unchanged since
   * @throws IllegalStateException if it has not
   */
  public void put(byte[] text, int offset, int length, int variant, V value) {
    if (!missed) {
      throw new IllegalStateException("not looked for in vain just before");
    }
    missed = false;
    lastText = null;
    long weight = weight(length, value);
    if (fits(weight) && (hasRoom(weight) || knocked(missedHash))) {
      add(missedHash, text, offset, length, variant, value);
    }
  }

  /** Remembers the value whether or not the text was seen before: something learnt the hard way. */
  public void learn(byte[] text, int offset, int length, int variant, V value) {
    missed = false;
    lastText = null;
    if (!fits(weight(length, value))) {
      return;
    }
    long hash = hash(text, offset, length, variant);
    int slot = find(hash, text, offset, length, variant);
    if (slot >= 0) {
      Entry<V> known = entryAt(slot);
      bytes -= known.weight;
      known.weigh(value);
      bytes += known.weight;
    } else {
      add(hash, text, offset, length, variant, value);
    }
  }

  /** What a text and its value take besides what every entry does. */
  private static long weight(int length, Object value) {
    return length + (value instanceof Weighty heavy ? heavy.weight() : 0);
  }

  private boolean fits(long weight) {
    return maxEntries > 0 && weight + OVERHEAD <= maxBytes / 16;
  }

  private boolean hasRoom(long weight) {
    return size < maxEntries && bytes + weight + OVERHEAD <= maxBytes;
  }

  private void add(long hash, byte[] text, int offset, int length, int variant, V value) {
    while (!hasRoom(weight(length, value))) {
      evict();
    }
    byte[] copy = Arrays.copyOfRange(text, offset, offset + length);
    lastText = copy;
    insert(new Entry<>(copy, hash, variant, value));
  }

  /** Whether this text was put before, not too long ago; from now on it was. */
  private boolean knocked(long hash) {
    int slot = (int) (hash >>> 40) & (door.length - 1);
    int tag = (int) hash | 1;
    boolean before = door[slot] == tag;
    door[slot] = before ? 0 : tag;
    return before;
  }

  private void insert(Entry<V> e) {
    while (clock[hand] != null) {
      hand = next(hand, maxEntries);
    }
    clock[hand] = e;
    int slot = home(e.hash);
    while (index[slot] != 0) {
      slot = next(slot, index.length);
    }
    index[slot] = tag(e.hash) | hand + 1;
    hand = next(hand, maxEntries);
    size++;
    bytes += e.weight + OVERHEAD;
  }

  private void evict() {
    while (clock[hand] == null || clock[hand].used) {
      if (clock[hand] != null) {
        clock[hand].used = false;
      }
      hand = next(hand, maxEntries);
    }
    Entry<V> e = clock[hand];
    int slot = find(e.hash, e.text, 0, e.text.length, e.variant);
    remove(slot);
    clock[hand] = null;
    size--;
    bytes -= e.weight + OVERHEAD;
    evictions++;
  }

  /** Frees a slot and moves up those that had to go past it. */
  private void remove(int freed) {
    int hole = freed;
    int slot = next(hole, index.length);
    while (index[slot] != 0) {
      int home = home(index[slot]);
      int mask = index.length - 1;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        index[hole] = index[slot];
        hole = slot;
      }
      slot = next(slot, index.length);
    }
    index[hole] = 0;
  }

  private int find(long hash, byte[] text, int offset, int length, int variant) {
    for (int slot = home(hash); index[slot] != 0; slot = next(slot, index.length)) {
      if (tag(index[slot]) != tag(hash)) {
        continue;
      }
      Entry<V> e = entryAt(slot);
      if (e.hash == hash
          && e.variant == variant
          && Arrays.equals(e.text, 0, e.text.length, text, offset, offset + length)) {
        return slot;
      }
    }
    return -1;
  }

  private Entry<V> entryAt(int slot) {
    return clock[(int) index[slot] - 1];
  }

  private static long tag(long hash) {
    return hash & 0xFFFF_FFFF_0000_0000L;
  }

  /** Where a query string with this hash, or with this tag, is looked for first. */
  private int home(long hash) {
    return (int) (hash >>> 32) & (index.length - 1);
  }

  private static int next(int i, int length) {
    return i + 1 == length ? 0 : i + 1;
  }

  private long hash(byte[] text, int offset, int length, int variant) {
    long h = seed ^ length ^ ((long) variant << 32);
    int i = offset;
    int end = offset + length;
    for (; i + 8 <= end; i += 8) {
      h = mix(h ^ (long) LONG.get(text, i));
    }
    long tail = 0;
    for (; i < end; i++) {
      tail = (tail << 8) | (text[i] & 0xff);
    }
    return mix(h ^ tail);
  }

  private static long mix(long h) {
    long m = h * 0x9E3779B97F4A7C15L;
    m ^= m >>> 32;
    m *= 0xD6E8FEB86659FD93L;
    return m ^ m >>> 29;
  }

  /** Texts remembered now. */
  public int size() {
    return size;
  }

  /** Bytes they take, about. */
  public long bytes() {
    return bytes;
  }

  /** Look-ups that found something, since the beginning. */
  public long hits() {
    return hits;
  }

  /** Look-ups that found nothing. */
  public long misses() {
    return misses;
  }

  /** Texts thrown out for others. */
  public long evictions() {
    return evictions;
  }
}
