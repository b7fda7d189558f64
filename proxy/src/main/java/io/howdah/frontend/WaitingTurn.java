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
  /** More nodes than this are not asked for one request. */
  private static final int MOST_REFUSALS = 8;

  private final SessionState state;
  private final ClientSession session;
  private final Farewell farewell;

  private Target target;

  /** The node that failed this request before, or null. */
  private NodeId failed;

  private boolean lastAttempt;

  /** How many nodes refused to open a connection for this request. */
  private int refusals;

  private long sinceNanos;
  private NodePool pool;
  private Waiting<ServerConnection> place;
  private ServerConnection preparing;

  /** A connection of which it is not known yet whether the read at hand may use it. */
  private ServerConnection doubtful;

  /** Made for the first read that must see certain commits. */
  private CausalRead causal;

  WaitingTurn(ClientSession session, SessionState state) {
    this.state = state;
    this.session = session;
    this.farewell = session.worker.farewell();
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
    refusals = 0;
    sinceNanos = session.worker.nanoTime();
    session.become(this);
    if (target.isRead()) {
      beginRead();
    } else if (causal != null) {
      causal.end();
    }
    return tryNow();
  }

  private void beginRead() {
    if (causal != null) {
      causal.begin(target);
    } else if (state.writes.concernRead()) {
      causal = new CausalRead(state, this);
      causal.begin(target);
    }
  }

  private boolean isCausal() {
    return causal != null && causal.isUnder();
  }

  private NodePool choose() {
    if (isCausal()) {
      return causal.choose(failed);
    }
    return failed == null || target == Target.PRIMARY
        ? state.pools.nodes().choose(target)
        : state.pools.nodes().chooseAnother(target, failed, lastAttempt);
  }

  private boolean tryNow() {
    place = null;
    pool = choose();
    return pool != null && acquire();
  }

  private boolean acquire() {
    ServerConnection connection = pool.pool().acquire(sinceNanos);
    if (connection == null) {
      place = pool.pool().await(this, session.worker.nanoTime());
      return false;
    }
    return take(connection);
  }

  /** Whether the request can begin on a connection now. */
  private boolean take(ServerConnection connection) {
    if (target == Target.ONLY_REPLICA && pool.isPrimary()) {
      // It was promoted while the request stood in its queue.
      NodePool promoted = pool;
      pool = null;
      promoted.pool().release(connection, session.worker.nanoTime());
      return tryNow();
    }
    if (isCausal() && !causal.allows(pool, connection)) {
      return doubt(connection);
    }
    if (!connection.has(state.settings())) {
      prepare(connection);
      return false;
    }
    return beginOn(connection);
  }

  /** Begins, unless the client's transaction has to be begun there first. */
  private boolean beginOn(ServerConnection connection) {
    if (session.turns().begun().isHeld()) {
      preparing = connection;
      connection.run(session.turns().begun().text(), new Preparation(connection, pool, true));
      return false;
    }
    begin(connection);
    return true;
  }

  /** Keeps a connection until it is known whether the read may use it, or its time is over. */
  private boolean doubt(ServerConnection connection) {
    NodePool instead = causal.keepOn();
    if (instead == null) {
      doubtful = connection;
      return false;
    }
    NodePool from = pool;
    pool = instead;
    from.pool().release(connection, session.worker.nanoTime());
    return acquire();
  }

  /** What a read waits for may have become known, or its time may be over. */
  void lookAgain() {
    ServerConnection connection = doubtful;
    doubtful = null;
    if (connection != null && !connection.isClosing()) {
      if (take(connection)) {
        session.resume();
      }
    } else if (connection != null || pool == null) {
      retry();
    }
  }

  @Override
  public void granted(ServerConnection connection) {
    place = null;
    long waited = (session.worker.nanoTime() - sinceNanos) / 1000;
    pool.counters().add(Figure.WAIT_TIME_MICROS, waited);
    pool.counters().add(Figure.WAIT_COUNT, 1);
    if (take(connection)) {
      session.resume();
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
    if (mayBeServedElsewhere(error)) {
      refusals++;
      pool = null;
      retry();
      return;
    }
    session.turns().refused().refuse(error);
  }

  /** Whether a node that opens no connections leaves the request another one. */
  private boolean mayBeServedElsewhere(PgError error) {
    return target.isRead()
        && !(error instanceof PgError.QueryWaitTimeout)
        && !(isCausal() && pool.isPrimary())
        && refusals < MOST_REFUSALS
        && state.pools.nodes().hasWilling(target);
  }

  /** A read that waits for a node to open connections goes to another one, if there is one now. */
  private void leaveRefusing(long nowNanos) {
    if (place != null
        && target.isRead()
        && pool.isLeftAlone(nowNanos)
        && state.pools.nodes().hasWilling(target)) {
      pool.pool().cancel(place, nowNanos);
      pool = null;
      retry();
    }
  }

  private void prepare(ServerConnection connection) {
    preparing = connection;
    connection.bring(state.settings(), new Preparation(connection, pool, false));
  }

  /** What a connection must do before the request can begin there. */
  private final class Preparation implements Chore {
    private final ServerConnection connection;
    private final NodePool from;

    /** It begins the client's transaction; else it brings the session's settings. */
    private final boolean begins;

    Preparation(ServerConnection connection, NodePool from, boolean begins) {
      this.connection = connection;
      this.from = from;
      this.begins = begins;
    }

    @Override
    public void done() {
      if (preparing != connection) {
        // The session did not wait for it.
        farewell.part(from, connection, false, false);
        return;
      }
      preparing = null;
      if (begins) {
        session.turns().begun().sent();
        begin(connection);
        session.turns().attached().transactionSince(session.turns().begun().sinceNanos());
        session.resume();
      } else if (beginOn(connection)) {
        session.resume();
      }
    }

    @Override
    public void failed(PgError error) {
      // The connection is closed and its pool knows.
      if (preparing == connection) {
        preparing = null;
        // It may fail at once, while the message that waits is being looked at.
        session.channel().eventLoop().execute(() -> unprepared(connection, error));
      }
    }
  }

  private void unprepared(ServerConnection connection, PgError error) {
    if (session.phase() != this || preparing != null || place != null || doubtful != null) {
      return;
    }
    if (isLoss(error) && failed == null) {
      // Nothing of the request was sent: it may go wherever it could have gone at first.
      failed = connection.identity().node();
      retry();
    } else {
      session.turns().refused().refuse(error);
    }
  }

  private static boolean isLoss(PgError error) {
    return error instanceof PgError.ServerConnectionLost
        || error instanceof PgError.ServerError said && said.code().startsWith("57P0");
  }

  private void begin(ServerConnection connection) {
    if (isCausal()) {
      causal.served(pool);
    }
    session.turns().attached().begin(pool, connection);
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
    leaveRefusing(nowNanos);
    Duration bound = session.worker.config().timeouts().queryWait();
    if ((pool == null || doubtful != null)
        && !bound.isZero()
        && nowNanos - sinceNanos > bound.toNanos()) {
      giveUp();
      session.turns().refused().refuse(state.pools.nodes().noServer(target, bound));
    }
  }

  @Override
  public void cancel(Runnable over) {
    giveUp();
    // A connection that is being prepared goes back to its pool when that is done.
    preparing = null;
    session.turns().refused().refuse(new PgError.QueryCanceled());
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
    if (causal != null) {
      causal.end();
    }
    ServerConnection kept = doubtful;
    doubtful = null;
    if (kept != null && !kept.isClosing()) {
      pool.pool().release(kept, session.worker.nanoTime());
    }
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
