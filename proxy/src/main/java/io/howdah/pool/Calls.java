package io.howdah.pool;

import io.howdah.error.PgError;

/**
 * Makes the calls to the outside that one loop's pool owes: to {@link PoolActions} and to waiters.
 * What one of them throws concerns no other.
 *
 * <p>Thread: the pool's loop.
 */
final class Calls<C extends Pooled> implements OwedCalls.Runner {
  private final Pool<C> pool;
  private final Loops loops;
  private final int loop;
  private final PoolActions<C> actions;
  private final OwedCalls owedCalls = new OwedCalls(this);
  private final Runnable putOff = this::runPutOff;
  private boolean isPutOff;

  Calls(Pool<C> pool, Loops loops, int loop, PoolActions<C> actions) {
    this.pool = pool;
    this.loops = loops;
    this.loop = loop;
    this.actions = actions;
  }

  /** Where what is owed is noted. */
  OwedCalls owedCalls() {
    return owedCalls;
  }

  boolean areNone() {
    return owedCalls.isEmpty();
  }

  /** Makes them now: nobody's code is further up the stack. */
  void now() {
    owedCalls.run();
  }

  /** Makes them at the end of the event at hand: a session's code is further up the stack. */
  void soon() {
    if (!isPutOff && !owedCalls.isEmpty()) {
      isPutOff = true;
      loops.atEndOfEvent(loop, putOff);
    }
  }

  private void runPutOff() {
    isPutOff = false;
    owedCalls.run();
  }

  @Override
  public void fault(Throwable cause) {
    actions.fault(cause);
  }

  @Override
  @SuppressWarnings("unchecked")
  public void run(OwedCalls.Kind kind, Object subject, Object argument) {
    switch (kind) {
      case OPEN -> actions.open((PoolSlot) subject);
      case CLOSE -> actions.close((C) subject, (String) argument);
      case MOVE -> {
        C c = (C) subject;
        if (c.slot().state == PoolSlot.State.MOVING) {
          actions.move(c, c.slot().target);
        }
      }
      case GRANT -> deliver((Waiting<C>) subject, (C) argument);
      case REFUSE -> {
        Waiting<C> w = (Waiting<C>) subject;
        if (w.state == Waiting.State.DECIDED) {
          w.state = Waiting.State.DONE;
          w.waiter.refused((PgError) argument);
        }
      }
    }
  }

  /** Between the decision and now the client may have gone, or the connection. */
  private void deliver(Waiting<C> w, C c) {
    boolean alive = c.slot().state == PoolSlot.State.LEASED;
    if (w.state == Waiting.State.DECIDED && alive) {
      w.state = Waiting.State.DONE;
      grant(w.waiter, c);
    } else if (alive) {
      pool.notTaken(c);
    } else if (w.state == Waiting.State.DECIDED) {
      pool.notGiven(w);
    }
  }

  /** Whoever throws here may have taken the connection or not: nobody else gets it. */
  private void grant(Waiter<C> waiter, C c) {
    try {
      waiter.granted(c);
    } catch (RuntimeException | Error e) {
      actions.fault(e);
      if (c.slot().state == PoolSlot.State.LEASED) {
        actions.close(c, "an internal error in the session that was given it");
      }
    }
  }
}
