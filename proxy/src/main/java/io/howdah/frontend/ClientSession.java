package io.howdah.frontend;

import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.session.ClientOutput;
import io.howdah.frontend.session.CurrentTurn;
import io.howdah.frontend.session.Loop;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waits;
import io.howdah.frontend.startup.ClientIdentity;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrameReader;
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
public final class ClientSession extends ChannelInboundHandlerAdapter implements Client {
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

  private Channel channel;
  private ClientOutput output;
  private Phase phase;
  private ClientIdentity identity;
  private long lastHeardNanos;
  private String closeReason = "client disconnected";
  private SessionState state;
  private Turns turns;

  ClientSession(Worker worker, long id, Purpose port) {
    this.worker = worker;
    this.port = port;
    this.id = id;
    this.connectedAtNanos = worker.nanoTime();
    this.lastHeardNanos = connectedAtNanos;
    this.input = new ClientInput(worker, new ClientFrames(this));
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
  public ClientOutput output() {
    return output;
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
    output.close(last);
  }

  /** Ends the session without a word, once all that was said is sent. */
  void end(String reason) {
    if (phase == ClosedPhase.CLOSED) {
      return;
    }
    closeReason = reason;
    leave();
    output.close(channel.alloc().buffer(0));
  }

  /** Gives back whatever the session has; nothing is heard of it any more. */
  void leave() {
    output.end();
    Phase was = phase;
    phase = ClosedPhase.CLOSED;
    input.reader().close();
    containment.leave(was, state, turns);
    registration.end(closeReason);
    worker.left(this);
  }

  /** What the client sends. */
  ClientInput input() {
    return input;
  }

  /** What it waits for. */
  public Waits waits() {
    return input.waits();
  }

  @Override
  public Verdict stop(Wait why) {
    return input.stop(why, worker.nanoTime());
  }

  @Override
  public void waitsBeside(Wait why) {
    waits().beside(why, worker.nanoTime());
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

  /** Some time has passed. */
  public void tick(long nowNanos) {
    WaitClock.tick(this, nowNanos);
  }

  @Override
  public void resumeSoon() {
    channel.eventLoop().execute(this::resume);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    output = new ClientOutput(channel);
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
        input.read(in);
      }
    } catch (ProtocolException e) {
      containment.fail(e);
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
      if (input.goesUnheard()) {
        output.goesUnheard();
        phase.clientWritable(isClientWritable());
      } else {
        leave();
      }
    }
    output.closed();
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
}
