package io.howdah.pool;

/**
 * What a pool notes on one connection. The pool makes it when it asks for a connection ({@link
 * PoolActions#open}), the connection carries it, only the pool writes it.
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

  /** {@link Budget#epoch()} when it was asked for; it is closed once the budget's is newer. */
  final int epoch;

  /**
   * Why it is to be closed once it is free, or null. Set on whatever loop it was when it came up.
   */
  volatile String retired;

  /** The loop that gets it, while it is moving. */
  int target;

  PoolSlot(int epoch) {
    this.epoch = epoch;
  }

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
