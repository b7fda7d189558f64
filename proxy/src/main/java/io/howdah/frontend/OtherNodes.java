package io.howdah.frontend;

import io.howdah.backend.pools.NodePool;
import java.time.Duration;

/**
 * Whether a request that a node refused may go to another one.
 *
 * <p>Thread: the session's event loop.
 */
final class OtherNodes {
  /** More nodes than this are not asked for one request. */
  private static final int MOST_REFUSALS = 8;

  private final Worker worker;
  private final NodeSearch search;

  /** How many nodes refused to open a connection for this request. */
  private int refusals;

  OtherNodes(Worker worker, NodeSearch search) {
    this.worker = worker;
    this.search = search;
  }

  /** Another request begins. */
  void begin() {
    refusals = 0;
  }

  /**
   * A node opens no connections: whether that leaves the request another one.
   *
   * @param sinceNanos when the request began to wait
   */
  boolean mayServeInstead(NodePool refusing, long sinceNanos) {
    boolean may =
        !isOverdue(sinceNanos)
            && !(search.causal() != null && refusing.isPrimary())
            && refusals < MOST_REFUSALS
            && search.hasWilling();
    if (may) {
      refusals++;
    }
    return may;
  }

  private boolean isOverdue(long sinceNanos) {
    Duration bound = worker.config().timeouts().queryWait();
    return !bound.isZero() && worker.nanoTime() - sinceNanos >= bound.toNanos();
  }
}
