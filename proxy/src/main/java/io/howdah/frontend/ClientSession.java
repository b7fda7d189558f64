package io.howdah.frontend;

import io.howdah.backend.Outlet;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrameReader;
import io.howdah.wire.FrontendType;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;

/**
 * One client connection: the edge between its channel and the {@link Phase} it is in. What the
 * phases share is here; what belongs to one of them is there.
 *
 * <p>Thread: the event loop of its {@link Worker}.
 */
final class ClientSession extends ChannelInboundHandlerAdapter implements Client, FrameHandler {
  final Worker worker;
  final long id;
  private final Purpose port;
  final long connectedAtNanos;
  final long connectedAtMillis = System.currentTimeMillis();

  /** Where it has to be forgotten when it ends. */
  final Registration registration;

  private final FrameReader reader = new FrameReader(this);

  /** Keeps what fails here from everybody else. */
  final Containment containment = new Containment(this);

  private Channel channel;
  private Outlet out;
  private Phase phase;
  private ClientIdentity identity;
  private final Waits waits = new Waits();
  private boolean holdingBack;
  private boolean needsFlush;
  private long lastHeardNanos;
  private String closeReason = "client disconnected";
  private SessionState state;
  private Turns turns;

  /**
   * The client has closed its end, behind a Terminate that still waits for what was asked before
   * it: that is done, and nobody hears of it.
   */
  private boolean unheard;

  /** A Terminate waits, or the client has closed its end, since then. */
  private boolean leaving;

  private long leavingSinceNanos;

  /** Holds what is sent; mostly null. */
  private Postponement postponed;

  ClientSession(Worker worker, long id, Purpose port) {
    this.worker = worker;
    this.port = port;
    this.id = id;
    this.connectedAtNanos = worker.nanoTime();
    this.lastHeardNanos = connectedAtNanos;
    this.registration = new Registration(worker, id);
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public Loop worker() {
    return worker;
  }

  @Override
  public Purpose port() {
    return port;
  }

  /** Who the client is; null before it said so. */
  ClientIdentity identity() {
    return identity;
  }

  void identify(ClientIdentity client) {
    identity = client;
  }

  /** The login is over; {@code loggedIn} is null for a replication connection. */
  void loggedIn(SessionState loggedIn) {
    state = loggedIn;
    registration.served(identity);
  }

  /** What the session carries once it is logged in; null on the console and for replication. */
  SessionState state() {
    return state;
  }

  void turns(Turns made) {
    turns = made;
  }

  /** The turns of a session that has logged in; else null. */
  Turns turns() {
    return turns;
  }

  @Override
  public CurrentTurn turn() {
    return turns;
  }

  @Override
  public Channel channel() {
    return channel;
  }

  Phase phase() {
    return phase;
  }

  @Override
  public FrameReader reader() {
    return reader;
  }

  @Override
  public long lastHeardNanos() {
    return lastHeardNanos;
  }

  /** Enters a phase. Messages that were stopped are looked at again only by {@link #resume}. */
  void become(Phase next) {
    phase = next;
  }

  @Override
  public ByteBuf buffer() {
    return channel.alloc().buffer(256);
  }

  @Override
  public void send(ByteBuf bytes) {
    if (postponed != null) {
      postponed.add(bytes);
    } else {
      sendAhead(bytes);
    }
  }

  @Override
  public void postpone(Postponement by) {
    postponed = by;
  }

  @Override
  public void sendAhead(ByteBuf bytes) {
    needsFlush = true;
    out.write(bytes);
  }

  @Override
  public void flush() {
    if (needsFlush) {
      needsFlush = false;
      out.flush();
    }
  }

  @Override
  public boolean isClientWritable() {
    return (unheard || channel.isWritable()) && (postponed == null || !postponed.isFull());
  }

  @Override
  public void clientWritable(boolean writable) {
    phase.clientWritable(writable);
  }

  @Override
  public void cancel(Runnable over) {
    contain(() -> phase.cancel(over));
  }

  @Override
  public void sendError(PgError error) {
    worker.telemetry().errorSent(id, error.code(), error.message());
    send(ErrorFields.write(buffer(), error));
  }

  /** Sends ReadyForQuery of Howdah's own. */
  void sendReady(byte status) {
    send(BackendMessages.readyForQuery(buffer(), status));
  }

  @Override
  public void terminate(PgError error) {
    if (phase == ClosedPhase.CLOSED) {
      return;
    }
    if (phase.isWithinReply()) {
      end(error.message());
      return;
    }
    PgError lastWord = phase.lastWord(error);
    worker.telemetry().errorSent(id, lastWord.code(), lastWord.message());
    closeReason = lastWord.message();
    ByteBuf last = ErrorFields.write(buffer(), lastWord, Severity.FATAL);
    leave();
    out.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
  }

  /** Ends the session without a word, once all that was said is sent. */
  void end(String reason) {
    if (phase == ClosedPhase.CLOSED) {
      return;
    }
    closeReason = reason;
    leave();
    out.writeAndFlush(channel.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
  }

  /** Gives back whatever the session has; nothing is heard of it any more. */
  void leave() {
    if (postponed != null) {
      postponed.end();
    }
    Phase was = phase;
    phase = ClosedPhase.CLOSED;
    reader.close();
    containment.leave(was, state, turns);
    registration.end(closeReason);
    worker.left(this);
  }

  /** What it waits for. */
  Waits waits() {
    return waits;
  }

  @Override
  public Verdict stop(Wait why) {
    return stop(why, worker.nanoTime());
  }

  /** As {@link #stop(Wait)}, for what has been waited for since {@code sinceNanos}. */
  Verdict stop(Wait why, long sinceNanos) {
    waits.stopped(why, sinceNanos);
    return Verdict.STOP;
  }

  /** The reader stays stopped, now for this. */
  void waitsFor(Wait why, long sinceNanos) {
    waits.stopped(why, sinceNanos);
  }

  /** The client has to do this before it may be served, counted from when it was accepted. */
  void waitsFromTheStart(Wait.Login step) {
    waits.beside(step, connectedAtNanos);
  }

  @Override
  public void waitsBeside(Wait why) {
    waits.beside(why, worker.nanoTime());
  }

  /** Asks the client to send no more for now. */
  void holdBack(Wait why) {
    if (unheard) {
      return;
    }
    waits.held(why, worker.nanoTime());
    if (!holdingBack) {
      holdingBack = true;
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void letSend() {
    waits.held(null, 0);
    if (holdingBack) {
      holdingBack = false;
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void resume() {
    if (phase == ClosedPhase.CLOSED) {
      return;
    }
    int held = reader.heldBytes();
    try {
      letSend();
      worker.statements().forget();
      waits.resumed();
      reader.resume(channel.alloc());
      if (reader.heldBytes() == held) {
        waits.stoppedAgain();
      }
      phase.readEnd();
      flush();
    } catch (RuntimeException | Error e) {
      containment.fail(e);
    }
  }

  @Override
  public void contain(Runnable step) {
    containment.run(step);
  }

  @Override
  public void readAgain(ByteBuf messages) {
    waits.stopped(Wait.Soon.RUN_AGAIN, worker.nanoTime());
    reader.pushBack(messages, channel.alloc());
  }

  /** Some time has passed. */
  void tick(long nowNanos) {
    Duration unheardBound = worker.config().timeouts().unheard();
    if (leaving && !unheardBound.isZero() && nowNanos - leavingSinceNanos > unheardBound.toNanos()) {
      terminate(new PgError.UnheardTimeout(unheardBound));
    } else {
      phase.tick(nowNanos);
    }
    if (phase == ClosedPhase.CLOSED) {
      return;
    }
    Wait wait = waits.current();
    if (wait == null) {
      if (waits.isLost(!reader.isStopped(), nowNanos)) {
        lost("stopped without a reason");
      }
      return;
    }
    Duration bound = wait.deadline().of(worker.config().timeouts());
    if (!bound.isZero() && nowNanos - waits.sinceNanos() > bound.toNanos()) {
      PgError error = wait.overdue(bound);
      if (!phase.tellOverdue(wait, error)) {
        terminate(error);
      }
    } else if (waits.isLost(phase.isAwaited(wait.waker()), nowNanos)) {
      lost("waits for \"" + wait.text() + "\", which nobody can end");
    }
  }

  /** Howdah has lost sight of what the session waits for: it is ended rather than left hanging. */
  private void lost(String how) {
    worker
        .telemetry()
        .fault("a client session", new IllegalStateException(phase.state() + ": " + how));
    terminate(new PgError.InternalError("internal error: the session " + how));
  }

  @Override
  public void resumeSoon() {
    channel.eventLoop().execute(this::resume);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    out = new Outlet(channel);
    phase = new StartupPhase(this);
    waitsFromTheStart(Wait.Login.STARTUP);
    worker.entered(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    lastHeardNanos = worker.nanoTime();
    try {
      if (phase instanceof StartupPhase startup) {
        startup.feed(in);
      } else {
        read(in);
      }
    } catch (ProtocolException e) {
      containment.fail(e);
    }
  }

  /** Reads typed messages. */
  void read(ByteBuf in) {
    worker.statements().forget();
    if (reader.isStopped()) {
      holdBack(waits.stopped());
    }
    reader.feed(in, channel.alloc());
  }

  private void leaving() {
    if (!leaving) {
      leaving = true;
      leavingSinceNanos = worker.nanoTime();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    phase.readEnd();
    flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    phase.clientWritable(isClientWritable());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (phase != ClosedPhase.CLOSED) {
      if (reader.isStopped() && reader.holds(FrontendType.TERMINATE)) {
        unheard = true;
        leaving();
        phase.clientWritable(isClientWritable());
      } else {
        leave();
      }
    }
    out.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof java.io.IOException) {
      closeReason = cause.getMessage();
      channel.close();
    } else {
      containment.fail(cause);
    }
  }

  @Override
  public int needs(byte type, int bodyLength) {
    if (bodyLength > FrontendType.maxBodyBytes(type)) {
      throw new ProtocolException("invalid message length");
    }
    return phase.needs(type, bodyLength);
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (type == FrontendType.TERMINATE) {
      reader.passSoFar();
      phase.readEnd();
      if (!phase.mayTerminate()) {
        leaving();
        return stop(Wait.Replies.ORDER);
      }
      phase.terminate();
      return Verdict.DROP;
    }
    return phase.frame(type, bodyLength, in, start, end);
  }

  @Override
  public void pass(ByteBuf run) {
    phase.pass(run);
  }
}
