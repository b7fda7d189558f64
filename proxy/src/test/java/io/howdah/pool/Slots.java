package io.howdah.pool;

/** Slots for connections that a test opens itself. */
public final class Slots {
  private Slots() {}

  /** The slot of a connection that no pool has yet. */
  public static PoolSlot free() {
    return new PoolSlot(0);
  }
}
