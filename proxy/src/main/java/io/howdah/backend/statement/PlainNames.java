package io.howdah.backend.statement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which prepared statements one server connection holds under names that clients gave, the least
 * recently used first. Names are the bytes that travel, each as a char.
 *
 * <p>What is noted here is believed as soon as it is sent: within one batch that is exact, as an
 * error voids all that comes behind it. Who acts on it in a later batch waits for the answers
 * first. What failed is in {@linkplain #doubt doubt}: closing it is always right.
 *
 * <p>Thread: the event loop of the connection.
 */
final class PlainNames {
  /** What stands under a name whose statement matters to nobody. */
  static final Object PLACEHOLDER = new Object();

  /** What stands under a name of which nobody can tell whether it is there, or what it is. */
  private static final Object DOUBT = new Object();

  /** Texts on one connection are bounded by this, besides the number of names. */
  private static final long MAX_BYTES = 1 << 20;

  private final LinkedHashMap<String, Object> held = new LinkedHashMap<>(4, 0.75f, true);
  private final int capacity;
  private long bytes;

  PlainNames(int capacity) {
    this.capacity = capacity;
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  int size() {
    return held.size();
  }

  /** Whether anything may be there under the name. */
  boolean has(String name) {
    return !held.isEmpty() && held.containsKey(name);
  }

  /** Whether something is there for certain. */
  boolean surelyHas(String name) {
    Object what = held.get(name);
    return what != null && what != DOUBT;
  }

  /** Whether this is there for certain. */
  boolean holds(String name, Binding binding) {
    return !held.isEmpty() && identityOf(binding).equals(held.get(name));
  }

  /** Notes what is there. */
  void put(String name, Binding binding) {
    set(name, identityOf(binding));
  }

  void putPlaceholder(String name) {
    set(name, PLACEHOLDER);
  }

  void doubt(String name) {
    set(name, DOUBT);
  }

  private void set(String name, Object what) {
    remove(name);
    held.put(name, what);
    bytes += cost(name, what);
  }

  void remove(String name) {
    Object was = held.remove(name);
    if (was != null) {
      bytes -= cost(name, was);
    }
  }

  void clear() {
    held.clear();
    bytes = 0;
  }

  Collection<String> names() {
    return new ArrayList<>(held.keySet());
  }

  /**
   * The names to close so that {@code more} find room. They are not taken out.
   *
   * @param needed names that must stay
   */
  List<String> tooMany(int more, Collection<String> needed) {
    int over = held.size() + more - capacity;
    long bytesOver = bytes - MAX_BYTES;
    if (over <= 0 && bytesOver <= 0) {
      return List.of();
    }
    List<String> close = new ArrayList<>();
    Iterator<Map.Entry<String, Object>> oldest = held.entrySet().iterator();
    while (oldest.hasNext() && (over > 0 || bytesOver > 0)) {
      Map.Entry<String, Object> e = oldest.next();
      if (!needed.contains(e.getKey())) {
        close.add(e.getKey());
        over--;
        bytesOver -= cost(e.getKey(), e.getValue());
      }
    }
    return close;
  }

  /** A Statement is held by its key, so that its text goes when no client has it any more. */
  private static Object identityOf(Binding binding) {
    return switch (binding) {
      case Statement statement -> statement.key();
      case DeclaredStatement declared -> declared;
    };
  }

  private static long cost(String name, Object what) {
    return 64L + name.length() + (what instanceof DeclaredStatement d ? d.bytes() : 0);
  }
}
