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
import io.howdah.route.Target;
import io.howdah.telemetry.PoolCounters.Figure;
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
  private final ExtendedRequests extended;
  private final BatchLookahead lookahead;
  private final RequestAccount account;
  private final StateCheck stateCheck;

  private NodePool pool;
  private ServerConnection server;

  /** A statement was sent to a replica that began a transaction, and it has not ended. */
  private boolean inReplicaTransaction;

  private boolean wrote;
  private int cancelsInFlight;

  /** All is answered, but only a part of the client's last message has been sent on. */
  private boolean awaitsFrameEnd;

  AttachedTurn(SessionState state) {
    this.state = state;
    this.session = state.session;
    this.effects = new Effects(state);
    this.extended = new ExtendedRequests(state, effects);
    this.lookahead = new BatchLookahead(state);
    this.account = new RequestAccount(session);
    this.stateCheck = new StateCheck(state, effects);
  }

  @Override
  public String state() {
    return "active";
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
    effects.begin(connection);
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
    }
    account.received(bodyLength);
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

  /** Whether the message at hand can't be sent before something else has come to its end. */
  private boolean mustWait(ReplyLedger ledger) {
    if (server.isBusy() || ledger.size() > MAX_OWED) {
      return true;
    }
    if (!ledger.isEmpty() || ledger.isBatchOpen()) {
      return false;
    }
    if (cancelsInFlight > 0) {
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
    account.requestBegun();
    state.unnamed = null;
    extended.unnamedGone();
    PgError refusal = state.refusal(facts, server.ledger().status());
    if (refusal != null) {
      extended.refuseQuery(refusal);
      return Verdict.DROP;
    }
    note(facts);
    server.suspects().sent(state.statements.lastText(), facts.reason().hidesEffects());
    server.expect(Entry.QUERY, effects.noteOf(facts));
    return Verdict.PASS;
  }

  private Verdict extendedMessage(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return switch (type) {
      case FrontendType.PARSE -> {
        account.count(Figure.CLIENT_PARSE_COUNT, 1);
        yield extended.parse(bodyLength, in, start, end);
      }
      case FrontendType.BIND -> {
        account.count(Figure.BIND_COUNT, 1);
        Verdict verdict = extended.bind(bodyLength, in, start, end);
        if (verdict != Verdict.MORE) {
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
    if (wrote || extended.wrote()) {
      wrote = false;
      server.flush();
      if (!server.isWritable()) {
        session.holdBack(true);
      }
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
  }

  @Override
  public void serverWritable(boolean writable) {
    session.holdBack(!writable);
  }

  @Override
  public void replies(ByteBuf run) {
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
    effects.command(tag, note);
  }

  @Override
  public void failed() {
    effects.failed();
  }

  @Override
  public void parameterChanged(String name, String value) {
    state.parameter(name, value);
    state.told.heard(name, value);
  }

  @Override
  public void ready(byte status) {
    account.requestEnded(status);
    if (status == 'I') {
      inReplicaTransaction = false;
      extended.transactionEnded();
    }
    effects.ready(status);
  }

  @Override
  public void settled() {
    account.settled();
    if (server.isBusy() || cancelsInFlight > 0) {
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
    if (server.ledger().isUnsure()
        && server.ledger().status() == 'I'
        && !server.ledger().isBatchOpen()) {
      ServerConnection lost = letGo();
      lost.destroy("replies can't be told apart any more");
      goIdle();
      return;
    }
    if (!server.ledger().isClean()) {
      resumeIfStopped();
      return;
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
    release();
    goIdle();
  }

  private void resumeIfStopped() {
    if (session.reader().isStopped()) {
      session.resume();
    }
  }

  private void goIdle() {
    session.become(state.idle);
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
    session.worker.leakCheck().release(pool, free);
  }

  /** Parts with the connection, whatever becomes of it. */
  private ServerConnection letGo() {
    ServerConnection was = server;
    server = null;
    account.end(was.statements().takeParses());
    was.detach();
    return was;
  }

  @Override
  public boolean isWithinReply() {
    return server != null && server.isWithinReply();
  }

  @Override
  public void lost(PgError error, boolean told) {
    boolean unknown = account.outcomeIsOpen() && pool.isPrimary();
    String node = server.identity().node().toString();
    boolean cut = server.isWithinReply();
    server = null;
    if (told) {
      session.end("server ended the session");
    } else if (cut) {
      session.end("server closed the connection within a message");
    } else {
      session.terminate(unknown ? new PgError.OutcomeUnknown(node) : error);
    }
  }

  @Override
  public void cancel() {
    ServerConnection busy = server;
    if (!account.isBusy() && busy.ledger().isEmpty()) {
      return;
    }
    cancelsInFlight++;
    session.worker.cancels().send(busy, () -> cancelled(busy));
  }

  /** The server took note of a cancel: what runs next must not be hit by it. */
  private void cancelled(ServerConnection connection) {
    cancelsInFlight--;
    if (server != connection || cancelsInFlight > 0) {
      return;
    }
    if (!connection.ledger().isEmpty() || connection.ledger().isBatchOpen()) {
      return;
    }
    connection.run(
        "",
        new Chore() {
          @Override
          public void done() {
            // settled() follows.
          }

          @Override
          public void failed(PgError error) {
            // lost() tells the client.
          }
        });
  }

  @Override
  public void tick(long nowNanos) {
    PgError overdue = account.overdue(nowNanos, server.ledger().status());
    if (overdue != null) {
      session.terminate(overdue);
    } else if (server.ledger().isClean()
        && !server.isBusy()
        && cancelsInFlight == 0
        && session.reader().isBetweenFrames()
        && stateCheck.isDueWhenIdle(nowNanos)) {
      // settled() follows.
      stateCheck.begin(server);
    }
  }

  @Override
  public void drain() {
    state.draining = true;
    if (server.ledger().isClean() && cancelsInFlight == 0) {
      session.terminate(new PgError.ShuttingDown());
    }
  }

  @Override
  public void terminate() {
    if (!server.ledger().isEmpty() && cancelsInFlight == 0) {
      ServerConnection was = letGo();
      session.worker.farewell().finish(pool, was, isIndelible());
    }
    session.end("client disconnected");
  }

  @Override
  public void leave() {
    if (server == null) {
      return;
    }
    boolean used = keepsConnection() || effects.isUncertain();
    boolean doubtful = cancelsInFlight > 0 || !session.reader().isBetweenFrames();
    ServerConnection was = letGo();
    if (isIndelible()) {
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
