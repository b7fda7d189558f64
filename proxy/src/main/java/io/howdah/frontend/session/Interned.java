package io.howdah.frontend.session;

import java.util.HashMap;
import java.util.Map;

/**
 * One object for all that are equal, as sessions mostly have the same few. Bounded: with too many
 * it begins anew, and equal ones are two objects from then on.
 *
 * <p>Thread: one event loop.
 */
public final class Interned<T> {
  private static final int MOST = 1000;

  private final Map<T, T> all = new HashMap<>();

  /** The one that equals {@code value}, which may be itself. */
  public T of(T value) {
    T known = all.get(value);
    if (known != null) {
      return known;
    }
    if (all.size() >= MOST) {
      all.clear();
    }
    all.put(value, value);
    return value;
  }
}
