package io.howdah.frontend;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodePool;
import io.howdah.error.PgError;
import io.howdah.frontend.retry.NextAttempt;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.pool.Waiter;
import io.howdah.pool.Waiting;
import io.howdah.route.fact.Target;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.wire.FrameHandler.Verdict;
import io.netty.buffer.ByteBuf;

/**
 * A request is on its way to a server connection: no node is known that may take it, or the pool is
 * busy, or the connection is being brought to the session's settings. The request's messages stay
 * stopped until then.
 *
 * <p>It begins with {@link #seek} and has no node ({@code pool} is null, until {@link #chooseAnew}
 * or {@link #lookAgain} finds one), or is in line for a connection ({@code place}, until {@link
 * #granted} or {@link #refused}), or in doubt whether the read may use the one it has ({@code
 * doubtful}, until {@link #lookAgain}), or has one prepared ({@code preparing}, until {@link
 * #beginOn} or {@link #lost}). It ends with {@link #begin} in {@link AttachedTurn}, with an error
 * in {@link RefusedTurn}, or by {@link #leave}.
 *
 * <p>Thread: the session's event loop.
 */
final class WaitingTurn implements Turn, Waiter<ServerConnection> {
  private final SessionState state;
  private final ClientSession session;
  private final NextAttempt next;
  private final NodeSearch search;

  private long sinceNanos;

  /** The time of the call at hand, as far as one was asked for; else 0. */
  private long callNanos;

  private NodePool pool;
  private Waiting<ServerConnection> place;
  private final Preparing preparing;

  /** What it waits for. */
  private Wait why;

  /** A connection of which it is not known yet whether the read at hand may use it. */
  private ServerConnection doubtful;

  WaitingTurn(ClientSession session, SessionState state, NextAttempt next) {
    this.state = state;
    this.session = session;
    this.next = next;
    this.search = new NodeSearch(state, this);
    this.preparing = new Preparing(this, session, state);
  }

  @Override
  public String state() {
    return "waiting";
  }

  /** When the wait began. */
  long sinceNanos() {
    return sinceNanos;
  }

  /**
   * Seeks a connection for a request that may have been sent before. Whether the session has one
   * now; else it waits.
   */
  boolean seek(Target wanted) {
    NextAttempt.Limits again = next.begins();
    sinceNanos = session.worker.nanoTime();
    session.become(this);
    if (again == null) {
      search.begin(wanted, null, false, sinceNanos);
    } else {
      Target target = again.onPrimary() ? Target.PRIMARY : wanted;
      search.begin(target, again.failed(), again.last(), sinceNanos);
    }
    callNanos = sinceNanos;
    boolean begun = tryNow();
    callNanos = 0;
    return begun;
  }

  private long nowNanos() {
    return callNanos != 0 ? callNanos : session.worker.nanoTime();
  }

  /** Where its requests may go. */
  NodeSearch search() {
    return search;
  }

  /** Whether the request can begin on some connection now. */
  boolean tryNow() {
    place = null;
    pool = search.choose();
    if (pool == null) {
      waitFor(search.wait(true));
      return false;
    }
    return acquire();
  }

  /** Stops the reader at the request's first message. */
  Verdict stop() {
    return session.input().stop(why, sinceNanos);
  }

  /** The request waits for this from now on. */
  void waitFor(Wait reason) {
    why = reason;
    session.waits().stopped(reason, sinceNanos);
  }

  private boolean acquire() {
    ServerConnection connection = pool.pool().acquire(sinceNanos);
    if (connection == null) {
      place = pool.pool().await(this, nowNanos());
      waitFor(search.forLease(pool));
      return false;
    }
    return take(connection);
  }

  /** Whether the request can begin on a connection now. */
  private boolean take(ServerConnection connection) {
    if (search.target() == Target.ONLY_REPLICA && pool.isPrimary()) {
      // It was promoted while the request stood in its queue.
      NodePool promoted = pool;
      pool = null;
      promoted.pool().release(connection, session.worker.nanoTime());
      return tryNow();
    }
    CausalRead read = search.causal();
    if (read != null && !read.allows(pool, connection)) {
      return doubt(read, connection);
    }
    if (!connection.has(state.settings())) {
      return preparing.settings(pool, connection);
    }
    return beginOn(connection);
  }

  /** Begins, unless the client's transaction has to be begun there first. */
  boolean beginOn(ServerConnection connection) {
    if (session.turns().begun().isHeld()) {
      preparing.transaction(pool, connection);
      return false;
    }
    begin(connection);
    return true;
  }

  /** Keeps a connection until it is known whether the read may use it, or its time is over. */
  private boolean doubt(CausalRead read, ServerConnection connection) {
    NodePool instead = read.keepOn();
    if (instead == null && read.isOverdue()) {
      // Nobody is there who has all: another replica may come that far before this one does.
      NodePool behind = pool;
      pool = null;
      read.leavesNode();
      waitFor(search.wait(false));
      behind.pool().release(connection, session.worker.nanoTime());
      return false;
    }
    if (instead == null) {
      doubtful = connection;
      waitFor(search.wait(false));
      return false;
    }
    NodePool from = pool;
    pool = instead;
    from.pool().release(connection, session.worker.nanoTime());
    return acquire();
  }

  /** What a read waits for may have become known, or its time may be over. */
  void lookAgain() {
    session.contain(this::lookNow);
  }

  private void lookNow() {
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
    session.containment.run(connection, () -> use(connection));
  }

  private void use(ServerConnection connection) {
    place = null;
    callNanos = session.worker.nanoTime();
    pool.counters().add(Figure.WAIT_TIME_MICROS, (callNanos - sinceNanos) / 1000);
    pool.counters().add(Figure.WAIT_COUNT, 1);
    boolean begun = take(connection);
    callNanos = 0;
    if (begun) {
      session.resume();
    }
  }

  @Override
  public void refused(PgError error) {
    session.contain(() -> turnAway(error));
  }

  private void turnAway(PgError error) {
    place = null;
    if (error instanceof PgError.NoServer) {
      // The node left its role while this request stood in its queue: another node may have it now.
      pool = null;
      retry();
      return;
    }
    if (search.goesElsewhere(pool)) {
      pool = null;
      retry();
      return;
    }
    session.turns().refused().refuse(error);
  }

  /** Whether it waits for a connection of another pool, or for what a read must see. */
  boolean waitsElsewhere() {
    return session.phase() != this || place != null || doubtful != null;
  }

  /** The connection is lost; nothing of the request was sent: it goes wherever it still may go. */
  void lost(ServerConnection connection, PgError error) {
    if (search.survives(error, connection.identity().node())) {
      retry();
    } else {
      session.turns().refused().refuse(error);
    }
  }

  /** Begins on a connection that is as the request needs it. */
  void begin(ServerConnection connection) {
    search.served(pool);
    session.turns().attached().begin(pool, connection, nowNanos());
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return stop();
  }

  @Override
  public void chooseAnew() {
    if (pool == null) {
      retry();
    } else if (!search.isRight(pool, place != null)) {
      giveUp();
      search.begin();
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
    // A read that waits for a node to open connections goes to another one, if there is one now.
    if (place != null && pool.isLeftAlone(nowNanos) && search.hasWilling()) {
      pool.pool().cancel(place, nowNanos);
      pool = null;
      retry();
    }
  }

  @Override
  public boolean isAwaited(Waker waker) {
    return switch (waker) {
      case POOL -> place != null;
      case TOPOLOGY -> pool == null;
      case REPLAY_WATCH -> search.causal() != null && search.causal().isAwaited();
      case OWN_WORK -> preparing.isBusy();
      default -> false;
    };
  }

  @Override
  public boolean tellOverdue(Wait wait, PgError error) {
    ServerConnection stalled = preparing.connection();
    giveUp();
    if (stalled != null) {
      stalled.destroy("a request of Howdah's own on it took too long: " + wait.text());
    }
    session.turns().refused().refuse(error);
    return true;
  }

  @Override
  public void cancel(Runnable over) {
    giveUp();
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
  }

  private void giveUp() {
    // A connection that is being prepared goes back to its pool when that is done.
    preparing.giveUp();
    if (place != null) {
      pool.pool().cancel(place, session.worker.nanoTime());
      place = null;
    }
    search.end();
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
