package io.howdah.backend;

import io.howdah.pool.Pool;
import io.howdah.telemetry.PoolCounters;
import io.howdah.topology.NodeId;

/**
 * The pool of one user and database on one node, on one event loop.
 *
 * <p>Thread: that loop.
 */
public final class NodePool {
  private final NodeId node;
  private final Pool<ServerConnection> pool;
  private final ServerConnection.Owner owner;
  private final PoolCounters counters = new PoolCounters();
  private boolean primary;

  NodePool(NodeId node, Pool<ServerConnection> pool, ServerConnection.Owner owner) {
    this.node = node;
    this.pool = pool;
    this.owner = owner;
  }

  /** Who keeps account of its connections. */
  ServerConnection.Owner owner() {
    return owner;
  }

  /** The server that its connections lead to. */
  public NodeId node() {
    return node;
  }

  /** The connections. */
  public Pool<ServerConnection> pool() {
    return pool;
  }

  /** Totals of this pool on this loop. */
  public PoolCounters counters() {
    return counters;
  }

  /** Whether the node takes writes, as far as this loop knows. */
  public boolean isPrimary() {
    return primary;
  }

  void primary(boolean isPrimary) {
    primary = isPrimary;
  }
}
