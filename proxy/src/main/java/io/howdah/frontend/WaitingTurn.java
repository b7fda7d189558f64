package io.howdah.frontend;

import io.howdah.backend.Chore;
import io.howdah.backend.NodePool;
import io.howdah.backend.ServerConnection;
import io.howdah.error.PgError;
import io.howdah.pool.Waiter;
import io.howdah.pool.Waiting;
import io.howdah.route.Target;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.topology.NodeId;
import io.howdah.wire.FrameHandler.Verdict;
import io.netty.buffer.ByteBuf;
import java.time.Duration;

/**
 * A request is on its way to a server connection: no node is known that may take it, or the pool is
 * busy, or the connection is being brought to the session's settings. The request's messages stay
 * stopped until then.
 */
final class WaitingTurn implements Turn, Waiter<ServerConnection> {
  private final SessionState state;
  private final ClientSession session;

  private Target target;

  /** The node that failed this request before, or null. */
  private NodeId failed;

  private boolean lastAttempt;
  private long sinceNanos;
  private NodePool pool;
  private Waiting<ServerConnection> place;
  private ServerConnection preparing;

  WaitingTurn(SessionState state) {
    this.state = state;
    this.session = state.session;
  }

  @Override
  public String state() {
    return "waiting";
  }

  /** When the wait began. */
  long sinceNanos() {
    return sinceNanos;
  }

  /** Seeks a connection for a request. Whether the session has one now; else it waits. */
  boolean seek(Target wanted) {
    return seek(wanted, null, false);
  }

  /**
   * Seeks a connection for a request that may have been sent before.
   *
   * @param failedNode the node that could not answer it, or null
   * @param last whether there will be no further attempt
   */
  boolean seek(Target wanted, NodeId failedNode, boolean last) {
    target = wanted;
    failed = failedNode;
    lastAttempt = last;
    sinceNanos = session.worker.nanoTime();
    session.become(this);
    return tryNow();
  }

  private boolean tryNow() {
    place = null;
    pool =
        failed == null || target == Target.PRIMARY
            ? state.pools.choose(target)
            : state.pools.chooseAnother(failed, lastAttempt);
    if (pool == null) {
      return false;
    }
    ServerConnection connection = pool.pool().acquire(sinceNanos);
    if (connection == null) {
      place = pool.pool().await(this, session.worker.nanoTime());
      return false;
    }
    if (!connection.has(state.settings())) {
      prepare(connection);
      return false;
    }
    begin(connection);
    return true;
  }

  @Override
  public void granted(ServerConnection connection) {
    place = null;
    long waited = (session.worker.nanoTime() - sinceNanos) / 1000;
    pool.counters().add(Figure.WAIT_TIME_MICROS, waited);
    pool.counters().add(Figure.WAIT_COUNT, 1);
    if (connection.has(state.settings())) {
      begin(connection);
      session.resume();
    } else {
      prepare(connection);
    }
  }

  @Override
  public void refused(PgError error) {
    place = null;
    if (error instanceof PgError.NoServer) {
      // The node left its role while this request stood in its queue: another node may have it now.
      pool = null;
      retry();
      return;
    }
    state.refused.refuse(error);
  }

  private void prepare(ServerConnection connection) {
    preparing = connection;
    NodePool from = pool;
    connection.bring(
        state.settings(),
        new Chore() {
          @Override
          public void done() {
            if (preparing == connection) {
              preparing = null;
              begin(connection);
              session.resume();
            } else {
              from.pool().release(connection, session.worker.nanoTime());
            }
          }

          @Override
          public void failed(PgError error) {
            // The connection is closed and its pool knows.
            if (preparing == connection) {
              preparing = null;
              if (isLoss(error) && failed == null) {
                // Nothing of the request was sent: it may go wherever it could have gone at first.
                failed = connection.identity().node();
                retry();
              } else {
                state.refused.refuse(error);
              }
            }
          }
        });
  }

  private static boolean isLoss(PgError error) {
    return error instanceof PgError.ServerConnectionLost
        || error instanceof PgError.ServerError said && said.code().startsWith("57P0");
  }

  private void begin(ServerConnection connection) {
    state.attached.begin(pool, connection);
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return Verdict.STOP;
  }

  @Override
  public void topologyChanged() {
    if (pool == null) {
      retry();
    }
  }

  private void retry() {
    if (tryNow()) {
      session.resume();
    }
  }

  @Override
  public void tick(long nowNanos) {
    Duration bound = session.worker.config().timeouts().queryWait();
    if (pool == null && !bound.isZero() && nowNanos - sinceNanos > bound.toNanos()) {
      state.refused.refuse(state.pools.noServer(target, bound));
    }
  }

  @Override
  public void cancel(Runnable over) {
    giveUp();
    // A connection that is being prepared goes back to its pool when that is done.
    preparing = null;
    state.refused.refuse(new PgError.QueryCanceled());
    over.run();
  }

  @Override
  public void drain() {
    state.draining = true;
  }

  @Override
  public void leave() {
    giveUp();
    // A connection that is being prepared goes back to its pool when that is done.
    preparing = null;
  }

  private void giveUp() {
    if (place != null) {
      pool.pool().cancel(place, session.worker.nanoTime());
      place = null;
    }
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
