package io.howdah.leak;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakTracker;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** A detector that keeps its reports instead of logging them. */
final class WatchedDetector<T> extends ResourceLeakDetector<T> {
  /** How long the garbage collector may take to find what nobody has any more. */
  private static final int MOST_COLLECTIONS = 200;

  private static final long PAUSE_MILLIS = 10;
  private static final AtomicLong BAITS = new AtomicLong();

  private final Queue<String> reports = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean used = new AtomicBoolean();
  private volatile String bait = "none";
  private volatile boolean baitFound;

  WatchedDetector(Class<?> type, int samplingInterval) {
    super(type, samplingInterval);
  }

  @Override
  protected boolean needReport() {
    return true;
  }

  @Override
  protected Object getInitialHint(String type) {
    used.set(true);
    return super.getInitialHint(type);
  }

  @Override
  protected void reportTracedLeak(String type, String records) {
    if (records.contains(bait)) {
      baitFound = true;
    } else {
      reports.add(type + " was not released before it was garbage-collected." + records);
    }
  }

  @Override
  protected void reportUntracedLeak(String type) {
    reports.add(type + " was not released before it was garbage-collected.");
  }

  /**
   * Takes the reports of everything that was lost up to now. Nothing to do if nothing was tracked
   * since the last call.
   *
   * @throws IllegalStateException when the garbage collector does not answer
   */
  void drainTo(Queue<String> all) {
    if (used.getAndSet(false)) {
      // The first bait's collection clears what was lost before it; the second one's proves that
      // the references cleared by the first have all arrived.
      collectBait();
      collectBait();
      used.set(false);
    }
    for (String report = reports.poll(); report != null; report = reports.poll()) {
      all.add(report);
    }
  }

  @SuppressWarnings("unchecked")
  private void collectBait() {
    baitFound = false;
    bait = "bait-" + BAITS.incrementAndGet() + ";";
    lose((T) new Object());
    for (int i = 0; i < MOST_COLLECTIONS && !baitFound; i++) {
      System.gc();
      pause();
      // Netty looks for what was lost when the next thing is tracked.
      T probe = (T) new Object();
      trackForcibly(probe).close(probe);
    }
    if (!baitFound) {
      throw new IllegalStateException("the garbage collector did not find a lost object");
    }
  }

  private void lose(T object) {
    ResourceLeakTracker<T> tracker = trackForcibly(object);
    tracker.record(bait);
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
