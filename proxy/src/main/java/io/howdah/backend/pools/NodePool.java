package io.howdah.backend.pools;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.pool.Pool;
import io.howdah.pool.Refusal;
import io.howdah.telemetry.PoolCounters;
import io.howdah.topology.NodeId;

/**
 * The pool of one user and database on one node, on one event loop.
 *
 * <p>Thread: that loop.
 */
public final class NodePool {
  private final NodeId node;
  private final PoolConnections connections;
  private final Pool<ServerConnection> pool;
  private final PoolCounters counters = new PoolCounters();
  private boolean primary;

  NodePool(NodeId node, PoolConnections connections) {
    this.node = node;
    this.connections = connections;
    this.pool = connections.pool();
  }

  /** Who keeps account of its connections. */
  PoolConnections connections() {
    return connections;
  }

  /** The server that its connections lead to. */
  public NodeId node() {
    return node;
  }

  /** The connections. */
  public Pool<ServerConnection> pool() {
    return pool;
  }

  /** Whether the node opens connections for it. */
  Refusal refusal() {
    return pool.budget().refusal();
  }

  /**
   * Whether the node has refused to open a connection for it a moment ago, on whatever loop, so
   * that reads go to others if they can.
   *
   * @param now on the clock of the loops
   */
  public boolean isLeftAlone(long now) {
    return refusal().isLeftAlone(now);
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
