package io.howdah.pool;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * What one event loop has put off to the end of the event that it is handling, such as to give a
 * connection to another session than the one that gave it back. Whoever handles events may {@link
 * #run} it there; at the latest a task of the loop's own does, in the same turn of the loop.
 * Nothing is allocated once the queue has grown.
 *
 * <p>Thread: the loop.
 */
public final class EndOfEvent {
  private final ArrayDeque<Runnable> due = new ArrayDeque<>();
  private final Consumer<Runnable> loop;
  private final Runnable lastResort = this::runAtLast;
  private boolean posted;
  private boolean running;

  /**
   * @param loop posts a task to the loop
   */
  public EndOfEvent(Consumer<Runnable> loop) {
    this.loop = loop;
  }

  /** Puts a task off. */
  public void add(Runnable task) {
    due.add(task);
    if (!posted) {
      posted = true;
      loop.accept(lastResort);
    }
  }

  private void runAtLast() {
    posted = false;
    run();
  }

  /** Runs what was put off, and what that puts off. Tasks do not throw. */
  public void run() {
    if (running) {
      return;
    }
    running = true;
    try {
      for (Runnable task = due.poll(); task != null; task = due.poll()) {
        task.run();
      }
    } finally {
      running = false;
    }
  }
}
