package io.howdah.pool;

/**
 * How a {@link Pool} gets connections for those that wait: new ones as far as permits go, and those
 * of other loops.
 *
 * <p>Thread: the pool's loop.
 */
final class Seeking {
  private final Budget budget;
  private final Claims claims;
  private final int loop;
  private final LoopConnections<?> connections;
  private final WaitQueue<?> waiters;
  private final Retries retries;
  private final Runnable lookout;
  private boolean lookoutSet;

  /**
   * @param lookout has the pool look at everything again
   */
  Seeking(
      Budget budget, int loop, LoopConnections<?> connections, Retries retries, Runnable lookout) {
    this.budget = budget;
    this.claims = budget.claims();
    this.loop = loop;
    this.connections = connections;
    this.waiters = connections.waiters;
    this.retries = retries;
    this.lookout = lookout;
  }

  /** Has the pool look at everything again after the slack. */
  void lookAgainLater() {
    if (!lookoutSet) {
      lookoutSet = true;
      budget.loops().postAfter(loop, lookout, budget.slackNanos());
    }
  }

  /** It does now. */
  void looksAgain() {
    lookoutSet = false;
  }

  /** Opens connections for those that wait, and claims other loops' for whom that is not enough. */
  void seek(long now) {
    if (waiters.isEmpty() || !budget.serves()) {
      claims.withdraw(loop);
      return;
    }
    openForWaiters(now);
    if (waiters.size() <= connections.opening()) {
      claims.withdraw(loop);
    } else if (claims.publish(loop, connections.oldestWait())) {
      // Again, now that whoever gives something back must see the claim.
      openForWaiters(now);
      seekElsewhere(now);
    }
  }

  /** Other loops have idle connections: asks for one, now or once the claim is old enough. */
  void seekElsewhere(long now) {
    if (claims.idleElsewhere(loop)) {
      if (connections.total() == 0 || now - connections.oldestWait() >= budget.slackNanos()) {
        budget.nudgeIdle(loop);
      }
      lookAgainLater();
    }
  }

  private void openForWaiters(long now) {
    PoolLimits limits = budget.limits();
    if (budget.open() >= limits.most() || waiters.size() <= connections.opening()) {
      return;
    }
    long waited = now - connections.oldestWait();
    int reach = waited >= limits.reserveTimeout().toNanos() ? limits.most() : limits.size();
    while (waiters.size() > connections.opening()
        && retries.allow(connections.opening(), now)
        && budget.take(reach, connections.oldestWait())) {
      connections.open();
    }
  }
}
