package io.howdah.frontend;

import io.howdah.error.PgError;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.routing.BatchLookahead;
import io.howdah.frontend.session.Deadline;
import io.howdah.frontend.session.SessionState;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waker;
import io.howdah.route.fact.Target;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import java.time.Duration;

/**
 * The session has no server connection and needs none. The first message of a request decides where
 * it goes and gets a connection, at once or after a wait; then the message is looked at again, by
 * the next turn.
 */
public final class IdleTurn implements Turn {
  private final SessionState state;
  private final ClientSession session;
  private final SessionChannels channels;
  private final BatchLookahead lookahead;

  IdleTurn(ClientSession session, SessionState state, SessionChannels channels) {
    this.state = state;
    this.session = session;
    this.channels = channels;
    this.lookahead = new BatchLookahead(state);
  }

  @Override
  public String state() {
    return "idle";
  }

  @Override
  public int needs(byte type, int bodyLength) {
    return state.statements.needs(type, bodyLength);
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (ServerlessMessages.answer(session, type, bodyLength, 'I')) {
      return Verdict.DROP;
    }
    Target target = lookahead.target(type, bodyLength, in, start, end);
    if (target == null) {
      return Verdict.MORE;
    }
    if (type == FrontendType.QUERY && session.turns().begun().hold(target, bodyLength, in, start)) {
      return Verdict.DROP;
    }
    WaitingTurn waiting = session.turns().waiting();
    return waiting.seek(target)
        ? session.turns().attached().begin(type, bodyLength, in, start, end)
        : waiting.stop();
  }

  @Override
  public boolean isAwaited(Waker waker) {
    return waker == Waker.LISTENER && channels.areAwaited();
  }

  @Override
  public boolean tellOverdue(Wait wait, PgError error) {
    return channels.refuse(error);
  }

  @Override
  public void cancel(Runnable over) {
    // Where nothing runs, nothing happens, as in PostgreSQL.
    channels.cancel();
    over.run();
  }

  @Override
  public void clientWritable(boolean writable) {
    if (writable) {
      channels.sayIfQuiet();
    }
  }

  @Override
  public void drain() {
    session.terminate(new PgError.ShuttingDown());
  }

  @Override
  public void tick(long nowNanos) {
    endIdle(session, nowNanos);
  }

  /** Ends a session whose client could say something, and has said nothing for too long. */
  static void endIdle(ClientSession session, long nowNanos) {
    Duration bound = session.worker.config().timeouts().clientIdle();
    if (!session.reader().isStopped()
        && Deadline.isPassed(bound, nowNanos - session.lastHeardNanos())) {
      session.terminate(new PgError.ClientIdleTimeout(bound));
    }
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
