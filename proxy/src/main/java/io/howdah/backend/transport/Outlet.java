package io.howdah.backend.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * What is said on a channel. A burst is mostly one buffer, and the kernel mostly takes all of it at
 * once: such a buffer goes straight to the socket. Whatever else there is (several buffers, some
 * that wait already, a kernel that takes only a part, an error) is left to Netty, in order. All
 * that is said on the channel must go through here, and no handler may stand between that changes
 * bytes on their way out.
 *
 * <p>Thread: the channel's event loop.
 */
public final class Outlet {
  private static final long LAST_WORD_SECONDS = 10;

  private final Channel channel;

  /** Null where bytes can reach the socket by Netty only. */
  private final Socket socket;

  /** The only buffer since the last flush, if there is one. */
  private ByteBuf only;

  /** Something was said since the last flush. */
  private boolean unflushed;

  /** Gets what is said, for as long as it holds it; mostly null. */
  private Holder holder;

  /** Takes what is said on a channel before it is on its way. Thread: the channel's event loop. */
  public interface Holder {
    /** Takes what is said; owns it. */
    void add(ByteBuf bytes);

    /** Whether no more should come for now. */
    boolean isFull();

    /** Holds nothing any more: nothing more is said. */
    void end();
  }

  public Outlet(Channel channel) {
    this.channel = channel;
    this.socket = Transport.socketOf(channel);
  }

  /** Gives all that is said to this first, until it is called with null. */
  public void hold(Holder by) {
    holder = by;
  }

  /** Whether {@link Holder} wants no more for now. */
  public boolean isFull() {
    return holder != null && holder.isFull();
  }

  /** Says something; it leaves with {@link #flush}. Takes the buffer. */
  public void write(ByteBuf bytes) {
    if (holder != null) {
      holder.add(bytes);
    } else {
      writeAhead(bytes);
    }
  }

  /** Says something ahead of what is held. Takes the buffer. */
  public void writeAhead(ByteBuf bytes) {
    unflushed = true;
    if (only != null) {
      handOn();
      toNetty(bytes);
    } else if (socket != null && isEmpty() && bytes.hasMemoryAddress()) {
      only = bytes;
    } else {
      toNetty(bytes);
    }
  }

  /** Sends what was said. */
  public void flush() {
    if (unflushed) {
      unflushed = false;
      send();
    }
  }

  private void send() {
    ByteBuf bytes = only;
    if (bytes == null) {
      channel.flush();
      return;
    }
    only = null;
    if (isEmpty() && sends(bytes)) {
      bytes.release();
    } else {
      toNetty(bytes);
      channel.flush();
    }
  }

  /** Says and sends something behind all that was said; the future tells when it has left. */
  public ChannelFuture writeAndFlush(ByteBuf bytes) {
    handOn();
    unflushed = false;
    return channel.writeAndFlush(bytes);
  }

  /**
   * Says the last word, behind all that was said, and closes the channel once it has left: a peer
   * that does not read it is waited for no longer than {@value #LAST_WORD_SECONDS} s. Takes the
   * buffer.
   */
  public void close(ByteBuf last) {
    ChannelFuture said = writeAndFlush(last);
    said.addListener(ChannelFutureListener.CLOSE);
    if (!said.isDone()) {
      channel.eventLoop().schedule(() -> channel.close(), LAST_WORD_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Nothing is held any more. */
  public void endHold() {
    if (holder != null) {
      holder.end();
    }
  }

  /** The channel was closed: what was said since the last flush is not sent. */
  public void closed() {
    if (only != null) {
      only.release();
      only = null;
    }
  }

  /** Whether the channel is open and nothing waits at Netty, flushed or not. */
  private boolean isEmpty() {
    ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
    return waiting != null && waiting.totalPendingWriteBytes() == 0;
  }

  /** Whether the kernel took all; what it took of a part is skipped. */
  private boolean sends(ByteBuf bytes) {
    int from = bytes.readerIndex();
    int to = bytes.writerIndex();
    try {
      int sent = socket.sendAddress(bytes.memoryAddress(), from, to);
      bytes.readerIndex(from + Math.max(0, sent));
    } catch (IOException e) {
      // Netty's own attempt fails likewise, and tells those concerned.
    }
    return !bytes.isReadable();
  }

  private void handOn() {
    if (only != null) {
      ByteBuf first = only;
      only = null;
      toNetty(first);
    }
  }

  private void toNetty(ByteBuf bytes) {
    channel.write(bytes, channel.voidPromise());
  }
}
