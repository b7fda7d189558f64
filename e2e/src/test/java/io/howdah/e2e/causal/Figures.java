package io.howdah.e2e.causal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What came of a history. Thread: any. */
final class Figures {
  private static final int BUCKETS = 64;
  private static final int MOST_EXAMPLES = 10;

  final AtomicLong pairs = new AtomicLong();
  final AtomicLong stale = new AtomicLong();
  final AtomicLong onReplica = new AtomicLong();
  final AtomicLong onPrimary = new AtomicLong();

  /** Sessions that were lost, or transactions that failed, as their replica was killed. */
  final AtomicLong lost = new AtomicLong();

  /** First reads after a write by their time, in buckets that double every second one. */
  private final AtomicLongArray micros = new AtomicLongArray(BUCKETS);

  private final List<String> examples = new ArrayList<>();

  void read(boolean replica) {
    (replica ? onReplica : onPrimary).incrementAndGet();
  }

  void stale(String example) {
    stale.incrementAndGet();
    synchronized (examples) {
      if (examples.size() < MOST_EXAMPLES) {
        examples.add(example);
      }
    }
  }

  List<String> examples() {
    synchronized (examples) {
      return List.copyOf(examples);
    }
  }

  void firstRead(long nanos) {
    double halves = 2 * Math.log(Math.max(1, nanos / 1000.0)) / Math.log(2);
    micros.incrementAndGet((int) Math.min(BUCKETS - 1, halves));
  }

  /** The time below which a share of the first reads lay, in microseconds, to a factor of 1.4. */
  long micros(double share) {
    long all = 0;
    for (int i = 0; i < BUCKETS; i++) {
      all += micros.get(i);
    }
    long sum = 0;
    for (int i = 0; i < BUCKETS; i++) {
      sum += micros.get(i);
      if (sum >= share * all) {
        return Math.round(Math.pow(2, (i + 1) / 2.0));
      }
    }
    return -1;
  }

  @Override
  public String toString() {
    long reads = onReplica.get() + onPrimary.get();
    return String.format(
        "%d write-read pairs, %d reads, %.1f %% on replicas, %d stale, %d lost;"
            + " first read after a write: median %d us, 95 %% %d us, 99 %% %d us",
        pairs.get(),
        reads,
        100.0 * onReplica.get() / Math.max(1, reads),
        stale.get(),
        lost.get(),
        micros(0.5),
        micros(0.95),
        micros(0.99));
  }
}
