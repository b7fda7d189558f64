package io.howdah.frontend;

import io.howdah.backend.Outlet;
import io.howdah.backend.ServerConnection;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.telemetry.Telemetry;
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
  private Channel channel;
  private Outlet out;
  private Phase phase;
  private ClientIdentity identity;
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
    worker.telemetry().errorSent(id, error.code(), error.message());
    closeReason = error.message();
    ByteBuf last = ErrorFields.write(buffer(), error, Severity.FATAL);
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

  private void leave() {
    if (postponed != null) {
      postponed.end();
    }
    Phase was = phase;
    phase = ClosedPhase.CLOSED;
    reader.close();
    Telemetry telemetry = worker.telemetry();
    if (!telemetry.contain("the end of a client session", was::leave) && turns != null) {
      // Whatever it did not come to.
      turns.attached().abandon();
    }
    if (state != null) {
      telemetry.contain("the end of a client session", state::end);
      telemetry.contain("the end of a client session", turns::end);
    }
    registration.end(closeReason);
    worker.left(this);
  }

  /** Asks the client to send no more for now, or lets it. */
  void holdBack(boolean hold) {
    if (holdingBack != hold && !unheard) {
      holdingBack = hold;
      channel.config().setAutoRead(!hold);
    }
  }

  @Override
  public void resume() {
    if (phase == ClosedPhase.CLOSED) {
      return;
    }
    try {
      holdBack(false);
      worker.statements().forget();
      reader.resume(channel.alloc());
      phase.readEnd();
      flush();
    } catch (ProtocolException e) {
      terminate(new PgError.ProtocolViolation(e.getMessage()));
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  @Override
  public void contain(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  /**
   * The same where the session is given a connection: if it fails, nobody else gets that one, as
   * nobody can tell what became of it.
   */
  void contain(ServerConnection connection, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error e) {
      fail(e);
      connection.destroy("a fault of Howdah: " + e);
    }
  }

  /** Howdah's own code failed over this session, which ends. */
  void fail(Throwable cause) {
    Telemetry telemetry = worker.telemetry();
    telemetry.fault("a client session", cause);
    telemetry.contain(
        "the end of a client session",
        () ->
            terminate(
                new PgError.InternalError("internal error: " + cause.getClass().getSimpleName())));
    if (phase != ClosedPhase.CLOSED) {
      telemetry.contain("the end of a client session", this::leave);
    }
    channel.close();
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
      terminate(new PgError.ProtocolViolation(e.getMessage()));
    }
  }

  /** Reads typed messages. */
  void read(ByteBuf in) {
    worker.statements().forget();
    if (reader.isStopped()) {
      holdBack(true);
    }
    reader.feed(in, channel.alloc());
  }

  private void leaving() {
    if (!leaving) {
      leaving = true;
      leavingSinceNanos = worker.nanoTime();
    }
  }

  /** Some time has passed. */
  void tick(long nowNanos) {
    Duration bound = worker.config().timeouts().unheard();
    if (leaving && !bound.isZero() && nowNanos - leavingSinceNanos > bound.toNanos()) {
      terminate(new PgError.UnheardTimeout(bound));
    } else {
      phase.tick(nowNanos);
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
      fail(cause);
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
        return Verdict.STOP;
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
