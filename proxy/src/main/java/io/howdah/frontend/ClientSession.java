package io.howdah.frontend;

import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.wire.BackendMessages;
import io.howdah.wire.ErrorFields;
import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrameReader;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * One client connection: what its {@link Phase}s share; what belongs to one of them is there.
 * Events come by way of {@link ClientHandler}.
 *
 * <p>Thread: the event loop of its {@link Worker}.
 */
final class ClientSession implements Client {
  final Worker worker;
  final long id;
  private final Purpose port;
  final long connectedAtNanos;
  final long connectedAtMillis = System.currentTimeMillis();

  /** Where it has to be forgotten when it ends. */
  final Registration registration;

  private final FrameReader reader;

  /** Keeps what fails here from everybody else. */
  final Containment containment = new Containment(this);

  private Channel channel;
  private ClientOutput out;
  private Phase phase;
  private ClientIdentity identity;
  private final Waits waits = new Waits();
  private final WaitWatch watch = new WaitWatch(this, waits);
  private boolean holdingBack;
  private long lastHeardNanos;
  private String closeReason = "client disconnected";
  private SessionState state;
  private Turns turns;

  /**
   * @param frames takes the messages that the client sends
   */
  ClientSession(Worker worker, long id, Purpose port, FrameHandler frames) {
    this.worker = worker;
    this.port = port;
    this.id = id;
    this.reader = new FrameReader(frames);
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
  public ClientOutput out() {
    return out;
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
    out.sendLast(last);
  }

  /** Ends the session without a word, once all that was said is sent. */
  void end(String reason) {
    if (phase == ClosedPhase.CLOSED) {
      return;
    }
    closeReason = reason;
    leave();
    out.sendLast(channel.alloc().buffer(0));
  }

  /** Gives back whatever the session has; nothing is heard of it any more. */
  void leave() {
    out.end();
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
    if (out.isUnheard()) {
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
    phase.tick(nowNanos);
    if (phase != ClosedPhase.CLOSED) {
      watch.tick(nowNanos);
    }
  }

  @Override
  public void resumeSoon() {
    channel.eventLoop().execute(this::resume);
  }

  /** The client's channel is there. */
  void connected(Channel accepted) {
    channel = accepted;
    out = new ClientOutput(channel);
    phase = new StartupPhase(this);
    waitsFromTheStart(Wait.Login.STARTUP);
    worker.entered(this);
  }

  /** The client has sent something. */
  void heard() {
    lastHeardNanos = worker.nanoTime();
  }

  /** Reads typed messages. */
  void read(ByteBuf in) {
    worker.statements().forget();
    if (reader.isStopped()) {
      holdBack(waits.stopped());
    }
    reader.feed(in, channel.alloc());
  }

  /** The client's channel can't be used any more. */
  void broken(String reason) {
    closeReason = reason;
    channel.close();
  }

  /** The client's channel is closed. */
  void disconnected() {
    if (phase != ClosedPhase.CLOSED) {
      if (reader.isStopped() && reader.holds(FrontendType.TERMINATE)) {
        out.nobodyListens();
        phase.clientWritable(isClientWritable());
      } else {
        leave();
      }
    }
    out.close();
  }
}
