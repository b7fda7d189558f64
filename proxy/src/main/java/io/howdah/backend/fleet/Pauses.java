package io.howdah.backend.fleet;

import io.howdah.pool.Budget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which databases an administrator has paused. Whoever changes that, or makes a budget, brings the
 * budgets into line; as two may do so at once, each looks again afterwards.
 *
 * <p>Thread: any.
 */
final class Pauses {
  private enum Pause {
    NONE,
    PAUSED,
    KILLED
  }

  private final Map<String, Pause> databases = new ConcurrentHashMap<>();
  private volatile Pause all = Pause.NONE;

  /**
   * Begins a pause.
   *
   * @param database the one, or null for all
   * @param killed whether by KILL
   */
  void begin(String database, boolean killed) {
    Pause pause = killed ? Pause.KILLED : Pause.PAUSED;
    if (database == null) {
      all = pause;
    } else {
      databases.put(database, pause);
    }
  }

  /** Ends a pause, or all of them with null; whether there was one. */
  boolean end(String database) {
    if (database != null) {
      return databases.remove(database) != null;
    }
    boolean was = all != Pause.NONE || !databases.isEmpty();
    all = Pause.NONE;
    databases.clear();
    return was;
  }

  /** Whether a database is paused; with null, whether all are. */
  boolean isPaused(String database) {
    return (database == null ? all : of(database)) != Pause.NONE;
  }

  /** Whether a database is paused because it was killed. */
  boolean isKilled(String database) {
    return of(database) == Pause.KILLED;
  }

  /** Pauses a budget or lets it go on, as its database is. */
  void apply(Budget budget) {
    Pause told;
    do {
      told = of(budget.key().database());
      if (told == Pause.NONE) {
        budget.resume();
      } else {
        budget.pause(told == Pause.KILLED);
      }
    } while (told != of(budget.key().database()));
  }

  private Pause of(String database) {
    Pause own = databases.getOrDefault(database, Pause.NONE);
    return own == Pause.NONE ? all : own;
  }
}
