package io.howdah.pool;

/** A connection that a {@link Pool} may hold. */
public interface Pooled {
  /** The pool's notes on this connection: one object, made with it, always the same. */
  PoolSlot slot();
}
