package io.howdah.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the loops that share one {@link Budget} tell each other who waits and who has something to
 * spare, without a lock. Each loop has a cell on a cache line of its own:
 *
 * <ul>
 *   <li>its <em>claim</em>: since when its oldest waiter waits, {@link #NONE}, or {@link #TAKEN}
 *       while a connection is on its way to it, so that one claim brings one connection;
 *   <li>whether it has an idle connection;
 *   <li>whether it holds any connection at all.
 * </ul>
 *
 * <p>No wake-up is lost because both sides write before they read, in sequentially consistent
 * order: a claimant publishes its claim and then looks for idle connections and free permits; a
 * holder publishes its idle connection (or returns its permit) and then looks for claims. At least
 * one of them sees the other.
 */
final class Claims {
  static final long NONE = Long.MIN_VALUE;
  static final long TAKEN = Long.MIN_VALUE + 1;

  private static final int STRIDE = 16;
  private static final int CLAIM = 0;
  private static final int IDLE = 1;
  private static final int HELD = 2;
  private static final int NUDGED = 3;
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] cells;
  private final int loops;
  private final long slack;
  private final AtomicInteger standing = new AtomicInteger();

  Claims(int loops, long slackNanos) {
    this.loops = loops;
    this.slack = slackNanos;
    cells = new long[(loops + 1) * STRIDE];
    for (int i = 0; i < loops; i++) {
      cells[at(i, CLAIM)] = NONE;
    }
  }

  private static int at(int loop, int what) {
    // One stride of padding in front keeps the array's header off the first cell's line.
    return (loop + 1) * STRIDE + what;
  }

  private static long get(long[] cells, int index) {
    return (long) CELL.getVolatile(cells, index);
  }

  /** Whether any loop claims. */
  boolean any() {
    return standing.get() != 0;
  }

  /** Whether this loop's claim stands. */
  boolean stands(int loop) {
    long claim = get(cells, at(loop, CLAIM));
    return claim != NONE && claim != TAKEN;
  }

  /** Claims, or changes the claim. Thread: its loop. Returns true when there was none before. */
  boolean publish(int loop, long since) {
    int cell = at(loop, CLAIM);
    long claim = since == NONE || since == TAKEN ? TAKEN + 1 : since;
    long before = get(cells, cell);
    if (before == NONE) {
      // Counted first: any() may be true too early, but never false while a claim stands.
      standing.incrementAndGet();
      CELL.setVolatile(cells, cell, claim);
      return true;
    }
    if (before != claim && before != TAKEN) {
      CELL.compareAndSet(cells, cell, before, claim);
    }
    return false;
  }

  /** Ends the claim, unless a connection is on its way already. Thread: its loop. */
  void withdraw(int loop) {
    int cell = at(loop, CLAIM);
    long before = get(cells, cell);
    if (before != NONE && before != TAKEN && CELL.compareAndSet(cells, cell, before, NONE)) {
      standing.decrementAndGet();
    }
  }

  /** The connection on its way has arrived or was lost. Thread: the claimant's loop. */
  void settle(int loop) {
    CELL.compareAndSet(cells, at(loop, CLAIM), TAKEN, NONE);
  }

  /**
   * Takes the claim that a free connection of {@code loop} should serve instead of a waiter of its
   * own. Against waiters of its own, another's claim wins if it is older by more than the slack.
   * Without, it wins once it is older than the slack, or at once if its loop has no connection that
   * could come back to it soon.
   *
   * @param own since when this loop's oldest waiter waits, or {@link #NONE}
   * @return the claimant, or -1
   */
  int take(int loop, long own, long now) {
    int oldest = -1;
    long claim = 0;
    for (int i = 0; i < loops; i++) {
      long c = i == loop ? NONE : get(cells, at(i, CLAIM));
      if (c != NONE && c != TAKEN && (oldest < 0 || c - claim < 0) && wins(i, c, own, now)) {
        oldest = i;
        claim = c;
      }
    }
    if (oldest < 0 || !CELL.compareAndSet(cells, at(oldest, CLAIM), claim, TAKEN)) {
      return -1;
    }
    standing.decrementAndGet();
    return oldest;
  }

  private boolean wins(int claimant, long claim, long own, long now) {
    if (own != NONE) {
      return own - claim > slack;
    }
    return now - claim >= slack || get(cells, at(claimant, HELD)) == 0;
  }

  /** Thread: its loop. A full fence when it becomes true, see the class comment. */
  void idle(int loop, boolean some) {
    int cell = at(loop, IDLE);
    long value = some ? 1 : 0;
    if ((long) CELL.get(cells, cell) != value) {
      CELL.setVolatile(cells, cell, value);
    }
  }

  boolean hasIdle(int loop) {
    return get(cells, at(loop, IDLE)) != 0;
  }

  /** Whether a loop other than this one has an idle connection. */
  boolean idleElsewhere(int loop) {
    for (int i = 0; i < loops; i++) {
      if (i != loop && hasIdle(i)) {
        return true;
      }
    }
    return false;
  }

  /** Says how many connections the loop has or is opening. Thread: its loop. */
  void held(int loop, int connections) {
    CELL.setOpaque(cells, at(loop, HELD), (long) connections);
  }

  /** True when no nudge to this loop is under way yet; then the caller posts one. */
  boolean nudge(int loop) {
    return CELL.compareAndSet(cells, at(loop, NUDGED), 0L, 1L);
  }

  /** The nudge arrived; the next one is posted again. Thread: its loop. */
  void nudged(int loop) {
    CELL.setVolatile(cells, at(loop, NUDGED), 0L);
  }
}
