package io.howdah.route.function;

import io.howdah.route.body.Routines;
import io.howdah.route.fact.Kind;
import io.howdah.route.lexer.Name;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The functions that users made in one database, by name, as the server's catalog has them: whether
 * a call may have an effect is told by {@code pg_proc.provolatile}, whether it may change the
 * session by the function's body ({@link Routines}).
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
  public static final Catalog UNKNOWN = new Catalog(List.of(), false, HiddenUse.NONE, Set.of());

  /** One for each view of a catalog, so that what is remembered of texts is kept apart. */
  private static final AtomicInteger NEXT_NUMBER = new AtomicInteger();

  /**
   * All functions of one name in one schema.
   *
   * @param effects whether one of the overloads is VOLATILE
   * @param seenEffects the same, of those overloads that no built-in function with the same
   *     arguments hides from an unqualified call
   * @param hidden whether all overloads are so hidden
   * @param use what the overload does to the session that does the most
   * @param seenUse the same, of those overloads that an unqualified call may mean
   * @param why what told so, for people; null where none does anything
   */
  public record Entry(
      String schema,
      String name,
      boolean effects,
      boolean seenEffects,
      boolean hidden,
      SessionUse use,
      SessionUse seenUse,
      String why) {
    /** Functions that do nothing to the session. */
    public Entry(String schema, String name, boolean effects, boolean seenEffects, boolean hidden) {
      this(schema, name, effects, seenEffects, hidden, SessionUse.NONE, SessionUse.NONE, null);
    }

    /** These, and other overloads of them. */
    public Entry with(Entry more) {
      return new Entry(
          schema,
          name,
          effects || more.effects,
          seenEffects || more.seenEffects,
          hidden && more.hidden,
          use.or(more.use),
          seenUse.or(more.seenUse),
          why == null ? more.why : why);
    }
  }

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
  private final HiddenUse hiddenUse;
  private final Set<String> parameters;

  /** Any of these functions may have become another since. */
  private final boolean doubtful;

  /** Made when it is asked for; any of two that were made at once will do. */
  private volatile View anywhere;

  private Catalog(
      Collection<Entry> entries, boolean loaded, HiddenUse hiddenUse, Set<String> parameters) {
    this.entries = List.copyOf(entries);
    this.loaded = loaded;
    this.hiddenUse = hiddenUse;
    this.parameters = Set.copyOf(parameters);
    doubtful = false;
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

  private Catalog(Catalog outdated) {
    entries = outdated.entries;
    loaded = outdated.loaded;
    hiddenUse = outdated.hiddenUse == HiddenUse.NONE ? HiddenUse.WRITES : outdated.hiddenUse;
    parameters = outdated.parameters;
    table = outdated.table;
    doubtful = true;
  }

  /** A catalog of these functions, none of them of PostgreSQL's own schemas. */
  public static Catalog of(Collection<Entry> entries) {
    return of(entries, HiddenUse.NONE, Set.of());
  }

  /**
   * A catalog of these functions, none of them of PostgreSQL's own schemas.
   *
   * @param hiddenUse which statements call those that change the session unseen
   * @param parameters names of parameters that functions set, and that nobody may have defined
   */
  public static Catalog of(Collection<Entry> entries, HiddenUse hiddenUse, Set<String> parameters) {
    return new Catalog(entries, true, hiddenUse, parameters);
  }

  /**
   * The same after some function or trigger was made or changed, until the server is asked: calls
   * and writes may change the session now.
   */
  public Catalog doubted() {
    return loaded && !doubtful ? new Catalog(this) : this;
  }

  /** Parameters that functions set, and that nobody may have defined: no catalog has them. */
  public Set<String> parameters() {
    return parameters;
  }

  /** What told that a function changes the session, for people; null where nothing did. */
  public String why(String name) {
    String bare = name.substring(name.lastIndexOf('.') + 1);
    for (Entry entry : entries) {
      if (entry.why() != null && entry.name().equals(bare)) {
        return entry.why();
      }
    }
    return null;
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
    return loaded == other.loaded
        && doubtful == other.doubtful
        && hiddenUse == other.hiddenUse
        && parameters.equals(other.parameters)
        && entries.equals(other.entries);
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

  /** As seen from a path of which nothing is known, not even where built-in functions stand. */
  private View anywhere() {
    View known = anywhere;
    if (known == null) {
      known = new View();
      anywhere = known;
    }
    return known;
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

    private View() {
      path = null;
      builtinFirst = false;
    }

    @Override
    public View fromAnywhere() {
      return anywhere();
    }

    /** Differs between any two views, so that what is remembered by one is not used by another. */
    public int number() {
      return number;
    }

    @Override
    public boolean hide(Kind kind) {
      return hiddenUse.concerns(kind);
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
          return verdict(b.entry.effects(), b.entry.use());
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
          Entry e = b.entry;
          if (!builtinFirst) {
            found = stricterOf(found, verdict(e.effects(), e.use()));
          } else if (!e.hidden()) {
            found = stricterOf(found, verdict(e.seenEffects(), e.seenUse()));
          }
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

  /** Of a function whose volatility and use of the session are these. */
  private Verdict verdict(boolean effects, SessionUse use) {
    return switch (doubtful ? use.or(SessionUse.PERHAPS) : use) {
      case NONE -> effects ? Verdict.ACTS : Verdict.READ;
      case PERHAPS -> effects ? Verdict.ACTS_UNSEEN : Verdict.READ_UNSEEN;
      case CERTAIN -> Verdict.ACTS_UNSEEN;
      case UNSEEN -> Verdict.SESSION_STATE;
    };
  }

  /** What counts of a built-in function and of users' functions of its name. */
  private static Verdict stricter(Verdict builtin, Verdict users) {
    return switch (builtin) {
      case UNKNOWN, READ, ACTS -> stricterOf(builtin, users);
      default -> builtin;
    };
  }

  /** What counts of two functions of one name. */
  private static Verdict stricterOf(Verdict one, Verdict other) {
    if ((one == Verdict.READ_UNSEEN && other == Verdict.ACTS)
        || (one == Verdict.ACTS && other == Verdict.READ_UNSEEN)) {
      return Verdict.ACTS_UNSEEN;
    }
    return weight(one) >= weight(other) ? one : other;
  }

  private static int weight(Verdict users) {
    return switch (users) {
      case UNKNOWN -> 0;
      case READ -> 1;
      case READ_UNSEEN -> 2;
      case ACTS -> 3;
      case ACTS_UNSEEN -> 4;
      default -> 5;
    };
  }

  private int slot(int hash) {
    return (hash ^ hash >>> 15) & (table.length - 1);
  }

  private int next(int slot) {
    return (slot + 1) & (table.length - 1);
  }
}
