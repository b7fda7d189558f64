package io.howdah.frontend;

import io.howdah.backend.connection.Chore;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.config.PoolMode;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.frontend.cancel.CancelRequests;
import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.effect.StateCheck;
import io.howdah.frontend.lease.Lease;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.request.ClientRequests;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.routing.PreparingBatch;
import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;

/**
 * How an {@link AttachedTurn} ends. Whenever the server owes nothing any more this decides whether
 * the connection goes back, must first be asked something, or stays with the session; and what
 * becomes of it where the server or the client is gone.
 *
 * <p>Thread: the session's event loop.
 */
public final class TurnEnd {
  private final SessionState state;
  private final ClientSession session;
  private final SessionChannels channels;
  private final Lease lease;
  private final RequestAccount account;
  private final Retry retry;
  private final CancelRequests cancels;
  private final Effects effects;
  private final ClientRequests requests;
  private final PreparingBatch preparing;
  private final StateCheck stateCheck;

  /** All is answered, but only a part of the client's last message has been sent on. */
  private boolean awaitsFrameEnd;

  TurnEnd(
      ClientSession session,
      SessionState state,
      SessionChannels channels,
      Lease lease,
      RequestAccount account,
      Retry retry,
      CancelRequests cancels,
      Effects effects,
      ClientRequests requests,
      PreparingBatch preparing) {
    this.state = state;
    this.session = session;
    this.channels = channels;
    this.lease = lease;
    this.account = account;
    this.retry = retry;
    this.cancels = cancels;
    this.effects = effects;
    this.requests = requests;
    this.preparing = preparing;
    this.stateCheck = new StateCheck(state, channels, effects);
  }

  /** Whether the server is being asked about the session's state. */
  boolean isChecking() {
    return stateCheck.isUnderWay(lease.server());
  }

  /** The turn begins. */
  void begin() {
    awaitsFrameEnd = false;
  }

  /** The server owes nothing, and all it said was passed on. */
  void settled() {
    if (retry.isVoid()) {
      runAgain();
      return;
    }
    account.settled();
    ServerConnection server = lease.server();
    ReplyLedger ledger = server.ledger();
    if (server.isBusy() || cancels.areUnderWay()) {
      return;
    }
    awaitsFrameEnd = !session.reader().isBetweenFrames();
    if (awaitsFrameEnd) {
      // As of a CopyData behind a COPY that failed: the server would take the next session's bytes
      // for its rest.
      return;
    }
    if (state.poolMode == PoolMode.STATEMENT && ledger.status() != 'I') {
      refuseTransaction();
      return;
    }
    if ((ledger.isUnsure() || cancels.leaveDoubt() && !lease.isKept())
        && ledger.status() == 'I'
        && !ledger.isBatchOpen()) {
      endDoubt();
      return;
    }
    if (!ledger.isClean()) {
      resumeIfStopped();
      return;
    }
    channels.settled();
    if (state.draining) {
      session.terminate(new PgError.ShuttingDown());
      return;
    }
    if (stateCheck.isDue()) {
      // settled() follows once more.
      stateCheck.begin(server);
      return;
    }
    if (lease.isKept()) {
      stay();
    } else {
      giveBack();
    }
  }

  private void stay() {
    if (state.refusesPins() && state.pinning.isPinned()) {
      session.terminate(new PgError.PinRefused(Severity.FATAL, state.pinning.text()));
    } else {
      resumeIfStopped();
    }
  }

  private void giveBack() {
    boolean heldBackIsCancelled = cancels.takeHeldBack();
    lease.release();
    if (heldBackIsCancelled) {
      session.turns().refused().refuse(new PgError.QueryCanceled());
    } else {
      goIdle();
    }
  }

  /** The client's bytes of this burst were sent; with them may be the rest of its last message. */
  void readEnd() {
    if (awaitsFrameEnd && session.reader().isBetweenFrames()) {
      awaitsFrameEnd = false;
      if (lease.server().ledger().isEmpty()) {
        settled();
      }
    }
  }

  /** Some time has passed: a pinned session that has fallen idle may be pinned no more. */
  void tick(long nowNanos) {
    ServerConnection server = lease.server();
    if (server.ledger().isClean()
        && !server.isBusy()
        && !cancels.areUnderWay()
        && session.reader().isBetweenFrames()
        && stateCheck.isDueWhenIdle(nowNanos)) {
      // settled() follows.
      stateCheck.begin(server);
    }
  }

  /** What the server will still answer can't be told. */
  private void endDoubt() {
    ServerConnection server = lease.server();
    boolean kept = lease.isKept();
    boolean cancelled = cancels.leaveDoubt() && !kept;
    if (!cancelled && server.ledger().canBecomeSure()) {
      // settled() follows once more.
      server
          .ownWork()
          .becomeSure(
              new Chore() {
                @Override
                public void done() {
                  // Nothing else waits for it.
                }

                @Override
                public void failed(PgError error) {
                  // The connection is closed; lost() tells the client.
                }
              });
      return;
    }
    String what = "replies can't be told apart any more";
    lease.destroy(what);
    if (kept) {
      // What the session had made there is gone with it.
      session.terminate(
          new PgError.ServerConnectionSevered(server.identity().node().toString(), what));
    } else {
      goIdle();
    }
  }

  /** The answer was held back whole, and the request is sent once more. */
  private void runAgain() {
    boolean here = retry.staysHere();
    state.barrier.end();
    retry.rewind();
    if (here) {
      requests.transactionEnded();
      session.resume();
      return;
    }
    lease.releaseVoid(effects.uncertain.areAny());
    goIdle();
  }

  private void refuseTransaction() {
    session.terminate(
        new PgError.NotSupported(
            Severity.FATAL,
            "transaction blocks not allowed in statement pooling mode",
            "Use pool-mode transaction for this database or user."));
  }

  private void goIdle() {
    state.barrier.end();
    session.become(session.turns().idle());
    channels.sayIfQuiet();
    resumeIfStopped();
  }

  private void resumeIfStopped() {
    if (session.reader().isStopped()) {
      session.resume();
    }
  }

  /**
   * The connection is gone.
   *
   * @param error what to tell the client
   * @param told whether the server's own last word was passed on
   */
  void lost(PgError error, boolean told) {
    state.barrier.end();
    if (retry.survives(error)) {
      retry.rewind();
      lease.lost();
      session.become(session.turns().idle());
      session.resumeSoon();
      return;
    }
    if (preparing.isDone()
        && !lease.isKept()
        && error.isConnectionLoss()
        && session.reader().isBetweenFrames()) {
      // What it has prepared there is prepared anew where it is used.
      retry.giveUp();
      lease.lost();
      session.become(session.turns().idle());
      session.resumeSoon();
      return;
    }
    retry.giveUp();
    state.context.lost();
    ServerConnection server = lease.lost();
    if (told) {
      session.end("server ended the session");
    } else if (server.isWithinReply()) {
      session.end("server closed the connection within a message");
    } else {
      session.terminate(error);
    }
  }

  /**
   * Whether the client's Terminate need not wait: no request of the client's is under way that
   * comes to an end by itself.
   */
  boolean mayTerminate() {
    ReplyLedger ledger = lease.server().ledger();
    return ledger.isEmpty() && !retry.isVoid()
        || ledger.isBatchOpen() && !ledger.owesRequest()
        || ledger.awaitsCopyEnd()
        || ledger.isUnsure();
  }

  /** The client says goodbye: what it asked for before is still done. */
  void terminate() {
    if (!lease.server().ledger().isEmpty() && !cancels.leaveDoubt()) {
      lease.finish();
    }
    session.end("client disconnected");
  }

  /** The client is gone, or is being sent away. */
  void leave() {
    ServerConnection server = lease.server();
    if (server == null) {
      return;
    }
    boolean used = lease.isKept() || lease.isListenedOn() || effects.uncertain.areAny();
    boolean doubtful = cancels.leaveDoubt() || !session.reader().isBetweenFrames();
    state.context.lost();
    if (stateCheck.isUnderWay(server) && !doubtful) {
      lease.finish();
    } else {
      lease.part(used, doubtful);
    }
  }
}
