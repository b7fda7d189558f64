package io.howdah.frontend;

import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.howdah.frontend.listen.SessionChannels;
import io.howdah.frontend.session.SessionState;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;

/**
 * A request got no server connection: its messages are answered with an error as the server would
 * have done, up to the end of the request; the session goes on.
 */
final class RefusedTurn implements Turn {
  private final SessionState state;
  private final ClientSession session;
  private final SessionChannels channels;
  private PgError error;

  RefusedTurn(ClientSession session, SessionState state, SessionChannels channels) {
    this.state = state;
    this.session = session;
    this.channels = channels;
  }

  /** Refuses the request whose messages are stopped, or ends the session if the error says so. */
  void refuse(PgError why) {
    // A transaction that the client was told has begun can't be had: nothing else would be
    // believed.
    if (why.severity() == Severity.FATAL || session.turns().begun().isHeld()) {
      session.terminate(why);
      return;
    }
    channels.forget();
    error = why;
    session.become(this);
    session.resume();
  }

  @Override
  public String state() {
    return "idle";
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (error != null) {
      session.sendError(error);
      error = null;
      if (type == FrontendType.QUERY
          || type == FrontendType.FUNCTION_CALL
          || type == FrontendType.SYNC) {
        over();
      }
    } else if (type == FrontendType.SYNC) {
      over();
    }
    return Verdict.DROP;
  }

  private void over() {
    ServerlessMessages.ready(session, 'I');
    if (state.draining) {
      session.terminate(new PgError.ShuttingDown());
    } else {
      session.become(session.turns().idle());
      channels.sayIfQuiet();
    }
  }

  @Override
  public void drain() {
    state.draining = true;
    if (error == null) {
      session.terminate(new PgError.ShuttingDown());
    }
  }

  @Override
  public void tick(long nowNanos) {
    IdleTurn.endIdle(session, nowNanos);
  }

  @Override
  public void terminate() {
    session.end("client disconnected");
  }
}
