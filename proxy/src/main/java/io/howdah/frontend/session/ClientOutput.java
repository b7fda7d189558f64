package io.howdah.frontend.session;

import io.howdah.backend.transport.Outlet;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.util.concurrent.TimeUnit;

/**
 * What a client is told, on its way out: gathered until the end of the burst, and postponed where
 * somebody holds it.
 *
 * <p>Thread: the session's event loop.
 */
public final class ClientOutput {
  /** A client that does not read its last word is not waited for any longer. */
  private static final long LAST_WORD_SECONDS = 10;

  private final Channel channel;
  private final Outlet out;
  private boolean needsFlush;
  private boolean unheard;

  /** Holds what is sent; mostly null. */
  private Client.Postponement postponed;

  public ClientOutput(Channel channel) {
    this.channel = channel;
    this.out = new Outlet(channel);
  }

  public void send(ByteBuf bytes) {
    if (postponed != null) {
      postponed.add(bytes);
    } else {
      sendAhead(bytes);
    }
  }

  public void sendAhead(ByteBuf bytes) {
    needsFlush = true;
    out.write(bytes);
  }

  public void postpone(Client.Postponement by) {
    postponed = by;
  }

  public void flush() {
    if (needsFlush) {
      needsFlush = false;
      out.flush();
    }
  }

  public boolean isWritable() {
    return (unheard || channel.isWritable()) && (postponed == null || !postponed.isFull());
  }

  /** The client is gone, and what it asked for is still done. */
  public void goesUnheard() {
    unheard = true;
  }

  /** Nothing is postponed any more. */
  public void end() {
    if (postponed != null) {
      postponed.end();
    }
  }

  /** Says the last word and closes the connection; owns the bytes. */
  public void close(ByteBuf last) {
    ChannelFuture said = out.writeAndFlush(last);
    said.addListener(ChannelFutureListener.CLOSE);
    if (!said.isDone()) {
      channel.eventLoop().schedule(() -> channel.close(), LAST_WORD_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** The connection is closed. */
  public void closed() {
    out.close();
  }
}
