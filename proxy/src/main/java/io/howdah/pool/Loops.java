package io.howdah.pool;

/** The event loops that pools live on, numbered from 0. */
public interface Loops {
  /** How many there are. */
  int count();

  /** Runs a task on a loop, soon and never from within this call. Thread: any. */
  void post(int loop, Runnable task);

  /**
   * Runs a task on the loop that calls this, at the end of the event that it is handling: soon, and
   * never from within this call. Thread: the loop.
   */
  default void atEndOfEvent(int loop, Runnable task) {
    post(loop, task);
  }

  /**
   * The event that the loop was handling is over but for what was put off to its end. Need not be
   * called: then the loop finds out by itself, a little later. Thread: the loop.
   */
  default void endOfEvent(int loop) {}

  /** Runs a task on a loop after some time. Thread: any. */
  void postAfter(int loop, Runnable task, long delayNanos);

  /** The clock that all pools share, {@link System#nanoTime()} outside of tests. */
  long nanoTime();
}
