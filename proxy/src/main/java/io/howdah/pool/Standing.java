package io.howdah.pool;

import io.howdah.error.PgError;

/**
 * What keeps the pools from serving. Each is begun and ended by itself: a node that is back serves
 * only if its database is not paused, and the other way round.
 *
 * @param error why they are closed, or null
 */
record Standing(boolean paused, boolean killed, boolean draining, PgError error) {
  static final Standing SERVING = new Standing(false, false, false, null);

  Budget.Mode mode() {
    if (error != null) {
      return Budget.Mode.CLOSED;
    }
    return paused ? Budget.Mode.PAUSED : draining ? Budget.Mode.DRAINING : Budget.Mode.ACTIVE;
  }
}
