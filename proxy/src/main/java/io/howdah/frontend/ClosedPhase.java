package io.howdah.frontend;

import io.howdah.wire.FrameHandler.Verdict;
import io.netty.buffer.ByteBuf;

/** The session has ended; what may still come in is dropped. */
public enum ClosedPhase implements Phase {
  CLOSED;

  @Override
  public String state() {
    return "closed";
  }

  @Override
  public Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end) {
    return Verdict.DROP;
  }

  @Override
  public void terminate() {
    // It is over already.
  }
}
