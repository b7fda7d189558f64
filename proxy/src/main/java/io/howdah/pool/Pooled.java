package io.howdah.pool;

/** A connection that a {@link Pool} may hold. */
public interface Pooled {
  /** The pool's notes on this connection: the slot that came with {@link PoolActions#open}. */
  PoolSlot slot();
}
