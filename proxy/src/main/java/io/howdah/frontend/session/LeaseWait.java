package io.howdah.frontend.session;

import io.howdah.backend.pools.NodePool;

/** The wait for a connection of a pool; kept, as the next one is mostly for the same. */
public final class LeaseWait {
  private Wait.Lease last;

  /** The wait at this pool. */
  public Wait at(NodePool pool) {
    if (last == null || last.from() != pool) {
      last = new Wait.Lease(pool);
    }
    return last;
  }
}
