package io.howdah.pool;

import java.util.ArrayDeque;

/**
 * The calls to the outside that a pool owes. A change of state first completes, then they run: so a
 * callback may call the pool again and finds it whole. Entries are two queued references; nothing
 * is allocated once the queue has grown.
 */
final class OwedCalls {
  /** The kinds of call. */
  enum Kind {
    GRANT,
    REFUSE,
    OPEN,
    CLOSE,
    MOVE
  }

  /** Runs one of them. */
  interface Runner {
    void run(Kind kind, Object subject, Object argument);

    /** One of them threw this. */
    void fault(Throwable cause);
  }

  /** Stands for null, which the queue can't hold. */
  private static final Object NOTHING = new Object();

  private final ArrayDeque<Object> queue = new ArrayDeque<>(24);
  private final Runner runner;
  private boolean running;

  OwedCalls(Runner runner) {
    this.runner = runner;
  }

  void add(Kind kind, Object subject, Object argument) {
    queue.add(kind);
    queue.add(subject);
    queue.add(argument == null ? NOTHING : argument);
  }

  boolean isEmpty() {
    return queue.isEmpty();
  }

  /**
   * Runs what is queued, unless a call further up the stack does so already. What a callback throws
   * is told, and concerns neither the others nor the caller.
   */
  void run() {
    if (running) {
      return;
    }
    running = true;
    while (!queue.isEmpty()) {
      Kind kind = (Kind) queue.poll();
      Object subject = queue.poll();
      Object argument = queue.poll();
      try {
        runner.run(kind, subject, argument);
      } catch (RuntimeException | Error e) {
        runner.fault(e);
      }
    }
    running = false;
  }
}
