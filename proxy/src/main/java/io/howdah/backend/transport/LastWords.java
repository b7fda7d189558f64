package io.howdah.backend.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Hears a server out that takes no more. One that ends a session says why, and closes; what is sent
 * to it meanwhile fails, and the failure may be noticed before the reason was read, although the
 * kernel has it already. So the channel is not closed by a failed write ({@link
 * io.netty.channel.ChannelOption#AUTO_CLOSE} must be off) but by the end of what the server said;
 * only should that not come, some seconds later.
 *
 * <p>Thread: the channel's event loop.
 */
final class LastWords extends ChannelInboundHandlerAdapter {
  private static final long LOOK_SECONDS = 1;

  private boolean waiting;
  private boolean looked;

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException) || !isHalfOpen(ctx)) {
      ctx.fireExceptionCaught(cause);
    } else if (!waiting) {
      waiting = true;
      lookLater(ctx, cause);
    }
  }

  private static boolean isHalfOpen(ChannelHandlerContext ctx) {
    return ctx.channel() instanceof SocketChannel socket
        && socket.isActive()
        && socket.isOutputShutdown()
        && !socket.isInputShutdown();
  }

  private void lookLater(ChannelHandlerContext ctx, Throwable cause) {
    ctx.channel().eventLoop().schedule(() -> look(ctx, cause), LOOK_SECONDS, TimeUnit.SECONDS);
  }

  /** What nobody reads, as its client is slow, has not been heard to its end. */
  private void look(ChannelHandlerContext ctx, Throwable cause) {
    if (!ctx.channel().isActive()) {
      return;
    }
    if (looked) {
      ctx.fireExceptionCaught(cause);
      ctx.close();
      return;
    }
    looked = ctx.channel().config().isAutoRead();
    lookLater(ctx, cause);
  }
}
