package io.howdah.pool;

import io.howdah.error.PgError;

/**
 * The connections that one event loop holds for one {@link PoolKey}, and the clients on that loop
 * that wait for one. Limits are shared with the other loops' pools through a {@link Budget}.
 *
 * <p><b>Who gets a free connection.</b> The longest waiting client of the loop; but another loop's
 * client if it has waited longer by more than the slack (then the connection moves there). With
 * nobody waiting here, a connection moves to a loop whose client has waited for the slack, or at
 * once to a loop that holds no connection at all; else it stays, the most recently used on top. So
 * all loops' clients are served in the order of their coming within the slack and none starves,
 * while two busy loops do not throw connections to and fro: a loop's clients mostly get the
 * connections that come free on it, and one claim of a loop brings one connection at a time.
 * Whoever sees an idle connection and a claim too young for it side by side looks again after the
 * slack.
 *
 * <p><b>Calls to the outside.</b> What a session calls ({@link #acquire}, {@link #await}, {@link
 * #cancel}, {@link #release}, {@link #discard}) calls nobody: the waiters and {@link PoolActions}
 * that are concerned are called at the end of the event that the loop is handling, so that no
 * session's code runs in another's stack. Every other method completes its change of state first
 * and then calls them; these may call the pool again. What one of them throws concerns no other.
 *
 * <p>Thread: all methods on the pool's loop. Times are on the clock of {@link Loops#nanoTime}.
 */
public final class Pool<C extends Pooled> {
  private final Budget budget;
  private final Claims claims;
  private final int loop;
  private final LoopConnections<C> connections;
  private final WaitQueue<C> waiters;
  private final ClosingRules closingRules;
  private final Retries retries = new Retries();
  private final Runnable nudged = this::onNudge;
  private final Calls<C> calls;
  private final Seeking seeking;
  private boolean left;

  /** The pool of loop {@code loop} for the budget's key; one for each loop. */
  public Pool(Budget budget, int loop, PoolActions<C> actions) {
    this.budget = budget;
    this.claims = budget.claims();
    this.loop = loop;
    this.calls = new Calls<>(this, budget.loops(), loop, actions);
    this.connections = new LoopConnections<>(budget, loop, calls.owedCalls());
    this.waiters = connections.waiters;
    this.closingRules = new ClosingRules(budget, connections);
    this.seeking = new Seeking(budget, loop, connections, retries, this::onLookout);
    budget.join(loop, this);
  }

  /** What it shares with the other loops. */
  public Budget budget() {
    return budget;
  }

  /**
   * The most recently used idle connection, or null when there is none, when others wait already
   * (the queue is fair) or when the pool is paused; then {@link #await} one.
   */
  public C acquire(long now) {
    return connections.idle() > 0 && waiters.isEmpty() && budget.serves()
        ? connections.lease()
        : null;
  }

  /** Takes this very connection, if it is idle here and nobody waits. Whether it was. */
  public boolean acquire(C wanted, long now) {
    return waiters.isEmpty() && budget.serves() && connections.lease(wanted);
  }

  /** Joins the end of the queue; call {@link #acquire} first. The waiter hears later. */
  public Waiting<C> await(Waiter<C> waiter, long now) {
    budget.use();
    Waiting<C> w = new Waiting<>(waiter, now);
    waiters.add(w);
    if (budget.mode() == Budget.Mode.CLOSED) {
      budget.nudge(loop);
    }
    seeking.seek(now);
    calls.soon();
    return w;
  }

  /** Leaves the queue: the client has gone. Its waiter is not called from now on. */
  public void cancel(Waiting<C> waiting, long now) {
    if (waiting.state == Waiting.State.QUEUED) {
      waiters.remove(waiting);
    }
    waiting.state = Waiting.State.DONE;
    seeking.seek(now);
    calls.soon();
  }

  /** A client gives a connection back, clean and ready for the next. */
  public void release(C c, long now) {
    connections.unlease(c);
    c.slot().lastUsedAt = now;
    place(c, now);
    calls.soon();
  }

  /** A connection was closed, by whomever; to be called once for each that was opened. */
  public void discard(C c, long now) {
    if (connections.gone(c)) {
      permitBack(now);
      calls.soon();
    }
  }

  /** Closes a connection now if it is idle, else as it comes free. */
  public void retire(C c, String reason) {
    c.slot().retired = reason;
    look(budget.loops().nanoTime());
    calls.now();
  }

  /** A connection that {@link PoolActions#move} took was lost on its way. */
  public void moveFailed(C c, long now) {
    discard(c, now);
  }

  /** The connection that {@link PoolActions#open} began is logged in and ready. */
  public void opened(C c, long now) {
    retries.succeeded();
    connections.opened(c, now);
    place(c, now);
    calls.now();
  }

  /**
   * The connection that {@link PoolActions#open} began could not be opened.
   *
   * @param permanent whether trying again soon is useless (login refused, no such database): then
   *     all that wait are refused with {@code error}
   */
  public void openFailed(PgError error, boolean permanent, long now) {
    retries.failed(error, permanent, now);
    connections.openFailed();
    if (permanent) {
      refuseAll(error);
    }
    permitBack(now);
    calls.now();
  }

  private void permitBack(long now) {
    budget.giveBack(loop);
    seeking.seek(now);
  }

  /** A connection of another loop arrived here. */
  public void adopted(C c, long now) {
    if (c.slot().state != PoolSlot.State.MOVING) {
      return;
    }
    claims.settle(loop);
    String reason = closingRules.unusable(c.slot(), now);
    if (reason != null) {
      connections.close(c, reason);
    } else {
      // A rule gave it to this loop: it is not weighed anew against the waiters of other loops.
      grantOrKeep(c, now);
    }
    connections.arrived();
    seeking.seek(now);
    calls.now();
  }

  /**
   * Looks after deadlines, idle and old connections, the reserve, the minimum and retries; to be
   * called about ten times a second.
   */
  public void tick(long now) {
    PoolLimits limits = budget.limits();
    long wait = limits.queryWait().toNanos();
    while (wait > 0 && !waiters.isEmpty() && now - connections.oldestWait() >= wait) {
      connections.refuseOldest(shortage().error(limits.queryWait()));
    }
    look(now);
    int spare = budget.open() - connections.closing() - limits.minSize();
    while (connections.idle() > 0
        && spare-- > 0
        && Lifetimes.idleTooLong(connections.leastRecent().slot(), limits, now)) {
      connections.close(connections.takeLeastRecent(), "idle timeout");
    }
    while (budget.used()
        && budget.mode() == Budget.Mode.ACTIVE
        && retries.allow(connections.opening(), now)
        && budget.take(Math.min(limits.minSize(), limits.size()), Claims.NONE)) {
      connections.open();
    }
    calls.now();
  }

  /** Connections with a client, and clients that wait for one, on this loop. */
  public int outstanding() {
    return connections.leased() + waiters.size();
  }

  /** Whether it has nothing and nobody waits, and no other loop has a connection of this pool. */
  public boolean isUnused() {
    return connections.total() == 0
        && connections.closing() == 0
        && waiters.isEmpty()
        && calls.areNone()
        && budget.open() == 0;
  }

  /**
   * Makes room for another pool in its place; only while it {@link #isUnused}, and then never used.
   */
  public void leave() {
    left = true;
    budget.part(loop, this);
  }

  /** Why those who wait have no connection yet. */
  public Shortage shortage() {
    return Shortage.now(budget, connections.opening() > 0, retries.last());
  }

  /** This loop's part of the pool, as it is now. */
  public PoolSnapshot snapshot(long now) {
    return connections.snapshot(now, retries.last());
  }

  /** The task that has this pool look at everything again; for other threads to post. */
  Runnable nudged() {
    return nudged;
  }

  private void onNudge() {
    claims.nudged(loop);
    if (left) {
      // It was meant for the pool that has taken its place, if there is one.
      budget.nudge(loop);
      return;
    }
    look(budget.loops().nanoTime());
    budget.forgoUnneeded();
    calls.now();
  }

  private void onLookout() {
    seeking.looksAgain();
    if (left) {
      return;
    }
    look(budget.loops().nanoTime());
    calls.now();
  }

  /** Between the decision to give a connection to a waiter and now the waiter has gone. */
  void notTaken(C c) {
    connections.unlease(c);
    place(c, budget.loops().nanoTime());
  }

  /** Between the decision to give a connection to a waiter and now the connection has gone. */
  void notGiven(Waiting<C> w) {
    waiters.putBack(w);
    seeking.seek(budget.loops().nanoTime());
  }

  /** Decides what becomes of a connection that is free. */
  private void place(C c, long now) {
    String reason = closingRules.unusable(c.slot(), now);
    if (reason != null) {
      connections.close(c, reason);
    } else if (!handOver(c, now)) {
      reason = closingRules.superfluous();
      if (reason != null) {
        connections.close(c, reason);
      } else {
        grantOrKeep(c, now);
      }
    }
    seeking.seek(now);
  }

  private boolean handOver(C c, long now) {
    int claimant = claims.any() ? claims.take(loop, connections.oldestWait(), now) : -1;
    if (claimant >= 0) {
      connections.move(c, claimant);
    }
    return claimant >= 0;
  }

  private void grantOrKeep(C c, long now) {
    if (!waiters.isEmpty()) {
      connections.grant(c);
      return;
    }
    connections.keep(c);
    if (budget.sought()) {
      // Again, now that a claimant must see the idle connection: it may have claimed just before.
      int claimant = claims.take(loop, Claims.NONE, now);
      if (claimant >= 0) {
        connections.move(connections.takeLeastRecent(), claimant);
      }
      seeking.lookAgainLater();
    }
  }

  /** Looks at everything again: the world around may have changed. */
  private void look(long now) {
    PgError closed = budget.closedWith();
    if (closed != null) {
      refuseAll(closed);
    }
    for (int n = connections.idle(); n > 0 && connections.idle() > 0; n--) {
      // Each is placed anew, the least recently used first; so the order stays.
      place(connections.takeLeastRecent(), now);
    }
    seeking.seek(now);
    if (claims.stands(loop)) {
      seeking.seekElsewhere(now);
    }
  }

  private void refuseAll(PgError error) {
    while (!waiters.isEmpty()) {
      connections.refuseOldest(error);
    }
  }
}
