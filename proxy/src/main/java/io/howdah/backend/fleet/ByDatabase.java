package io.howdah.backend.fleet;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What all event loops share of each database, for as long as one of them has it: a client can ask
 * for a database of any name, and none is kept here for good.
 *
 * <p>Thread: any.
 */
final class ByDatabase<T> {
  private record Key(String cluster, String serverDatabase) {}

  private static final class Entry<T> extends WeakReference<T> {
    private final Key key;

    private Entry(Key key, T value, ReferenceQueue<T> gone) {
      super(value, gone);
      this.key = key;
    }
  }

  private final Supplier<T> make;
  private final Map<Key, Entry<T>> all = new HashMap<>();
  private final ReferenceQueue<T> gone = new ReferenceQueue<>();

  ByDatabase(Supplier<T> make) {
    this.make = make;
  }

  /** A database's; whoever uses it keeps it. */
  synchronized T of(String cluster, String serverDatabase) {
    for (var each = gone.poll(); each != null; each = gone.poll()) {
      all.remove(((Entry<?>) each).key, each);
    }
    Key key = new Key(cluster, serverDatabase);
    Entry<T> entry = all.get(key);
    T known = entry == null ? null : entry.get();
    if (known == null) {
      known = make.get();
      all.put(key, new Entry<>(key, known, gone));
    }
    return known;
  }

  /** Does something to a database's, if anybody has it. */
  synchronized void ifKnown(String cluster, String serverDatabase, Consumer<T> step) {
    Entry<T> entry = all.get(new Key(cluster, serverDatabase));
    T known = entry == null ? null : entry.get();
    if (known != null) {
      step.accept(known);
    }
  }

  synchronized int size() {
    return all.size();
  }
}
