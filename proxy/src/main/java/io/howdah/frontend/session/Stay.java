package io.howdah.frontend.session;

import io.howdah.topology.NodeId;
import java.util.concurrent.TimeUnit;

/**
 * For how long a session has read on one node. To go to another one without going back in what it
 * sees may need a question, so a session without pauses changes only now and then; which keeps load
 * even all the same.
 *
 * <p>Thread: the session's event loop.
 */
public final class Stay {
  private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(1);

  private NodeId at;
  private long sinceNanos;

  /** The node that the read at hand is to leave; null when it leaves none. */
  private NodeId left;

  /** A read begins. */
  public void begin() {
    left = null;
  }

  /** Whether the session has been on a node for long enough to leave it for a less busy one. */
  public boolean isLong(NodeId node, long nowNanos) {
    return node.equals(at) && nowNanos - sinceNanos > LONG_NANOS;
  }

  /** The read at hand leaves a node, if it can. */
  public void leave(NodeId node) {
    left = node;
  }

  public boolean isLeaving() {
    return left != null;
  }

  /** The node that is left, or null. */
  public NodeId left() {
    return left;
  }

  /** It stays after all: the session has to be there for long once more. */
  public void giveUp(long nowNanos) {
    left = null;
    sinceNanos = nowNanos;
  }

  /** A node serves the read. */
  public void served(NodeId node, long nowNanos) {
    if (!node.equals(at)) {
      at = node;
      sinceNanos = nowNanos;
    }
    left = null;
  }
}
