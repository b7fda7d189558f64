package io.howdah.frontend;

import io.howdah.frontend.session.Deadline;
import io.howdah.frontend.session.Wait;
import io.howdah.frontend.session.Waits;
import io.howdah.wire.FrameHandler;
import io.howdah.wire.FrameHandler.Verdict;
import io.howdah.wire.FrameReader;
import io.howdah.wire.FrontendType;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.time.Duration;

/**
 * What a client sends, and why it is not looked at for now: its {@link FrameReader}, the {@link
 * Waits} of the session, and whether its channel reads.
 *
 * <p>Thread: the session's event loop.
 */
final class ClientInput {
  /** With more than that waiting to be looked at, the client is not let send. */
  private static final int ENOUGH_BYTES = 64 << 10;

  private final Worker worker;
  private final FrameReader reader;
  private final Waits waits = new Waits();
  private Channel channel;
  private boolean holdingBack;

  /** How often it was held back. */
  private int holds;

  private boolean unheard;

  /** It was held back since it does not read what it is told. */
  private boolean clientFull;

  /** A Terminate waits, or the client has closed its end, since then. */
  private boolean leaving;

  private long leavingSinceNanos;

  ClientInput(Worker worker, FrameHandler handler) {
    this.worker = worker;
    this.reader = new FrameReader(handler);
  }

  /** The client is there. */
  void begin(Channel from) {
    channel = from;
  }

  /** Cuts what the client sends into messages. */
  FrameReader reader() {
    return reader;
  }

  /** What the session waits for. */
  Waits waits() {
    return waits;
  }

  /**
   * The client has closed its end. Whether it has said Terminate before, which still waits for what
   * was asked ahead of it: that is done, and nobody hears of it.
   */
  boolean goesUnheard() {
    unheard = reader.isStopped() && reader.holds(FrontendType.TERMINATE);
    if (unheard) {
      leaves();
    }
    return unheard;
  }

  /** Whether the client is gone while what it asked for is still done. */
  boolean isUnheard() {
    return unheard;
  }

  /** The client wants no more than what it asked for before. */
  void leaves() {
    if (!leaving) {
      leaving = true;
      leavingSinceNanos = worker.nanoTime();
    }
  }

  /** Whether the client left longer ago than {@code bound}; where that is zero it never did. */
  boolean isLeftFor(Duration bound, long nowNanos) {
    return leaving && Deadline.isPassed(bound, nowNanos - leavingSinceNanos);
  }

  /** Bytes of the client have come. */
  void comes() {
    worker.statements().forget();
    if (reader.isStopped()) {
      holdBack(waits.stopped());
    } else if (!channel.isWritable() && !unheard) {
      // Each thing that it says may be answered, and it does not read: it says no more meanwhile.
      clientFull = true;
      holdBack(Wait.Room.AT_CLIENT);
    }
  }

  /** Whether the client reads has changed. */
  void clientWritable() {
    if (clientFull && channel.isWritable()) {
      clientFull = false;
      letSend();
    }
  }

  /** Whether the client is to read before it is let send. */
  boolean isClientFull() {
    return clientFull;
  }

  /**
   * Stops the reader at the message at hand, for what has been waited for since {@code sinceNanos}.
   * Nothing else does: so nobody waits without a reason.
   *
   * @return what the handler of the message returns
   */
  Verdict stop(Wait why, long sinceNanos) {
    waits.stopped(why, sinceNanos);
    return Verdict.STOP;
  }

  /** Asks the client to send no more for now. */
  void holdBack(Wait why) {
    if (unheard) {
      return;
    }
    holds++;
    waits.held(why, worker.nanoTime());
    if (!holdingBack) {
      holdingBack = true;
      channel.config().setAutoRead(false);
    }
  }

  /** Lets the client send, unless enough of what it has sent waits to be looked at. */
  void letSend() {
    if (clientFull) {
      waits.held(Wait.Room.AT_CLIENT, worker.nanoTime());
      return;
    }
    if (reader.isStopped() && reader.heldBytes() > ENOUGH_BYTES) {
      return;
    }
    waits.held(null, 0);
    if (holdingBack) {
      holdingBack = false;
      channel.config().setAutoRead(true);
    }
  }

  /** Looks at the messages that were stopped, if any. */
  void resume() {
    int held = reader.heldBytes();
    letSend();
    boolean stillHoldsBack = holdingBack;
    int before = holds;
    worker.statements().forget();
    waits.resumed();
    reader.resume(channel.alloc());
    if (reader.heldBytes() == held) {
      waits.stoppedAgain();
    }
    if (stillHoldsBack && holds == before) {
      // Enough waited then. Whoever held it back meanwhile has a reason that still counts.
      letSend();
    }
  }

  /** Has whole messages read once more by {@link #resume}; owns them. */
  void readAgain(ByteBuf messages) {
    waits.stopped(Wait.Soon.RUN_AGAIN, worker.nanoTime());
    reader.pushBack(messages, channel.alloc());
  }
}
