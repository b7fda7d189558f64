package io.howdah.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Totals of one pool on one event loop, PgBouncer's names. Only the owning loop writes; any thread
 * may read, and sees each figure whole, if perhaps a moment old. Times are microseconds.
 */
public final class PoolCounters {
  private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(long[].class);

  /** What is counted; the order is that of {@code SHOW STATS}. */
  public enum Figure {
    XACT_COUNT,
    QUERY_COUNT,
    RECEIVED_BYTES,
    SENT_BYTES,
    XACT_TIME_MICROS,
    QUERY_TIME_MICROS,
    WAIT_TIME_MICROS,
    WAIT_COUNT,
    CLIENT_PARSE_COUNT,
    SERVER_PARSE_COUNT,
    BIND_COUNT,
    SERVER_ASSIGNMENT_COUNT,
    REPLAY_COUNT,
    /** Reads that had to see certain commits. */
    CAUSAL_READ_COUNT,
    /** Of these, those that waited for a replica to have them. */
    CAUSAL_WAIT_COUNT,
    CAUSAL_WAIT_TIME_MICROS,
    /** Of these, those that the primary served because no replica had them in time. */
    CAUSAL_PRIMARY_COUNT,
    /** Questions to the primary where its WAL stands. */
    CAUSAL_QUESTION_COUNT,
    /** Questions to replicas how far they have replayed. */
    CAUSAL_POLL_COUNT
  }

  private static final int FIGURES = Figure.values().length;

  private final long[] cells = new long[FIGURES];

  /** Adds. Thread: the owning loop. */
  public void add(Figure figure, long n) {
    int i = figure.ordinal();
    CELLS.setOpaque(cells, i, cells[i] + n);
  }

  /** Reads. Thread: any. */
  public long get(Figure figure) {
    return (long) CELLS.getOpaque(cells, figure.ordinal());
  }
}
