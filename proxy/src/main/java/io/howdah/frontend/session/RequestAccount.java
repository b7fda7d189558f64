package io.howdah.frontend.session;

import io.howdah.config.TimeoutConfig;
import io.howdah.error.PgError;
import io.howdah.telemetry.PoolCounters;
import io.howdah.telemetry.PoolCounters.Figure;
import java.time.Duration;

/**
 * Keeps account of a session's requests while it has a server connection: how many are under way,
 * since when, what they add to the pool's totals, and whether one takes too long.
 *
 * <p>Thread: the session's event loop.
 */
public final class RequestAccount {
  private final Client session;
  private PoolCounters totals;
  private int owed;

  /** The client said Flush, and was not answered yet. */
  private boolean flushed;

  private long ended;
  private long requestSinceNanos;
  private long transactionSinceNanos;
  private long receivedBytes;
  private long unheardSinceNanos;

  /** So many requests that come now were sent before, and are counted already but for their end. */
  private int again;

  public RequestAccount(Client session) {
    this.session = session;
  }

  /** The session got a server connection of the pool with these totals. */
  public void begin(PoolCounters pool, long nowNanos) {
    totals = pool;
    flushed = false;
    owed = 0;
    again = 0;
    requestSinceNanos = nowNanos;
    transactionSinceNanos = requestSinceNanos;
    totals.add(Figure.SERVER_ASSIGNMENT_COUNT, 1);
  }

  /** The session parts with it. */
  public void end(int serverParses) {
    totals.add(Figure.RECEIVED_BYTES, receivedBytes);
    totals.add(Figure.SERVER_PARSE_COUNT, serverParses);
    receivedBytes = 0;
  }

  /** The client is being told so much. */
  public void sent(int bytes) {
    totals.add(Figure.SENT_BYTES, bytes);
  }

  /** Counts a message of the client's. */
  public void countMessage(Figure figure) {
    if (again == 0) {
      totals.add(figure, 1);
    }
  }

  public void received(int bytes) {
    if (again == 0) {
      receivedBytes += bytes;
    }
  }

  /** Since when the oldest request is under way, on the clock of the loops. */
  public long requestSinceNanos() {
    return requestSinceNanos;
  }

  /** The request under way is void; it is to be sent once more. */
  public void voided() {
    totals.add(Figure.REPLAY_COUNT, 1);
    owed = 0;
  }

  /** What comes now are requests that were sent before, first at {@code sinceNanos}. */
  public void again(long sinceNanos, int requests) {
    again = requests;
    requestSinceNanos = sinceNanos;
    transactionSinceNanos = sinceNanos;
  }

  /** The transaction began before the session got its connection. */
  public void transactionSince(long nanos) {
    transactionSinceNanos = nanos;
  }

  /** A request was sent that ReadyForQuery will end. */
  public void requestBegun() {
    if (owed++ == 0 && again == 0) {
      requestSinceNanos = Math.max(requestSinceNanos, session.lastHeardNanos());
    }
    again = Math.max(0, again - 1);
  }

  /** ReadyForQuery came. */
  public void requestEnded(byte status) {
    flushed = false;
    long now = session.worker().nanoTime();
    totals.add(Figure.QUERY_COUNT, 1);
    totals.add(Figure.QUERY_TIME_MICROS, (now - requestSinceNanos) / 1000);
    ended++;
    if (owed > 0) {
      owed--;
    }
    requestSinceNanos = now;
    if (status == 'I') {
      totals.add(Figure.XACT_COUNT, 1);
      totals.add(Figure.XACT_TIME_MICROS, (now - transactionSinceNanos) / 1000);
      transactionSinceNanos = now;
    }
  }

  /** The server owes nothing: a Sync that it overlooked while it copied is never answered. */
  public void settled() {
    owed = 0;
  }

  /** Requests that ended since the login: the number of the one that runs. */
  public long requestsEnded() {
    return ended;
  }

  /** Requests that are under way. */
  public int owed() {
    return owed;
  }

  /** Whether a request is under way. */
  public boolean isBusy() {
    return owed > 0;
  }

  /** The client asked for answers in mid-batch: it waits until they are there. */
  public void flushed() {
    flushed = true;
  }

  /** The server has answered all. */
  public void answered() {
    flushed = false;
  }

  /**
   * The error for what takes too long, or null.
   *
   * @param owes whether the server owes answers
   */
  public PgError overdue(long nowNanos, byte status, boolean owes) {
    TimeoutConfig bounds = session.worker().config().timeouts();
    boolean inTransaction = status != 'I';
    long idle = nowNanos - Math.max(session.lastHeardNanos(), requestSinceNanos);
    if (owed > 0 && Deadline.isPassed(bounds.query(), nowNanos - requestSinceNanos)) {
      return new PgError.QueryTimeout(bounds.query());
    }
    if (inTransaction
        && Deadline.isPassed(bounds.transaction(), nowNanos - transactionSinceNanos)) {
      return new PgError.TransactionTimeout(bounds.transaction());
    }
    if (flushed && owes && Deadline.isPassed(bounds.query(), idle)) {
      return new PgError.QueryTimeout(bounds.query());
    }
    if (owed > 0 || flushed && owes) {
      return null;
    }
    if (inTransaction) {
      return Deadline.isPassed(bounds.idleInTransaction(), idle)
          ? new PgError.IdleInTransactionTimeout(bounds.idleInTransaction())
          : null;
    }
    return Deadline.isPassed(bounds.clientIdle(), idle)
        ? new PgError.ClientIdleTimeout(bounds.clientIdle())
        : null;
  }

  /** The client has said goodbye; nobody hears what is under way. */
  public void unheard() {
    unheardSinceNanos = session.worker().nanoTime();
  }

  /** The error for what takes too long of a client that has said goodbye, or null. */
  public PgError overdueUnheard(long nowNanos, byte status, boolean owes) {
    Duration bound = session.worker().config().timeouts().unheard();
    return Deadline.isPassed(bound, nowNanos - unheardSinceNanos)
        ? new PgError.UnheardTimeout(bound)
        : overdue(nowNanos, status, owes);
  }
}
