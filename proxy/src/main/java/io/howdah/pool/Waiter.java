package io.howdah.pool;

import io.howdah.error.PgError;

/**
 * Somebody who waits for a connection. Exactly one of the two methods is called, once, unless the
 * waiting is cancelled.
 *
 * <p>Thread: the pool's loop; never called from within {@link Pool#await} or another session's call
 * of the pool.
 */
public interface Waiter<C> {
  /** Here is one; give it back with {@link Pool#release} or {@link Pool#discard}. */
  void granted(C connection);

  /** There will be none. */
  void refused(PgError error);
}
