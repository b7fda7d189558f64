package io.howdah.pool;

/** A place in a pool's queue; what {@link Pool#cancel} takes. */
public final class Waiting<C> {
  enum State {
    QUEUED,
    /** Taken out of the queue; the call of the waiter comes next. */
    DECIDED,
    DONE
  }

  final Waiter<C> waiter;
  final long since;
  State state = State.QUEUED;
  Waiting<C> older;
  Waiting<C> newer;

  Waiting(Waiter<C> waiter, long since) {
    this.waiter = waiter;
    this.since = since;
  }

  /** When the waiting began, on the pool's clock. */
  public long since() {
    return since;
  }
}
