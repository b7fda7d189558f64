package io.howdah.frontend;

import io.howdah.frontend.session.Wait;
import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrontendType;
import io.howdah.wire.ProtocolException;
import io.netty.buffer.ByteBuf;

/**
 * The client's messages one by one, on their way to the {@link Phase} that the session is in; only
 * Terminate is the same in all.
 *
 * <p>Thread: the session's event loop.
 */
final class ClientFrames implements FrameHandler {
  private final ClientSession session;

  ClientFrames(ClientSession session) {
    this.session = session;
  }

  @Override
  public int needs(byte type, int bodyLength) {
    if (bodyLength > FrontendType.maxBodyBytes(type)) {
      throw new ProtocolException("invalid message length");
    }
    return session.phase().needs(type, bodyLength);
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    if (type == FrontendType.TERMINATE) {
      session.input().reader().passSoFar();
      session.phase().readEnd();
      if (!session.phase().mayTerminate()) {
        session.input().leaves();
        return session.stop(Wait.Replies.ORDER);
      }
      session.phase().terminate();
      return Verdict.DROP;
    }
    return session.phase().frame(type, bodyLength, in, start, end);
  }

  @Override
  public void pass(ByteBuf run) {
    session.phase().pass(run);
  }
}
