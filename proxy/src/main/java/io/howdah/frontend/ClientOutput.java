package io.howdah.frontend;

import io.howdah.backend.Outlet;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/**
 * What a client is sent: it leaves at the end of a burst, behind what was sent before, and waits
 * where something is to be said ahead of it.
 *
 * <p>Thread: the session's event loop.
 */
final class ClientOutput {
  private final Channel channel;
  private final Outlet out;
  private boolean needsFlush;

  /**
   * The client has closed its end, behind a Terminate that still waits for what was asked before
   * it: that is done, and nobody hears of it.
   */
  private boolean unheard;

  /** Holds what is sent; mostly null. */
  private Client.Postponement postponed;

  ClientOutput(Channel channel) {
    this.channel = channel;
    this.out = new Outlet(channel);
  }

  /** A buffer for a message or a few. */
  ByteBuf buffer() {
    return channel.alloc().buffer(256);
  }

  /** Sends bytes; they leave at the end of the burst, or with {@link #flush}. */
  void send(ByteBuf bytes) {
    if (postponed != null) {
      postponed.add(bytes);
    } else {
      sendAhead(bytes);
    }
  }

  /** Gives everything that is sent to this first, until it is called with null. */
  void postpone(Client.Postponement by) {
    postponed = by;
  }

  /** Sends bytes ahead of what is postponed. */
  void sendAhead(ByteBuf bytes) {
    needsFlush = true;
    out.write(bytes);
  }

  /** Has what was sent leave. */
  void flush() {
    if (needsFlush) {
      needsFlush = false;
      out.flush();
    }
  }

  /** Whether the client takes more bytes for now. */
  boolean isWritable() {
    return (unheard || channel.isWritable()) && (postponed == null || !postponed.isFull());
  }

  /** The client has closed its end, but what it asked for is still done. */
  void nobodyListens() {
    unheard = true;
  }

  /** Whether nobody hears what is sent. */
  boolean isUnheard() {
    return unheard;
  }

  /** Nothing is postponed any more. */
  void end() {
    if (postponed != null) {
      postponed.end();
    }
  }

  /** Sends this as the last, and closes the channel behind it. */
  void sendLast(ByteBuf bytes) {
    out.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE);
  }

  /** The channel is closed. */
  void close() {
    out.close();
  }
}
