package io.howdah.backend.login;

import io.howdah.backend.transport.Dialer;
import io.howdah.error.PgError;
import io.howdah.topology.NodeId;
import io.howdah.wire.StartupMessages;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Asks a server to cancel what one of its processes runs: a connection of its own with one
 * CancelRequest. The server never answers; it has acted when it closes that connection, and only
 * then can a later query on the cancelled connection not be hit.
 */
public final class ServerCancel {
  private final Dialer dialer;

  public ServerCancel(ServerConnector connector) {
    this.dialer = connector.dialer();
  }

  /**
   * Sends one request.
   *
   * @param key the cancel key as BackendKeyData gave it
   * @param timeout for the connection, and again for the server's close
   * @param done called once on the loop, never within this call: empty when the server has closed
   *     the connection, else why it is not known whether it has acted
   */
  public void cancel(
      EventLoop loop,
      NodeId node,
      int processId,
      byte[] key,
      Duration timeout,
      Consumer<Optional<PgError>> done) {
    dialer.dial(
        loop,
        node,
        timeout,
        () -> new Request(node, processId, key, timeout, done),
        error -> done.accept(Optional.of(error)));
  }

  static final class Request extends ChannelInboundHandlerAdapter {
    private final NodeId node;
    private final int processId;
    private final byte[] key;
    private final Duration timeout;
    private final Consumer<Optional<PgError>> done;
    private ScheduledFuture<?> timer;
    private boolean ended;

    Request(
        NodeId node,
        int processId,
        byte[] key,
        Duration timeout,
        Consumer<Optional<PgError>> done) {
      this.node = node;
      this.processId = processId;
      this.key = key.clone();
      this.timeout = timeout;
      this.done = done;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      long millis = timeout.toMillis();
      timer =
          ctx.executor()
              .schedule(
                  () -> fail(ctx, "The server took the cancel request and did not act on it."),
                  millis,
                  TimeUnit.MILLISECONDS);
      ByteBuf out = ctx.alloc().buffer();
      StartupMessages.cancelRequest(out, processId, key);
      ctx.writeAndFlush(out, ctx.voidPromise());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      // An error such as "too many clients" at most; the close that follows says enough.
      ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      end(Optional.empty());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      fail(ctx, Dialer.reason(cause));
    }

    private void fail(ChannelHandlerContext ctx, String detail) {
      end(Optional.of(new PgError.ServerUnreachable(node.toString(), detail)));
      ctx.close();
    }

    private void end(Optional<PgError> outcome) {
      if (!ended) {
        ended = true;
        if (timer != null) {
          timer.cancel(false);
        }
        done.accept(outcome);
      }
    }
  }
}
