package io.howdah.pool;

/**
 * What a pool notes on one connection. The connection creates it and hands it out; only the pool
 * writes it.
 *
 * <p>Thread: the loop that owns the connection.
 */
public final class PoolSlot {
  /** Where a connection is, as its pool sees it. */
  enum State {
    NEW,
    IDLE,
    LEASED,
    MOVING,
    CLOSING,
    GONE
  }

  State state = State.NEW;
  long createdAt;
  long lastUsedAt;

  /** How much of the pool's lifetime this connection is spared, 0 … 1; spreads the closings. */
  double spread;

  /** {@link Budget#epoch()} under which it was opened; it is closed once the budget's is newer. */
  int epoch;

  /** The loop that gets it, while it is moving. */
  int target;

  /** When it was opened, on the pool's clock. */
  public long createdAt() {
    return createdAt;
  }

  /** When it was last given back, on the pool's clock. */
  public long lastUsedAt() {
    return lastUsedAt;
  }

  /** Whether a client has it. */
  public boolean leased() {
    return state == State.LEASED;
  }

  /** Whether it is in the pool, ready to be used. */
  public boolean idle() {
    return state == State.IDLE;
  }
}
