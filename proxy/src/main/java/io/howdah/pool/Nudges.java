package io.howdah.pool;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The pools of one {@link Budget}, by loop, and how each is told to look again at what it has.
 *
 * <p>Thread: any.
 */
final class Nudges {
  private final Loops loops;
  private final Claims claims;
  private final AtomicReferenceArray<Pool<?>> pools;

  Nudges(Loops loops, Claims claims) {
    this.loops = loops;
    this.claims = claims;
    this.pools = new AtomicReferenceArray<>(loops.count());
  }

  /** Whether the loop had no pool; it has this one then. */
  boolean join(int loop, Pool<?> pool) {
    return pools.compareAndSet(loop, null, pool);
  }

  /** The loop's pool is given up. */
  void part(int loop, Pool<?> pool) {
    pools.compareAndSet(loop, pool, null);
  }

  /** Has every loop that claims a connection look again, but not the loop that calls. */
  void claimants(int loop) {
    if (claims.any()) {
      for (int i = 0; i < loops.count(); i++) {
        if (i != loop && claims.stands(i)) {
          one(i);
        }
      }
    }
  }

  /** Has every loop with an idle connection look at it again, but not the loop that calls. */
  void idle(int loop) {
    for (int i = 0; i < loops.count(); i++) {
      if (i != loop && claims.hasIdle(i)) {
        one(i);
      }
    }
  }

  /** Has every loop look at its pool again. */
  void all() {
    for (int i = 0; i < loops.count(); i++) {
      one(i);
    }
  }

  /** Has one loop look at its pool again; several nudges may become one. */
  void one(int loop) {
    Pool<?> pool = pools.get(loop);
    if (pool != null && claims.nudge(loop)) {
      loops.post(loop, pool.nudged());
    }
  }
}
