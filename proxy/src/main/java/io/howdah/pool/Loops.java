package io.howdah.pool;

/** The event loops that pools live on, numbered from 0. */
public interface Loops {
  /** How many there are. */
  int count();

  /** Runs a task on a loop, soon and never from within this call. Thread: any. */
  void post(int loop, Runnable task);

  /** Runs a task on a loop after some time. Thread: any. */
  void postAfter(int loop, Runnable task, long delayNanos);

  /** The clock that all pools share, {@link System#nanoTime()} outside of tests. */
  long nanoTime();
}
