package io.howdah.frontend;

import io.howdah.backend.transport.Outlet;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.error.PgError;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.CurrentTurn;
import io.howdah.frontend.session.Loop;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waits;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrameReader;
import io.howdah.wire.FrontendType;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * One client connection: the edge between its channel and the {@link Phase} it is in. What the
 * phases share is here; what belongs to one of them is there.
 *
 * <p>Thread: the event loop of its {@link Worker}.
 */
public final class ClientSession extends ChannelInboundHandlerAdapter
    implements Client, FrameHandler {
  final Worker worker;
  final long id;
  private final Purpose port;
  final long connectedAtNanos;
  final long connectedAtMillis = System.currentTimeMillis();

  /** Where it has to be forgotten when it ends. */
  final Registration registration;

  private final ClientInput input;

  /** Keeps what fails here from everybody else. */
  final Containment containment = new Containment(this);

  private final SessionEnd end = new SessionEnd(this);

  private Channel channel;
  private Outlet out;
  private Phase phase;
  private ClientIdentity identity;
  private long lastHeardNanos;
  private SessionState state;
  private Turns turns;

  ClientSession(Worker worker, long id, Purpose port) {
    this.worker = worker;
    this.port = port;
    this.id = id;
    this.connectedAtNanos = worker.nanoTime();
    this.lastHeardNanos = connectedAtNanos;
    this.input = new ClientInput(worker, this);
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

  public void identify(ClientIdentity client) {
    identity = client;
  }

  /** The login is over; {@code loggedIn} is null for a replication connection. */
  public void loggedIn(SessionState loggedIn) {
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
  public Turns turns() {
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

  public Phase phase() {
    return phase;
  }

  @Override
  public FrameReader reader() {
    return input.reader();
  }

  @Override
  public long lastHeardNanos() {
    return lastHeardNanos;
  }

  /** Enters a phase. Messages that were stopped are looked at again only by {@link #resume}. */
  public void become(Phase next) {
    phase = next;
  }

  @Override
  public ByteBuf buffer() {
    return channel.alloc().buffer(256);
  }

  @Override
  public Outlet output() {
    return out;
  }

  @Override
  public void send(ByteBuf bytes) {
    out.write(bytes);
  }

  @Override
  public void flush() {
    out.flush();
  }

  @Override
  public boolean isClientWritable() {
    return (input.isUnheard() || channel.isWritable()) && !out.isFull();
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
    worker.telemetry().errorSent(id, error.code(), error.messageForLogs());
    send(ErrorFields.write(buffer(), error));
  }

  @Override
  public void terminate(PgError error) {
    end.terminate(error);
  }

  /** Ends the session without a word, once all that was said is sent. */
  void end(String reason) {
    end.quietly(reason);
  }

  /** Some time has passed. */
  public void tick(long nowNanos) {
    WaitClock.tick(this, nowNanos);
  }

  /** What the client sends. */
  ClientInput input() {
    return input;
  }

  public Waits waits() {
    return input.waits();
  }

  @Override
  public Verdict stop(Wait why) {
    return input.stop(why, worker.nanoTime());
  }

  @Override
  public void waitsBeside(Wait why) {
    if (why != null || waits().isBeside()) {
      waits().beside(why, worker.nanoTime());
    }
  }

  @Override
  public void letSend() {
    input.letSend();
  }

  @Override
  public void resume() {
    if (phase == ClosedPhase.CLOSED) {
      return;
    }
    try {
      input.resume();
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
    input.readAgain(messages);
  }

  @Override
  public void resumeSoon() {
    channel.eventLoop().execute(this::resume);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    out = new Outlet(channel);
    input.begin(channel);
    phase = new StartupPhase(this);
    waits().beside(Wait.Login.STARTUP, connectedAtNanos);
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

  /** Takes what the client has sent; owns it. */
  void read(ByteBuf in) {
    input.comes();
    reader().feed(in, channel.alloc());
  }

  @Override
  public int needs(byte type, int bodyLength) {
    if (bodyLength > FrontendType.maxBodyBytes(type)) {
      throw new ProtocolException("invalid message length");
    }
    return phase.needs(type, bodyLength);
  }

  /** A message of the client's; only Terminate is the same in all phases. */
  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return type == FrontendType.TERMINATE
        ? saysTerminate()
        : phase.frame(type, bodyLength, in, start, end);
  }

  private Verdict saysTerminate() {
    reader().passSoFar();
    phase.readEnd();
    if (!phase.mayTerminate()) {
      input.leaves();
      return stop(Wait.Replies.ORDER);
    }
    phase.terminate();
    return Verdict.DROP;
  }

  @Override
  public void pass(ByteBuf run) {
    phase.pass(run);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    phase.readEnd();
    flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    input.clientWritable();
    phase.clientWritable(isClientWritable());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (phase != ClosedPhase.CLOSED) {
      if (input.goesUnheard()) {
        phase.clientWritable(isClientWritable());
      } else {
        end.now();
      }
    }
    out.closed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof java.io.IOException) {
      end.isToldBy(cause.getMessage());
      channel.close();
    } else {
      containment.fail(cause);
    }
  }

  /** How it ends. */
  SessionEnd end() {
    return end;
  }
}
