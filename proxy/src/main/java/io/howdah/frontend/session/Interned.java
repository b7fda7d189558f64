package io.howdah.frontend.session;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * One object for all that are equal, as sessions mostly have the same few. What nobody has any more
 * is not kept here either.
 *
 * <p>Thread: one event loop.
 */
public final class Interned<T> {
  private final Map<T, WeakReference<T>> all = new WeakHashMap<>();

  /** The one that equals {@code value}, which may be itself. */
  public T of(T value) {
    WeakReference<T> reference = all.get(value);
    T known = reference == null ? null : reference.get();
    if (known != null) {
      return known;
    }
    // An equal key would stay, and with it what it is: it goes first.
    all.remove(value);
    all.put(value, new WeakReference<>(value));
    return value;
  }

  /** How many are known. */
  int size() {
    return all.size();
  }
}
