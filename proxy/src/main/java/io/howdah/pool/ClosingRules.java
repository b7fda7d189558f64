package io.howdah.pool;

/** The rules by which a free connection is closed instead of kept. Each answer is for people. */
final class ClosingRules {
  private final Budget budget;
  private final LoopConnections<?> connections;

  ClosingRules(Budget budget, LoopConnections<?> connections) {
    this.budget = budget;
    this.connections = connections;
  }

  /** Why nobody may use this connection any more, or null. */
  String unusable(PoolSlot slot, long now) {
    PoolLimits limits = budget.limits();
    Budget.Mode mode = budget.mode();
    if (mode == Budget.Mode.PAUSED) {
      return "pool is paused";
    }
    if (mode == Budget.Mode.CLOSED) {
      return "pool is closed";
    }
    if (slot.retired != null) {
      return slot.retired;
    }
    if (slot.epoch != budget.epoch()) {
      return budget.retireReason();
    }
    if (Lifetimes.over(slot, limits, now)) {
      return "server lifetime";
    }
    return openAbove(limits.most()) ? "pool size was lowered" : null;
  }

  /** Why a usable connection is better closed than used by this loop, or null. */
  String superfluous() {
    Quota quota = budget.yieldsTo(connections.oldestWait());
    if (quota != null) {
      return "another pool needs its place under the limit of " + quota.name();
    }
    if (!connections.waiters.isEmpty() || budget.claims().any()) {
      return null;
    }
    if (budget.mode() == Budget.Mode.DRAINING) {
      return "shutting down";
    }
    return openAbove(budget.limits().size()) ? "reserve is not needed any more" : null;
  }

  private boolean openAbove(int limit) {
    return budget.open() - connections.closing() > limit;
  }
}
