package io.howdah.frontend;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.ledger.ReplyLedger;
import io.howdah.backend.pools.NodePool;
import io.howdah.error.PgError;
import io.howdah.frontend.cancel.CancelRequests;
import io.howdah.frontend.effect.Effects;
import io.howdah.frontend.lease.Lease;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.naming.StatementNames;
import io.howdah.frontend.parameter.HowdahReplies;
import io.howdah.frontend.parameter.HowdahSettings;
import io.howdah.frontend.request.ClientRequests;
import io.howdah.frontend.request.InDoubt;
import io.howdah.frontend.retry.NextAttempt;
import io.howdah.frontend.retry.Retry;
import io.howdah.frontend.routing.PreparingBatch;
import io.howdah.frontend.session.OwnMessages;
import io.howdah.frontend.session.RequestAccount;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;

/**
 * The session has a server connection: the {@link Lease}. What the client sends goes there, as
 * {@link ClientRequests} has it; what comes back is the business of {@link ServerReplies}, and
 * {@link TurnEnd} says when the connection goes back to its pool. Here the client's events arrive,
 * and messages that can't be sent yet are stopped.
 */
public final class AttachedTurn implements Turn {
  private final SessionState state;
  private final ClientSession session;
  private final SessionChannels channels;
  private final RequestAccount account;
  private final InDoubt inDoubt = new InDoubt();
  private final CancelRequests cancels;
  private final Effects effects;
  private final NextAttempt next;
  private final Retry retry;
  private final Lease lease;
  private final OwnMessages own;
  private final StatementNames names;
  private final ClientRequests requests;
  private final Placement placement;
  private final TurnEnd turnEnd;
  private final AttachedWaits waits;
  private final MessageOrder order;
  private final ServerReplies replies;
  private final PreparingBatch preparing = new PreparingBatch();

  AttachedTurn(
      ClientSession session,
      SessionState state,
      HowdahSettings howdah,
      SessionChannels channels,
      RequestAccount account,
      NextAttempt next) {
    this.state = state;
    this.session = session;
    this.channels = channels;
    this.account = account;
    this.next = next;
    this.cancels = new CancelRequests(session, session.worker.cancels(), account);
    this.effects = new Effects(state, howdah, channels);
    this.retry = new Retry(state, account, effects, next);
    this.lease = new Lease(state, account, retry, cancels, channels, session.worker.farewell());
    this.own = new OwnMessages(state);
    this.names = new StatementNames(state, effects, own);
    this.requests =
        new ClientRequests(
            state,
            new HowdahReplies(state, howdah),
            channels,
            account,
            inDoubt,
            retry,
            effects,
            names,
            own,
            lease);
    this.placement = new Placement(session, state, lease, requests.transaction());
    this.turnEnd =
        new TurnEnd(
            session, state, channels, lease, account, retry, cancels, effects, requests, preparing);
    this.waits =
        new AttachedWaits(session, state, lease, cancels, effects, channels, howdah, turnEnd);
    this.order = new MessageOrder(state, requests, preparing, waits);
    this.replies =
        new ServerReplies(
            session, state, channels, lease, account, inDoubt, retry, effects, names, requests,
            preparing, turnEnd);
  }

  @Override
  public String state() {
    return "active";
  }

  /** What may run a request of this session's again. */
  public Retry retry() {
    return retry;
  }

  /** The connection, or null when this is not the session's phase. */
  ServerConnection server() {
    return lease.server();
  }

  /** The transaction that is open began at this time, on the clock of the loops. */
  void transactionSince(long nanos) {
    account.transactionSince(nanos);
  }

  /** Whether the connection leads to the primary. */
  boolean isOnPrimary() {
    return lease.isPrimary();
  }

  /** Says something of Howdah's own to the client among the server's replies. */
  void say(ByteBuf message) {
    replies.replies(message);
  }

  /** Whether no request of the session's has ended yet. */
  boolean isUnused() {
    return account.requestsEnded() == 0;
  }

  /** Whether a request is under way. */
  boolean isBusy() {
    return account.isBusy();
  }

  /**
   * Whether the server has answered all that it was sent; else it is made to, and the message that
   * waits is looked at again.
   */
  boolean isAnswered() {
    ServerConnection server = lease.server();
    if (server == null || server.ledger().isEmpty()) {
      return true;
    }
    if (server.ledger().isBatchOpen()) {
      own.follow();
      server.messages().requestAnswers();
    }
    return false;
  }

  /** Takes a connection that has the session's settings; {@code nowNanos} on the loops' clock. */
  void begin(NodePool from, ServerConnection connection, long nowNanos) {
    state.barrier.end();
    lease.begin(from, connection, nowNanos);
    turnEnd.begin();
    preparing.begin();
    channels.begin();
    next.begun();
    effects.begin();
    names.begin();
    requests.begin(connection);
    connection.attach(replies);
    session.become(this);
    state.told.catchUp(connection);
    if (!session.isClientWritable()) {
      clientWritable(false);
    }
  }

  @Override
  public int needs(byte type, int bodyLength) {
    return state.statements.needs(type, bodyLength);
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    ServerConnection server = lease.server();
    Wait wait = order.before(type, server);
    if (wait != null) {
      return session.stop(wait);
    }
    boolean begins = !server.ledger().isBatchOpen();
    if (begins && (!lease.isPrimary() || state.readsReplicasOnly())) {
      Verdict instead = placement.elsewhere(type, bodyLength, in, start, end);
      if (instead != null) {
        return instead;
      }
    }
    return send(type, bodyLength, in, start, end);
  }

  /** The message at hand, for which the session was given the connection just now. */
  Verdict begin(byte type, int bodyLength, ByteBuf in, int start, int end) {
    Wait wait = order.before(type, lease.server());
    return wait != null ? session.stop(wait) : send(type, bodyLength, in, start, end);
  }

  private Verdict send(byte type, int bodyLength, ByteBuf in, int start, int end) {
    ServerConnection server = lease.server();
    ReplyLedger ledger = server.ledger();
    if (retry.isOpen()) {
      if (!retry.sending(type, bodyLength, in, start, end)) {
        return session.stop(Wait.Replies.ORDER);
      }
    } else if ((type != FrontendType.QUERY || !lease.isPrimary()) && beginsRequest(ledger)) {
      retry.open(lease.pool(), server, type, bodyLength, in, start, end);
    }
    boolean firstOfBatch = !ledger.isBatchOpen();
    Verdict verdict = requests.send(type, bodyLength, in, start, end);
    if (verdict == Verdict.PASS || verdict == Verdict.DROP) {
      account.received(bodyLength);
      if (!lease.isPrimary() && ledger.status() == 'I') {
        preparing.sent(type, firstOfBatch, in, start);
        if (ledger.isEmpty() && !ledger.isSkipping()) {
          preparing.answered();
        }
      }
    } else {
      retry.notSent(requests.takeAwaitsPlan());
    }
    return verdict;
  }

  /** Whether a message now is the first of a request outside a transaction. */
  private boolean beginsRequest(ReplyLedger ledger) {
    return ledger.isEmpty()
        && ledger.status() == 'I'
        && !ledger.isBatchOpen()
        && (lease.isPrimary() || !lease.isKept());
  }

  @Override
  public void pass(ByteBuf run) {
    own.wrote(true);
    lease.server().write(run);
  }

  @Override
  public void readEnd() {
    if (own.takeWrote()) {
      ServerConnection server = lease.server();
      server.flush();
      if (lease.server() != server) {
        // It turned out to be broken, and the session has been told.
        return;
      }
      if (!server.isWritable()) {
        session.input().holdBack(Wait.Room.AT_SERVER);
      }
      cancels.requestSent();
    }
    turnEnd.readEnd();
  }

  @Override
  public void clientWritable(boolean writable) {
    session.waitsBeside(writable ? null : Wait.Room.AT_CLIENT);
    lease.server().channel().config().setAutoRead(writable);
    if (writable) {
      channels.sayIfQuiet();
    }
  }

  @Override
  public boolean isAwaited(Waker waker) {
    return waits.areAwaited(waker);
  }

  @Override
  public boolean tellOverdue(Wait wait, PgError error) {
    return waits.tellOverdue(wait, error);
  }

  /** Whether the client is between two requests and in no transaction. */
  boolean isQuiet() {
    ServerConnection server = lease.server();
    return server != null && server.ledger().isClean() && !server.isWithinReply();
  }

  @Override
  public boolean isWithinReply() {
    ServerConnection server = lease.server();
    return server != null && server.isWithinReply() && !retry.holds();
  }

  @Override
  public PgError lastWord(PgError error) {
    return inDoubt.isOpen() ? new PgError.OutcomeUnknown(error) : error;
  }

  @Override
  public void cancel(Runnable over) {
    if (channels.cancel()) {
      over.run();
    } else {
      retry.cancelled();
      session.flush();
      cancels.ask(over);
    }
  }

  @Override
  public void tick(long nowNanos) {
    retry.tick(nowNanos);
    ReplyLedger ledger = lease.server().ledger();
    PgError overdue = account.overdue(nowNanos, ledger.status(), !ledger.isEmpty());
    if (overdue != null) {
      session.terminate(overdue);
    } else {
      turnEnd.tick(nowNanos);
    }
  }

  @Override
  public void drain() {
    state.draining = true;
    if (lease.server().ledger().isClean() && !cancels.areUnderWay()) {
      session.terminate(new PgError.ShuttingDown());
    }
  }

  @Override
  public boolean mayTerminate() {
    return turnEnd.mayTerminate();
  }

  @Override
  public void terminate() {
    turnEnd.terminate();
  }

  @Override
  public void leave() {
    turnEnd.leave();
  }

  /** The session has ended in disorder: if it has a connection still, nobody else gets it. */
  void abandon() {
    ServerConnection server = lease.server();
    if (server != null) {
      server.detach();
      server.destroy("its session ended in disorder");
    }
  }
}
