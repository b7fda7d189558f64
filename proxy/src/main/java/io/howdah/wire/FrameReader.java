package io.howdah.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Cuts a stream of typed messages into frames that must be understood and runs of bytes that may
 * pass on. Neighbouring frames that pass travel as one slice of the buffer they were read into; of
 * a frame whose header is enough to decide, the body passes (or is dropped) as it comes, so a row
 * of 1 GB never needs a buffer of 1 GB. Only what must be understood and is cut by the end of a
 * buffer is copied.
 *
 * <p>Thread: one event loop. Not reentrant: a handler that is asked must not feed.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-overview.html">PostgreSQL, section
 *     54.1</a>
 */
public final class FrameReader {
  private static final int TAKE_ALL = Integer.MAX_VALUE;

  private final FrameHandler handler;

  /** The start of a frame that is cut, or everything behind a STOP; null when there is neither. */
  private ByteBuf held;

  /** How many bytes {@link #held} must have before the handler can be asked. */
  private int wanted;

  private boolean stopped;
  private boolean closed;

  /** Whether what is walked is what was held: what is left of it is held again uncopied. */
  private boolean walkingHeld;

  /** Bytes of the frame at hand that are still to come, and whether they pass. */
  private long bodyLeft;

  private boolean bodyPasses;

  /** The buffer being walked, the frame at hand, and where the run that passes begins. */
  private ByteBuf walking;

  private int at;
  private int runStart;

  public FrameReader(FrameHandler handler) {
    this.handler = handler;
  }

  /** Whether a STOP is in force. */
  public boolean isStopped() {
    return stopped;
  }

  /** Bytes that are kept back. */
  public int heldBytes() {
    return held == null ? 0 : held.readableBytes();
  }

  /** Whether a whole message of this type is kept back by a STOP. */
  public boolean holds(byte type) {
    if (!stopped || held == null) {
      return false;
    }
    long frame = held.readerIndex();
    while (frame + Protocol.HEADER_BYTES <= held.writerIndex()) {
      int length = held.getInt((int) frame + 1);
      long next = frame + 1 + length;
      if (length < 4 || next > held.writerIndex()) {
        return false;
      }
      if (held.getByte((int) frame) == type) {
        return true;
      }
      frame = next;
    }
    return false;
  }

  /**
   * Takes the next bytes of the stream.
   *
   * @param in owned by the reader from here on
   * @throws ProtocolException when the stream can't be read any further; what is held was released
   */
  public void feed(ByteBuf in, ByteBufAllocator alloc) {
    try {
      if (closed) {
        return;
      }
      if (held != null && !complete(in, alloc)) {
        return;
      }
      if (in.isReadable()) {
        walk(in, alloc);
      }
    } catch (ProtocolException e) {
      close();
      throw e;
    } finally {
      in.release();
    }
  }

  /** Ends a STOP and goes on with what was held; the handler may say STOP again. */
  public void resume(ByteBufAllocator alloc) {
    stopped = false;
    if (held != null && !closed) {
      ByteBuf rest = held;
      held = null;
      walkHeld(rest, alloc);
    }
  }

  /**
   * Puts whole frames back before all that is still to come, to be read again by {@link #resume};
   * until then a STOP is in force. Only between frames, and not from within the handler.
   *
   * @param frames owned by the reader from here on
   */
  public void pushBack(ByteBuf frames, ByteBufAllocator alloc) {
    if (closed) {
      frames.release();
      return;
    }
    if (isWalking() || !isBetweenFrames()) {
      frames.release();
      throw new IllegalStateException("within a frame");
    }
    if (held == null) {
      held = frames;
    } else {
      ByteBuf rest = held;
      held = alloc.buffer(frames.readableBytes() + rest.readableBytes());
      held.writeBytes(frames).writeBytes(rest);
      frames.release();
      rest.release();
    }
    wanted = TAKE_ALL;
    stopped = true;
  }

  /** Whether the handler is being asked or given something at this moment. */
  public boolean isWalking() {
    return walking != null;
  }

  /** Releases what is held; whatever is fed from now on is released unseen. */
  public void close() {
    closed = true;
    if (held != null) {
      held.release();
      held = null;
    }
  }

  /**
   * Moves into {@link #held} what it lacks, and walks it once it has that. Whether {@code in} is
   * next.
   */
  private boolean complete(ByteBuf in, ByteBufAllocator alloc) {
    if (stopped) {
      hold(in, in.readerIndex(), in.readableBytes(), alloc);
      in.skipBytes(in.readableBytes());
      return false;
    }
    while (held != null) {
      int n = (int) Math.min((long) wanted - held.readableBytes(), in.readableBytes());
      if (n > 0) {
        hold(in, in.readerIndex(), n, alloc);
        in.skipBytes(n);
      }
      if (wanted != TAKE_ALL && held.readableBytes() < wanted) {
        return false;
      }
      ByteBuf whole = held;
      held = null;
      walkHeld(whole, alloc);
      if (closed) {
        return false;
      }
      if (stopped || !in.isReadable()) {
        if (in.isReadable()) {
          hold(in, in.readerIndex(), in.readableBytes(), alloc);
          in.skipBytes(in.readableBytes());
        }
        return false;
      }
    }
    return true;
  }

  /**
   * Walks what was held, and releases it but for what is to be held on. Many messages may wait
   * there, of which one is taken at a time: to copy the others each time would be quadratic.
   */
  private void walkHeld(ByteBuf whole, ByteBufAllocator alloc) {
    walkingHeld = true;
    try {
      walk(whole, alloc);
    } catch (ProtocolException e) {
      close();
      throw e;
    } finally {
      walkingHeld = false;
      whole.release();
    }
  }

  private void walk(ByteBuf in, ByteBufAllocator alloc) {
    walking = in;
    runStart = in.readerIndex();
    at = runStart;
    try {
      walkBody(in.writerIndex());
      walkFrames(in, in.writerIndex(), alloc);
    } catch (ProtocolException e) {
      // What stands before the frame that can't be read may be the rest of one that passed.
      passSoFar();
      throw e;
    } finally {
      walking = null;
    }
  }

  /** The rest of a frame whose header came in an earlier buffer. */
  private void walkBody(int end) {
    int n = (int) Math.min(bodyLeft, end - at);
    bodyLeft -= n;
    at += n;
    if (!bodyPasses) {
      runStart = at;
    }
  }

  private void walkFrames(ByteBuf in, int end, ByteBufAllocator alloc) {
    while (at < end) {
      int available = end - at;
      if (available < Protocol.HEADER_BYTES) {
        keep(in, end, Protocol.HEADER_BYTES, alloc);
        return;
      }
      byte type = in.getByte(at);
      int length = in.getInt(at + 1);
      if (length < 4) {
        throw new ProtocolException("invalid message length");
      }
      int bodyLength = length - 4;
      int needs = handler.needs(type, bodyLength);
      if (available - Protocol.HEADER_BYTES < needs) {
        if (needs >= TAKE_ALL - Protocol.HEADER_BYTES) {
          throw new ProtocolException("message too long to be looked at");
        }
        int needed = Protocol.HEADER_BYTES + needs;
        keep(in, end, needed, alloc);
        return;
      }
      FrameHandler.Verdict verdict = handler.frame(type, bodyLength, in, at, end);
      if (closed) {
        return;
      }
      switch (verdict) {
        case PASS -> advance(bodyLength, end, true);
        case DROP -> {
          passSoFar();
          advance(bodyLength, end, false);
          runStart = at;
        }
        case STOP, MORE -> {
          stopped = verdict == FrameHandler.Verdict.STOP;
          keep(in, end, TAKE_ALL, alloc);
          return;
        }
      }
    }
    passSoFar();
  }

  private void advance(int bodyLength, int end, boolean passes) {
    long frameEnd = (long) at + Protocol.HEADER_BYTES + bodyLength;
    at = (int) Math.min(frameEnd, end);
    bodyLeft = frameEnd - at;
    bodyPasses = passes;
  }

  /**
   * Passes on at once what stands before the frame at hand, so that a handler can put bytes of its
   * own between. Only within {@link FrameHandler#frame}; outside of it there is nothing to pass.
   */
  public void passSoFar() {
    if (walking != null && at > runStart) {
      int from = runStart;
      runStart = at;
      boolean whole = from == walking.readerIndex() && at == walking.writerIndex();
      handler.pass(whole ? walking.retain() : walking.retainedSlice(from, at - from));
    }
  }

  /**
   * Makes the frame at hand pass only from {@code index} on, once the handler has put another
   * beginning in its place. Only within {@link FrameHandler#frame}, after {@link #passSoFar}; the
   * handler returns what this returns.
   */
  public FrameHandler.Verdict passFrom(int index) {
    runStart = index;
    return FrameHandler.Verdict.PASS;
  }

  /** Whether a part of a frame has passed, and the rest of it has not come yet. */
  public boolean isWithinPassed() {
    return bodyLeft > 0 && bodyPasses;
  }

  /** Whether the last byte that was read ended a frame. */
  public boolean isBetweenFrames() {
    return bodyLeft == 0;
  }

  private void keep(ByteBuf in, int end, int needed, ByteBufAllocator alloc) {
    passSoFar();
    if (closed) {
      return;
    }
    wanted = needed;
    if (walkingHeld) {
      held = in.retain().readerIndex(at);
      return;
    }
    hold(in, at, end - at, alloc);
    in.readerIndex(end);
  }

  private void hold(ByteBuf in, int from, int length, ByteBufAllocator alloc) {
    if (held == null) {
      held = alloc.buffer(Math.max(length, wanted == TAKE_ALL ? length : Math.min(wanted, 4096)));
    } else if (held.writableBytes() < length && held.readerIndex() > held.readableBytes()) {
      // What was read of it may still be on its way out: nothing is moved within it.
      ByteBuf rest = held;
      held = alloc.buffer(rest.readableBytes() + length);
      held.writeBytes(rest);
      rest.release();
    }
    held.writeBytes(in, from, length);
  }
}
