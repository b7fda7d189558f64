package io.howdah.wire;

import io.netty.buffer.ByteBuf;

/**
 * Decides, frame by frame, what becomes of a stream of messages that a {@link FrameReader} cuts.
 *
 * <p>Thread: the event loop that feeds the reader.
 */
public interface FrameHandler {
  /** What to do with a frame. */
  enum Verdict {
    /** Its bytes, header included, go on as part of a run. */
    PASS,
    /** Its bytes go nowhere; the handler took from it what it needed. */
    DROP,
    /**
     * Not now: the frame and all after it wait until {@link FrameReader#resume()}, which asks
     * again.
     */
    STOP,
    /** Not yet: ask again once more bytes have come in than are there now. */
    MORE
  }

  /**
   * How many bytes of the body must be there before {@link #frame} can decide; 0 where the header
   * is enough.
   *
   * @param type the message's type byte
   * @param bodyLength the body's length in bytes, without type and length
   * @return from 0 to {@code bodyLength}
   * @throws ProtocolException when no such message may be sent, or not of that length
   */
  int needs(byte type, int bodyLength);

  /**
   * Decides on one frame. {@code in} must not be released, nor its indices moved.
   *
   * @param in holds the frame's header and at least the needed bytes of its body
   * @param start the index of the type byte
   * @param end the index behind the last byte of the stream that is there now; the frame may end
   *     before it, at it, or go on behind it
   */
  Verdict frame(byte type, int bodyLength, ByteBuf in, int start, int end);

  /** Takes a run of bytes that passed; the handler owns (and releases) it. */
  void pass(ByteBuf run);
}
