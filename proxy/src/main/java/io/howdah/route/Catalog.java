package io.howdah.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The functions that users made in one database, by name, as the server's catalog has them: whether
 * a call may have an effect is told by {@code pg_proc.provolatile}.
 *
 * <p>A call is looked up without its arguments. So of all overloads that a call may mean the
 * strictest counts, and a built-in function of the same name counts too. What a catalog says may be
 * outdated for a moment: a replica then refuses a write with 25006.
 *
 * <p>Thread: immutable; any.
 *
 * @see <a href="https://www.postgresql.org/docs/18/typeconv-func.html">PostgreSQL, section 10.3</a>
 */
public final class Catalog {
  /** What is known before the server was asked: that there may be functions of users. */
  public static final Catalog UNKNOWN = new Catalog(List.of(), false);

  /** One for each view of a catalog, so that what is remembered of texts is kept apart. */
  private static final AtomicInteger NEXT_NUMBER = new AtomicInteger();

  /**
   * All functions of one name in one schema.
   *
   * @param effects whether one of the overloads is VOLATILE
   * @param seenEffects the same, of those overloads that no built-in function with the same
   *     arguments hides from an unqualified call
   * @param hidden whether all overloads are so hidden
   */
  public record Entry(
      String schema, String name, boolean effects, boolean seenEffects, boolean hidden) {}

  private static final class Bucket {
    private final byte[] schema;
    private final byte[] name;
    private final int hash;
    private final Entry entry;

    Bucket(Entry entry) {
      this.entry = entry;
      schema = entry.schema().getBytes(StandardCharsets.UTF_8);
      name = entry.name().getBytes(StandardCharsets.UTF_8);
      hash = Name.hash(name, 0, name.length);
    }
  }

  /** Open addressing; those of one name follow one another, with others between. */
  private final Bucket[] table;

  private final boolean loaded;
  private final List<Entry> entries;

  private Catalog(Collection<Entry> entries, boolean loaded) {
    this.entries = List.copyOf(entries);
    this.loaded = loaded;
    table = new Bucket[Integer.highestOneBit(Math.max(1, entries.size())) * 4];
    for (Entry entry : entries) {
      Bucket bucket = new Bucket(entry);
      int slot = slot(bucket.hash);
      while (table[slot] != null) {
        slot = next(slot);
      }
      table[slot] = bucket;
    }
  }

  /** A catalog of these functions, none of them of PostgreSQL's own schemas. */
  public static Catalog of(Collection<Entry> entries) {
    return new Catalog(entries, true);
  }

  /** Whether the server was asked. */
  public boolean isLoaded() {
    return loaded;
  }

  /** Names in schemas. */
  public int size() {
    return entries.size();
  }

  /** Whether both have the same functions. */
  public boolean isAs(Catalog other) {
    return loaded == other.loaded && entries.equals(other.entries);
  }

  /**
   * The functions as a session with this search path sees them.
   *
   * @param path the schemas of {@code search_path} in order, or null when it isn't known: then any
   *     schema may be on it
   */
  public View seenFrom(List<String> path) {
    return new View(path);
  }

  /** Functions as seen from one search path. */
  public final class View implements Functions {
    private final int number = NEXT_NUMBER.incrementAndGet();
    private final byte[][] path;

    /** Built-in functions are looked for first, unless the path itself says when. */
    private final boolean builtinFirst;

    private View(List<String> schemas) {
      path =
          schemas == null
              ? null
              : schemas.stream()
                  .map(s -> s.getBytes(StandardCharsets.UTF_8))
                  .toArray(byte[][]::new);
      builtinFirst = schemas == null || !schemas.contains("pg_catalog");
    }

    /** Differs between any two views, so that what is remembered by one is not used by another. */
    public int number() {
      return number;
    }

    @Override
    public Verdict of(Name schema, Name name) {
      Verdict builtin = BuiltinFunctions.INSTANCE.of(schema, name);
      if (schema != null) {
        return builtin != Verdict.UNKNOWN ? builtin : qualified(schema, name);
      }
      return stricter(builtin, unqualified(name));
    }

    private Verdict qualified(Name schema, Name name) {
      int hash = name.hash();
      for (int slot = slot(hash); table[slot] != null; slot = next(slot)) {
        Bucket b = table[slot];
        if (b.hash == hash && name.is(b.name) && schema.is(b.schema)) {
          return b.entry.effects() ? Verdict.ACTS : Verdict.READ;
        }
      }
      return Verdict.UNKNOWN;
    }

    /** The strictest of what the path leads to; UNKNOWN for nothing. */
    private Verdict unqualified(Name name) {
      Verdict found = Verdict.UNKNOWN;
      int hash = name.hash();
      for (int slot = slot(hash); table[slot] != null; slot = next(slot)) {
        Bucket b = table[slot];
        if (b.hash == hash && name.is(b.name) && isOnPath(b.schema)) {
          if (builtinFirst ? b.entry.seenEffects() : b.entry.effects()) {
            return Verdict.ACTS;
          }
          found = builtinFirst && b.entry.hidden() ? found : Verdict.READ;
        }
      }
      return found;
    }

    private boolean isOnPath(byte[] schema) {
      if (path == null) {
        return true;
      }
      for (byte[] one : path) {
        if (Arrays.equals(one, schema)) {
          return true;
        }
      }
      return false;
    }
  }

  /** What counts of a built-in function and of users' functions of its name. */
  private static Verdict stricter(Verdict builtin, Verdict users) {
    if (builtin == Verdict.UNKNOWN) {
      return users;
    }
    return builtin == Verdict.READ && users == Verdict.ACTS ? Verdict.ACTS : builtin;
  }

  private int slot(int hash) {
    return (hash ^ hash >>> 15) & (table.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (table.length - 1);
  }
}
