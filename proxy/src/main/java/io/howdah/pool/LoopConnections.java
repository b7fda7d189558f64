package io.howdah.pool;

import io.howdah.error.PgError;
import java.util.ArrayDeque;

/**
 * What one loop's pool has: connections, waiters, and the elementary steps with them. Each step
 * keeps the counts right and queues the call that it owes to the outside; which step is due is
 * {@link Pool}'s to decide.
 */
final class LoopConnections<C extends Pooled> {
  final WaitQueue<C> waiters = new WaitQueue<>();
  private final ArrayDeque<C> idle = new ArrayDeque<>();
  private final OwedCalls owedCalls;
  private final Budget budget;
  private final int loop;
  private int leased;
  private int opening;
  private int closing;
  private int opened;

  LoopConnections(Budget budget, int loop, OwedCalls owedCalls) {
    this.budget = budget;
    this.loop = loop;
    this.owedCalls = owedCalls;
  }

  int idle() {
    return idle.size();
  }

  int leased() {
    return leased;
  }

  int opening() {
    return opening;
  }

  int closing() {
    return closing;
  }

  /** What the loop has or will soon have. */
  int total() {
    return idle.size() + leased + opening;
  }

  /** Since when the oldest waiter waits, or {@link Claims#NONE}. */
  long oldestWait() {
    return waiters.isEmpty() ? Claims.NONE : waiters.oldest().since;
  }

  /** The idle connection that was used longest ago. */
  C leastRecent() {
    return idle.peekLast();
  }

  /** An idle connection goes to a client. */
  C lease() {
    C c = idle.pollFirst();
    c.slot().state = PoolSlot.State.LEASED;
    leased++;
    budget.claims().idle(loop, !idle.isEmpty());
    return c;
  }

  /** This idle connection goes to a client; false when it is not idle here. */
  boolean lease(C wanted) {
    if (!idle.remove(wanted)) {
      return false;
    }
    wanted.slot().state = PoolSlot.State.LEASED;
    leased++;
    budget.claims().idle(loop, !idle.isEmpty());
    return true;
  }

  /** A client's connection is free; what follows decides where it goes. */
  void unlease(C c) {
    PoolSlot slot = c.slot();
    if (slot.state != PoolSlot.State.LEASED) {
      throw new IllegalStateException("released while " + slot.state);
    }
    leased--;
  }

  /** A free connection goes to the oldest waiter. */
  void grant(C c) {
    c.slot().state = PoolSlot.State.LEASED;
    leased++;
    owedCalls.add(OwedCalls.Kind.GRANT, waiters.poll(), c);
  }

  void refuseOldest(PgError error) {
    owedCalls.add(OwedCalls.Kind.REFUSE, waiters.poll(), error);
  }

  /** A free connection stays, on top. */
  void keep(C c) {
    c.slot().state = PoolSlot.State.IDLE;
    idle.addFirst(c);
    budget.claims().idle(loop, true);
  }

  /** An idle connection is taken out; what follows decides where it goes. */
  C takeLeastRecent() {
    C c = idle.pollLast();
    budget.claims().idle(loop, !idle.isEmpty());
    return c;
  }

  /** A free connection is closed. */
  void close(C c, String reason) {
    c.slot().state = PoolSlot.State.CLOSING;
    closing++;
    held();
    owedCalls.add(OwedCalls.Kind.CLOSE, c, reason);
  }

  /** A free connection goes to another loop. */
  void move(C c, int target) {
    c.slot().state = PoolSlot.State.MOVING;
    c.slot().target = target;
    held();
    owedCalls.add(OwedCalls.Kind.MOVE, c, null);
  }

  /** A connection is to be opened; its permit has been taken. */
  void open() {
    opening++;
    held();
    owedCalls.add(OwedCalls.Kind.OPEN, new PoolSlot(budget.epoch()), null);
  }

  void opened(C c, long now) {
    opening--;
    PoolSlot slot = c.slot();
    slot.createdAt = now;
    slot.lastUsedAt = now;
    slot.spread = Lifetimes.spread(opened++);
  }

  void openFailed() {
    opening--;
    held();
  }

  /** Another loop's connection is here now, free. */
  void arrived() {
    held();
  }

  /** A connection is gone, wherever it was. Returns false when it was none of this pool's. */
  boolean gone(C c) {
    PoolSlot slot = c.slot();
    switch (slot.state) {
      case IDLE -> {
        idle.remove(c);
        budget.claims().idle(loop, !idle.isEmpty());
      }
      case LEASED -> leased--;
      case CLOSING -> closing--;
      case MOVING -> budget.lostOnTheWay(slot.target);
      case NEW, GONE -> {
        return false;
      }
    }
    slot.state = PoolSlot.State.GONE;
    held();
    return true;
  }

  private void held() {
    budget.claims().held(loop, total());
  }

  PoolSnapshot snapshot(long now, PgError lastFailure) {
    PoolLimits limits = budget.limits();
    PgError refusal = budget.refusal().why();
    return new PoolSnapshot(
        budget.key(),
        loop,
        idle.size(),
        leased,
        opening,
        closing,
        waiters.size(),
        waiters.isEmpty() ? 0 : (now - oldestWait()) / 1000,
        budget.open(),
        limits.size(),
        limits.reserveSize(),
        budget.mode(),
        lastFailure == null ? null : lastFailure.message(),
        refusal == null ? null : refusal.code() + " " + refusal.message());
  }
}
