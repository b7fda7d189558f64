package io.howdah.frontend;

import io.howdah.backend.Chore;
import io.howdah.backend.CommandTag;
import io.howdah.backend.NodePool;
import io.howdah.backend.ReplyLedger;
import io.howdah.backend.ReplyLedger.Entry;
import io.howdah.backend.ServerConnection;
import io.howdah.backend.SessionLink;
import io.howdah.config.PoolMode;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.route.Facts;
import io.howdah.route.Kind;
import io.howdah.route.Reason;
import io.howdah.route.Target;
import io.howdah.telemetry.PoolCounters.Figure;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;

/**
 * The session has a server connection: what the client sends goes to it, noted in its ledger, and
 * what it answers goes to the client. Where a transaction ends and nothing is owed, the connection
 * goes back to its pool.
 */
final class AttachedTurn implements Turn, SessionLink {
  /** With more requests than this on their way the client is not read any further. */
  private static final int MAX_OWED = 4096;

  private final SessionState state;
  private final ClientSession session;
  private final Effects effects;
  private final StatementNames names;
  private final ExtendedRequests extended;
  private final BatchLookahead lookahead;
  private final RequestAccount account;
  private final Replay replay;
  private final StateCheck stateCheck;
  private final SequenceValues sequences;

  private NodePool pool;
  private ServerConnection server;

  /** A statement was sent to a replica that began a transaction, and it has not ended. */
  private boolean inReplicaTransaction;

  private boolean wrote;
  private final CancelRequests cancels;

  /** All is answered, but only a part of the client's last message has been sent on. */
  private boolean awaitsFrameEnd;

  AttachedTurn(SessionState state) {
    this.state = state;
    this.session = state.session;
    this.effects = new Effects(state);
    this.names = new StatementNames(state, effects);
    this.lookahead = new BatchLookahead(state);
    this.account = new RequestAccount(session);
    this.replay = new Replay(state, account, effects);
    this.sequences = new SequenceValues(state);
    this.extended = new ExtendedRequests(state, effects, names, replay, sequences);
    this.cancels = new CancelRequests(session, account);
    this.stateCheck = new StateCheck(state, effects);
  }

  @Override
  public String state() {
    return "active";
  }

  /** What may run a request of this session's again. */
  Replay replay() {
    return replay;
  }

  /** The connection, or null when this is not the session's phase. */
  ServerConnection server() {
    return server;
  }

  /** Whether a request is under way. */
  boolean isBusy() {
    return account.isBusy();
  }

  /** Takes a connection that has the session's settings. */
  void begin(NodePool from, ServerConnection connection) {
    pool = from;
    server = connection;
    inReplicaTransaction = false;
    awaitsFrameEnd = false;
    account.begin(from.counters());
    cancels.serverIs(connection);
    if (state.listening != null) {
      state.listening.begin();
    }
    replay.next().begun();
    effects.begin(connection);
    names.begin(connection);
    sequences.begin(from, connection);
    extended.begin(connection);
    connection.attach(this);
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
    ReplyLedger ledger = server.ledger();
    if (mustWait(ledger)) {
      return Verdict.STOP;
    }
    if (!pool.isPrimary() && !ledger.isBatchOpen() && !staysOnReplica(ledger)) {
      Target wanted = lookahead.target(type, bodyLength, in, start, end);
      if (wanted == null || wanted == Target.PRIMARY) {
        return wanted == null ? Verdict.MORE : Verdict.STOP;
      }
      if (!ledger.isEmpty() && !state.writes.allowJoining()) {
        return Verdict.STOP;
      }
    }
    if (replay.isOpen()) {
      if (!replay.sending(type, bodyLength, in, start, end)) {
        return Verdict.STOP;
      }
    } else if ((type != FrontendType.QUERY || !pool.isPrimary()) && beginsRequest(ledger)) {
      replay.open(pool, server, type, bodyLength, in, start, end);
    }
    Verdict verdict = send(type, bodyLength, in, start, end);
    if (verdict == Verdict.PASS || verdict == Verdict.DROP) {
      account.received(bodyLength);
    }
    return verdict;
  }

  private Verdict send(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return switch (type) {
      case FrontendType.QUERY -> query(bodyLength, in, start);
      case FrontendType.SYNC -> {
        account.requestBegun();
        server.expect(Entry.SYNC, null);
        yield Verdict.PASS;
      }
      case FrontendType.FUNCTION_CALL -> {
        account.requestBegun();
        account.commitSent();
        state.writes.sendingCall();
        sequences.wrote();
        server.expect(Entry.FUNCTION_CALL, null);
        yield Verdict.PASS;
      }
      case FrontendType.COPY_DATA, FrontendType.FLUSH -> Verdict.PASS;
      case FrontendType.COPY_DONE, FrontendType.COPY_FAIL -> {
        server.expect(Entry.COPY_END, null);
        yield Verdict.PASS;
      }
      case FrontendType.PASSWORD -> throw new ProtocolException("unexpected password message");
      default -> extendedMessage(type, bodyLength, in, start, end);
    };
  }

  /** Whether a message now is the first of a request outside a transaction. */
  private boolean beginsRequest(ReplyLedger ledger) {
    return ledger.isEmpty()
        && ledger.status() == 'I'
        && !ledger.isBatchOpen()
        && (pool.isPrimary() || !keepsConnection());
  }

  /** Whether the message at hand can't be sent before something else has come to its end. */
  private boolean mustWait(ReplyLedger ledger) {
    if (server.isBusy() || ledger.size() > MAX_OWED) {
      return true;
    }
    if (!ledger.isEmpty() || ledger.isBatchOpen()) {
      return false;
    }
    if (cancels.areUnderWay()) {
      return true;
    }
    if (effects.isBehind(ledger.status())) {
      bringSettings();
      return true;
    }
    return false;
  }

  private boolean keepsConnection() {
    return state.keepsConnection() || extended.holdsUnnamedHere();
  }

  private boolean staysOnReplica(ReplyLedger ledger) {
    return inReplicaTransaction || ledger.status() != 'I' || keepsConnection();
  }

  private Verdict query(int bodyLength, ByteBuf in, int start) {
    Facts facts = state.statements.query(in, start + 5, bodyLength, state.reading());
    PgError refusal = state.refusal(facts, server.ledger().status());
    if (refusal != null) {
      queryBegins(StatementFinder.NOTHING);
      extended.refuseQuery(refusal);
      return Verdict.DROP;
    }
    Verdict held = facts.effects().isEmpty() ? null : listenFirst(facts, true);
    if (held != null) {
      return held;
    }
    if (!facts.effects().isEmpty() && goesElsewhere(facts)) {
      return Verdict.STOP;
    }
    if (names.concerns(facts)) {
      return queryOfNames(facts);
    }
    wrote |= sequences.before(facts);
    queryBegins(facts);
    server.expect(Entry.QUERY, effects.noteOf(facts));
    return Verdict.PASS;
  }

  private void queryBegins(Facts facts) {
    account.requestBegun();
    note(facts);
    server.suspects().sent(state.statements.lastText(), facts.reason().hidesEffects());
    state.unnamed.gone();
    extended.unnamedGone();
  }

  private Verdict queryOfNames(Facts facts) {
    if (names.mustSettle()) {
      return Verdict.STOP;
    }
    PgError refusal = names.refusal(facts);
    if (refusal != null) {
      account.requestBegun();
      extended.refuseQuery(refusal);
      return Verdict.DROP;
    }
    wrote |= sequences.before(facts);
    names.alignQuery(facts);
    queryBegins(facts);
    server.expect(Entry.QUERY, names.noteOf(facts));
    return Verdict.PASS;
  }

  /**
   * A LISTEN is sent only once the shared connection listens too: null when the statement may be
   * sent. A session that has nothing else to do with its server connection does not keep it
   * meanwhile.
   */
  Verdict listenFirst(Facts facts, boolean simple) {
    return switch (ListenGate.ask(state, facts, account.owed())) {
      case SEND -> null;
      case WAIT -> {
        if (server.ledger().isClean() && !keepsConnection()) {
          release();
          session.become(state.idle);
        }
        yield Verdict.STOP;
      }
      case REFUSE -> {
        refuse(state.listenGate.refusal(), simple);
        yield Verdict.DROP;
      }
    };
  }

  /**
   * Whether a request goes to the connection where the session's sequence values are: it has that
   * now, and the request's first message is to be looked at again.
   */
  boolean goesElsewhere(Facts facts) {
    if (state.listening != null && wantsChannels(facts)) {
      return true;
    }
    if (!server.ledger().isClean() || keepsConnection() || server.isBusy()) {
      return false;
    }
    ServerConnection better = sequences.better(facts);
    if (better == null) {
      return false;
    }
    release();
    begin(sequences.wroteIn(), better);
    session.resumeSoon();
    return true;
  }

  private boolean wantsChannels(Facts facts) {
    if (!server.ledger().isClean()
        || !state.listening.here().areWanted(facts, server, session::resume)) {
      return false;
    }
    replay.drop();
    return true;
  }

  private void refuse(PgError error, boolean simple) {
    session.reader().passSoFar();
    wrote = true;
    server.refuse(() -> session.sendError(error));
    if (simple) {
      account.requestBegun();
      server.write(session.channel().alloc().buffer(5).writeByte(FrontendType.SYNC).writeInt(4));
      server.expect(Entry.SYNC, null);
    }
  }

  private Verdict extendedMessage(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return switch (type) {
      case FrontendType.PARSE -> {
        Verdict verdict = extended.parse(bodyLength, in, start, end);
        if (verdict != Verdict.STOP) {
          account.countMessage(Figure.CLIENT_PARSE_COUNT);
        }
        yield verdict;
      }
      case FrontendType.BIND -> {
        Verdict verdict = extended.bind(bodyLength, in, start, end);
        if (verdict == Verdict.PASS || verdict == Verdict.DROP) {
          account.countMessage(Figure.BIND_COUNT);
          note(extended.lastBound());
        }
        yield verdict;
      }
      case FrontendType.DESCRIBE -> extended.describe(bodyLength, in, start);
      case FrontendType.EXECUTE -> extended.execute(bodyLength, in, start);
      default -> extended.close(bodyLength, in, start);
    };
  }

  /** Remembers what a statement that is being sent may do. */
  private void note(Facts facts) {
    replay.running(facts);
    state.writes.sending(facts);
    state.context.sent(facts);
    if (facts.reason() == Reason.PROCEDURE) {
      effects.codeSent();
    }
    Kind kind = facts.kind();
    if (kind == Kind.BEGIN_READ_ONLY) {
      inReplicaTransaction = !pool.isPrimary();
    } else if (kind == Kind.TRANSACTION_CONTROL
        || server.ledger().status() == 'I' && (kind == Kind.WRITE || kind == Kind.UNKNOWN)) {
      account.commitSent();
    }
  }

  private void bringSettings() {
    ServerConnection connection = server;
    connection.bring(
        effects.wanted(),
        effects.applied(),
        new Chore() {
          @Override
          public void done() {
            if (server == connection) {
              effects.caughtUp();
              state.told.catchUp(connection);
              session.resumeSoon();
            }
          }

          @Override
          public void failed(PgError error) {
            // The connection is closed; lost() tells the client.
          }
        });
  }

  @Override
  public void pass(ByteBuf run) {
    wrote = true;
    server.write(run);
  }

  @Override
  public void readEnd() {
    if (wrote | extended.wrote() | names.wrote()) {
      wrote = false;
      server.flush();
      if (!server.isWritable()) {
        session.holdBack(true);
      }
      cancels.requestSent();
    }
    if (awaitsFrameEnd && session.reader().isBetweenFrames()) {
      awaitsFrameEnd = false;
      if (server.ledger().isEmpty()) {
        settled();
      }
    }
  }

  @Override
  public void clientWritable(boolean writable) {
    server.channel().config().setAutoRead(writable);
    if (writable && state.listening != null) {
      state.listening.sayIfQuiet();
    }
  }

  /** Whether the client is between two requests and in no transaction. */
  boolean isQuiet() {
    return server != null && server.ledger().isClean() && !server.isWithinReply();
  }

  @Override
  public boolean hears(String channel) {
    return state.poolMode == PoolMode.SESSION
        || (state.hearsItself() && (state.listening == null || !state.listening.has(channel)));
  }

  @Override
  public void serverWritable(boolean writable) {
    session.holdBack(!writable);
  }

  @Override
  public void replies(ByteBuf run) {
    if (replay.holds()) {
      replay.hold(run);
    } else {
      tell(run);
    }
  }

  @Override
  public void answering() {
    replay.answering();
  }

  /** Gives the client what the server said. */
  void tell(ByteBuf run) {
    account.count(Figure.SENT_BYTES, run.readableBytes());
    session.send(run);
  }

  @Override
  public void repliesEnd() {
    session.flush();
    if (session.reader().isStopped()
        && server != null
        && !server.ledger().isEmpty()
        && server.ledger().size() < MAX_OWED / 2) {
      session.resume();
    }
  }

  @Override
  public void stateCommand(CommandTag tag, ReplyLedger.Note note) {
    state.context.completed(tag);
    effects.command(tag, note);
    names.command(tag, note);
  }

  @Override
  public void refused(ErrorFields error, Entry at, ReplyLedger.Note note) {
    replay.refused(error, !pool.isPrimary(), at, note);
  }

  @Override
  public void failed() {
    state.context.failed();
    if (!replay.isHealing()) {
      effects.failed();
    }
  }

  @Override
  public void ownFailed(ByteBuf error) {
    names.ownFailed(error);
  }

  @Override
  public ByteBuf errorInstead(ByteBuf error) {
    return names.errorInstead(error);
  }

  @Override
  public void parameterChanged(String name, String value) {
    state.parameter(name, value);
    state.told.heard(name, value);
  }

  @Override
  public void ready(byte status) {
    if (replay.ready(status)) {
      return;
    }
    account.requestEnded(status);
    state.writes.ready(status, account.owed());
    if (status == 'I') {
      inReplicaTransaction = false;
      extended.transactionEnded();
    }
    state.context.ready(status, !server.ledger().isEmpty() || server.ledger().isBatchOpen());
    names.ready();
    sequences.ready(status);
    effects.ready(status);
    if (state.listening != null) {
      state.listening.ready(status, account.owed(), server);
    }
  }

  @Override
  public boolean isLeaving() {
    return server.ledger().isClean() && !keepsConnection() && !account.isBusy();
  }

  @Override
  public void settled() {
    if (replay.isVoid()) {
      runAgain();
      return;
    }
    account.settled();
    if (server.isBusy() || cancels.areUnderWay()) {
      return;
    }
    awaitsFrameEnd = !session.reader().isBetweenFrames();
    if (awaitsFrameEnd) {
      // As of a CopyData behind a COPY that failed: the server would take the next session's bytes
      // for its rest.
      return;
    }
    if (state.poolMode == PoolMode.STATEMENT && server.ledger().status() != 'I') {
      refuseTransaction();
      return;
    }
    if ((server.ledger().isUnsure() || cancels.leaveDoubt() && !keepsConnection())
        && server.ledger().status() == 'I'
        && !server.ledger().isBatchOpen()) {
      endDoubt();
      return;
    }
    if (!server.ledger().isClean()) {
      resumeIfStopped();
      return;
    }
    if (state.listening != null) {
      state.listening.settled();
    }
    if (state.draining) {
      session.terminate(new PgError.ShuttingDown());
      return;
    }
    if (stateCheck.isDue()) {
      // settled() follows once more.
      stateCheck.begin(server);
      return;
    }
    if (keepsConnection()) {
      if (state.refusesPins() && state.pinning.isPinned()) {
        session.terminate(new PgError.PinRefused(Severity.FATAL, state.pinning.text()));
      } else {
        resumeIfStopped();
      }
      return;
    }
    boolean heldBackIsCancelled = cancels.takeHeldBack();
    release();
    if (heldBackIsCancelled) {
      state.refused.refuse(new PgError.QueryCanceled());
    } else {
      goIdle();
    }
  }

  /** What the server will still answer can't be told. */
  private void endDoubt() {
    boolean cancelled = cancels.leaveDoubt() && !keepsConnection();
    if (!cancelled && server.ledger().canBecomeSure()) {
      // settled() follows once more.
      server.becomeSure(
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
    boolean keptState = keepsConnection();
    String what = "replies can't be told apart any more";
    ServerConnection lost = letGo();
    lost.destroy(what);
    if (keptState) {
      // What the session had made there is gone with it.
      session.terminate(new PgError.ServerConnectionLost(lost.identity().node().toString(), what));
    } else {
      goIdle();
    }
  }

  /** The answer was held back whole, and the request is sent once more. */
  private void runAgain() {
    NodePool from = pool;
    boolean here = replay.staysHere();
    replay.rewind();
    if (here) {
      extended.transactionEnded();
      session.resume();
      return;
    }
    ServerConnection free = letGo();
    if (free.isReusable()) {
      session.worker.leakCheck().release(from, free);
    } else {
      free.destroy("not clean after a request that is run again");
    }
    goIdle();
  }

  private void resumeIfStopped() {
    if (session.reader().isStopped()) {
      session.resume();
    }
  }

  private void goIdle() {
    session.become(state.idle);
    if (state.listening != null) {
      state.listening.sayIfQuiet();
    }
    resumeIfStopped();
  }

  private void refuseTransaction() {
    session.terminate(
        new PgError.NotSupported(
            Severity.FATAL,
            "transaction blocks not allowed in statement pooling mode",
            "Use pool-mode transaction for this database or user."));
  }

  private void release() {
    ServerConnection free = letGo();
    if (free.isClosing()) {
      free.destroy("the server ended it behind its last answer");
      return;
    }
    if (listenedHere()) {
      session.worker.farewell().unlisten(pool, free);
    } else {
      session.worker.leakCheck().release(pool, free);
    }
  }

  private boolean listenedHere() {
    return state.listening != null && state.listening.isUsedHere();
  }

  /** Parts with the connection, whatever becomes of it. */
  private ServerConnection letGo() {
    ServerConnection was = server;
    replay.drop();
    server = null;
    cancels.serverIs(null);
    account.end(was.statements().takeParses());
    was.detach();
    return was;
  }

  @Override
  public boolean isWithinReply() {
    return server != null && server.isWithinReply() && !replay.holds();
  }

  @Override
  public void lost(PgError error, boolean told) {
    if (replay.survives(error)) {
      replay.rewind();
      account.end(server.statements().takeParses());
      server = null;
      session.become(state.idle);
      session.resumeSoon();
      return;
    }
    replay.giveUp();
    state.context.lost();
    boolean unknown = account.outcomeIsOpen() && pool.isPrimary();
    String node = server.identity().node().toString();
    boolean cut = server.isWithinReply();
    server = null;
    cancels.serverIs(null);
    if (told) {
      session.end("server ended the session");
    } else if (cut) {
      session.end("server closed the connection within a message");
    } else {
      session.terminate(unknown ? new PgError.OutcomeUnknown(node) : error);
    }
  }

  @Override
  public void cancel(Runnable over) {
    if (state.listening != null && state.listenGate.cancel()) {
      over.run();
    } else {
      replay.giveUp();
      session.flush();
      cancels.ask(over);
    }
  }

  @Override
  public void tick(long nowNanos) {
    replay.tick(nowNanos);
    PgError overdue = account.overdue(nowNanos, server.ledger().status());
    if (overdue != null) {
      session.terminate(overdue);
    } else if (server.ledger().isClean()
        && !server.isBusy()
        && !cancels.areUnderWay()
        && session.reader().isBetweenFrames()
        && stateCheck.isDueWhenIdle(nowNanos)) {
      // settled() follows.
      stateCheck.begin(server);
    }
  }

  @Override
  public void drain() {
    state.draining = true;
    if (server.ledger().isClean() && !cancels.areUnderWay()) {
      session.terminate(new PgError.ShuttingDown());
    }
  }

  @Override
  public void terminate() {
    if (!server.ledger().isEmpty() && !cancels.leaveDoubt()) {
      ServerConnection was = letGo();
      session.worker.farewell().finish(pool, was, isIndelible(), state.pools::catalogChanged);
    }
    session.end("client disconnected");
  }

  @Override
  public void leave() {
    if (server == null) {
      return;
    }
    boolean used = keepsConnection() || listenedHere() || effects.isUncertain();
    boolean doubtful = cancels.leaveDoubt() || !session.reader().isBetweenFrames();
    state.context.lost();
    boolean asking = stateCheck.isUnderWay(server);
    ServerConnection was = letGo();
    if (asking && !doubtful) {
      session.worker.farewell().finish(pool, was, isIndelible(), state.pools::catalogChanged);
    } else if (isIndelible()) {
      session.worker.farewell().destroy(was);
    } else {
      session.worker.farewell().part(pool, was, used, doubtful);
    }
  }

  /** Whether no reset makes the connection fit for another session. */
  private boolean isIndelible() {
    return state.pinning.isIndelible() || state.refusesPins() && state.pinning.isPinned();
  }
}
