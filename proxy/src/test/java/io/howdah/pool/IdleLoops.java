package io.howdah.pool;

/** One event loop, on which nothing that is posted ever runs: for tests that do not need it. */
public class IdleLoops implements Loops {
  @Override
  public int count() {
    return 1;
  }

  @Override
  public void post(int loop, Runnable task) {}

  @Override
  public void postAfter(int loop, Runnable task, long delayNanos) {}

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
