package io.howdah.frontend.retry;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.pools.NodePool;
import io.howdah.backend.statement.Statement;
import io.howdah.error.PgError;
import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;
import io.howdah.route.fact.Facts;
import io.howdah.topology.NodeId;
import io.howdah.wire.ErrorFields;
import io.netty.buffer.ByteBuf;

/**
 * Runs a client's request a second time where that is certainly safe: the first run had no effect,
 * no transaction was open, and the client has heard nothing of it. What was sent behind it runs
 * again too ({@link RequestsBehind}).
 *
 * <p>Such a request is retained while it is sent, and preliminaries of its answer are held back. An
 * error with a {@link RetryKind} (or the loss of a replica) then is not told; the session's state
 * is put back to what it was, and the request's own bytes are read again as if they had just come.
 * As soon as anything else of the answer comes, it can't be run again, and is forgotten. Only a
 * Query on a replica is kept until its ReadyForQuery then ({@link Stage#TOLD}): an error behind its
 * first rows still tells where its text must go the next time.
 *
 * <p>Thread: the session's event loop.
 */
public final class Retry {
  /** What the client is told of row types. */
  public final ToldTypes types = new ToldTypes();

  private final SessionState state;
  private final Client session;
  private final RequestAccount account;
  private final Effects effects;
  private final NextAttempt next;
  private final LearntRefusals learnt;
  private final HeldReplies held = new HeldReplies();

  /** What is retained; kept for the next time, and without meaning while nothing is. */
  private final RetainedRequest request = new RetainedRequest();

  private final RequestsBehind behind = new RequestsBehind();

  private Stage stage = Stage.OFF;
  private ServerConnection server;
  private boolean onReplica;
  private Statement unnamed;
  private RetryKind retryKind = RetryKind.NONE;
  private String sqlstate;

  /** The statement whose plan is out of date. */
  private Statement outdated;

  public Retry(SessionState state, RequestAccount account, Effects effects, NextAttempt next) {
    this.state = state;
    this.session = state.session;
    this.account = account;
    this.effects = effects;
    this.next = next;
    this.learnt = new LearntRefusals(state);
  }

  /** Whether it wants to see every message that is sent. */
  public boolean isOpen() {
    return stage != Stage.OFF;
  }

  /** Whether what the server says is not for the client, or not yet. */
  public boolean holds() {
    return stage.holds();
  }

  /** Whether an answer was held back to its end, so that the request can be run again. */
  public boolean isVoid() {
    return stage == Stage.VOID;
  }

  /** Whether the request is to be run again on the same connection. */
  public boolean staysHere() {
    return retryKind == RetryKind.PREPARE_AGAIN;
  }

  /** The first message of a request outside a transaction is about to be sent. */
  public void open(
      NodePool pool,
      ServerConnection to,
      byte type,
      int bodyLength,
      ByteBuf in,
      int start,
      int end) {
    int max = session.worker().config().routing().maxReplayedBytes();
    // On the primary only the plan of a statement that Howdah prepared can be healed.
    if (bodyLength == 0
        || !RetainedRequest.mayRetain(type, bodyLength, start, end, max)
        || pool.isPrimary()
            && !(state.renames() && RetainedRequest.beginsWithStatement(type, in, start))) {
      return;
    }
    request.begin(session.channel().alloc(), max);
    request.add(type, bodyLength, in, start, end, false);
    server = to;
    onReplica = !pool.isPrimary();
    unnamed = state.unnamed.get();
    retryKind = RetryKind.NONE;
    state.names.mark();
    stage = Stage.OPEN;
    types.begin(request);
    to.watch(true);
  }

  /**
   * A further message is about to be sent.
   *
   * @return whether it may be; if not it has to wait
   */
  public boolean sending(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (stage != Stage.OPEN && stage != Stage.HEALING) {
      return stage != Stage.VOID;
    }
    if (!request.isComplete()) {
      boolean mayFlush = stage == Stage.OPEN && onReplica && !server.ledger().isEmpty();
      if (!request.add(type, bodyLength, in, start, end, mayFlush)) {
        giveUp();
      }
    } else if (stage == Stage.HEALING && !behind.isLastOpen()) {
      return false;
    } else if (!onReplica || !retainsBehind(type, bodyLength, in, start, end)) {
      tellFromNowOn();
    }
    return true;
  }

  private boolean retainsBehind(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (!behind.isLastOpen()) {
      types.end();
      int most = session.worker().config().routing().maxReplayedBytes();
      behind.begin(session.channel().alloc(), most - request.size());
    }
    return behind.add(type, bodyLength, in, start, end);
  }

  /** The message at hand has to wait; {@code awaitsPlan}: for what may fail as it would. */
  public void notSent(boolean awaitsPlan) {
    if (stage != Stage.OPEN && stage != Stage.HEALING) {
      return;
    }
    if (behind.areAny()) {
      behind.takeBack();
    } else if (!request.takeBack() && !awaitsPlan) {
      drop();
    }
  }

  /** The message at hand runs a text. */
  public void running(Facts facts) {
    if (!holds()) {
      return;
    }
    if (behind.areAny() && !behind.runs(facts)) {
      tellFromNowOn();
    } else if (!behind.areAny() && !request.runs(facts, onReplica)) {
      giveUp();
    }
  }

  /** Takes a run of the server's that is not for the client yet; owns it. */
  public void hold(ByteBuf run) {
    if (stage == Stage.VOID) {
      run.release();
    } else if (!held.add(run, session.worker().nanoTime())) {
      giveUp();
    }
  }

  /** More than a preliminary of the answer comes. */
  public void answering() {
    if (stage == Stage.OPEN) {
      tellFromNowOn();
    }
  }

  /** A batch's statements are noted in the ledger; the text of a Query is only here. */
  private void tellFromNowOn() {
    if (onReplica && request.isQuery() && stage == Stage.OPEN) {
      held.release(this::tell);
      behind.release();
      server.watch(false);
      next.forget();
      stage = Stage.TOLD;
    } else {
      giveUp();
    }
  }

  /** The server says an error. */
  public void refused(ErrorFields error, boolean replica, Entry at, ReplyLedger.Note note) {
    RetryKind found = RetryKind.of(error, replica, at, note);
    boolean ofFirst = isOpen() && !isVoid();
    learnt.learn(found, at, note, ofFirst && request.isQuery() ? request : null);
    if (isHealing() || stage == Stage.TOLD) {
      return;
    }
    boolean may =
        stage == Stage.OPEN
            && next.isAllowed()
            && found != RetryKind.NONE
            && !(found == RetryKind.PREPARE_AGAIN && (request.isFlushed() || behind.areAny()))
            && (!found.isOnPrimary() || !state.readsReplicasOnly())
            && (found != RetryKind.ELSEWHERE || request.isCertainRead());
    if (may) {
      stage = Stage.HEALING;
      retryKind = found;
      sqlstate = error.code();
      outdated = found == RetryKind.PREPARE_AGAIN ? Statement.of(note) : null;
    } else if (stage != Stage.OFF) {
      giveUp();
    }
  }

  /** All is answered. If a Flush asked for that, the client hears it, or the request runs again. */
  public void answered() {
    if (stage == Stage.HEALING && request.isFlushed()) {
      stage = Stage.VOID;
    } else if (stage == Stage.OPEN && request.isFlushed()) {
      giveUp();
    }
  }

  /** Whether the error that is at hand is not told for now. */
  public boolean isHealing() {
    return stage == Stage.HEALING || stage == Stage.VOID;
  }

  /** ReadyForQuery comes. Whether the client shall not hear of it. */
  public boolean ready(byte status) {
    if (stage == Stage.TOLD) {
      drop();
    }
    if (stage != Stage.HEALING) {
      return stage == Stage.VOID;
    }
    boolean may =
        (status == 'I' || !staysHere() && request.explains(status))
            && request.isComplete()
            && !request.isOpen()
            && (outdated == null || types.areUntold(request, outdated));
    if (!may) {
      giveUp();
      return false;
    }
    stage = Stage.VOID;
    if (server.ledger().isBatchOpen()) {
      // The client may say no more behind it before it has heard of what came first.
      server.statements().names().endBatch();
      server.flush();
    }
    return true;
  }

  /** The connection was lost. Whether the request can be run elsewhere: {@link #rewind} then. */
  public boolean survives(PgError error) {
    boolean may =
        holds()
            && onReplica
            && next.isAllowed()
            && !request.isOpen()
            && (request.isCertainRead() || retryKind.isOnPrimary())
            && error.isConnectionLoss()
            && session.reader().isBetweenFrames()
            && !session.reader().isWalking();
    if (may && (stage == Stage.OPEN || retryKind == RetryKind.PREPARE_AGAIN)) {
      // Whatever it was to be run again for, it is now for the lost node.
      retryKind = RetryKind.ELSEWHERE;
      sqlstate = null;
    }
    return may;
  }

  /** Undoes what the first run did to the session, and has the request read again. */
  public void rewind() {
    NodeId node = server.identity().node();
    session
        .worker()
        .telemetry()
        .replayed(session.id(), node.toString(), retryKind.reason(), sqlstate);
    next.begins(retryKind, node, 1 + behind.count());
    state.names.rollback();
    state.unnamed.restore(unnamed);
    ByteBuf bytes = behind.behind(request.bytes(), session.channel().alloc());
    drop();
    session.readAgain(bytes);
  }

  /** Some time has passed: a client may wait for preliminaries, such as notices. */
  public void tick(long nowNanos) {
    if (stage == Stage.OPEN && held.areOverdue(nowNanos)) {
      giveUp();
      session.flush();
    }
  }

  /** The client asks for an end of what it has sent: it is not run again, if that can still be. */
  public void cancelled() {
    if (stage != Stage.VOID) {
      giveUp();
    }
  }

  /** Nothing is run again: the client hears what it has not heard yet. */
  public void giveUp() {
    boolean failedBefore = stage == Stage.HEALING;
    if (stage == Stage.OFF) {
      return;
    }
    held.release(this::tell);
    drop();
    next.forget();
    if (failedBefore) {
      effects.failed();
    }
  }

  /** Nothing is retained any more, and nobody hears what was held back. */
  public void drop() {
    if (stage == Stage.OFF) {
      return;
    }
    held.drop();
    types.end();
    stage = Stage.OFF;
    state.names.unmark();
    request.release();
    behind.release();
    server.watch(false);
    server = null;
    unnamed = null;
    outdated = null;
  }

  private void tell(ByteBuf run) {
    account.sent(run.readableBytes());
    session.send(run);
  }
}
