package io.howdah.backend.transport;

import io.howdah.error.PgError;
import io.howdah.topology.NodeId;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Opens TCP connections. A name's addresses are tried one after the other. */
public final class Dialer {
  private final Transport transport;
  private final NodeAddresses addresses;
  private final ReceiveBuffers buffers = new ReceiveBuffers();

  public Dialer(Transport transport, NodeAddresses addresses) {
    this.transport = transport;
    this.addresses = addresses;
  }

  /**
   * Connects.
   *
   * @param timeout for everything, with equal shares for the addresses of a name
   * @param handler makes the channel's handler, which sees {@code channelActive}; called once an
   *     address
   * @param failure called on the loop if there is no connection, else not at all
   */
  public void dial(
      EventLoop loop,
      NodeId node,
      Duration timeout,
      Supplier<ChannelHandler> handler,
      Consumer<PgError> failure) {
    loop.execute(new Attempt(loop, node, timeout, handler, failure)::begin);
  }

  /** The words of an exception, for people. */
  public static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private final class Attempt {
    private final EventLoop loop;
    private final NodeId node;
    private final Duration timeout;
    private final Supplier<ChannelHandler> handler;
    private final Consumer<PgError> failure;
    private ScheduledFuture<?> timer;
    private ChannelFuture current;
    private boolean named;
    private boolean settled;

    Attempt(
        EventLoop loop,
        NodeId node,
        Duration timeout,
        Supplier<ChannelHandler> handler,
        Consumer<PgError> failure) {
      this.loop = loop;
      this.node = node;
      this.timeout = timeout;
      this.handler = handler;
      this.failure = failure;
    }

    void begin() {
      timer = loop.schedule(this::timedOut, timeout.toMillis(), TimeUnit.MILLISECONDS);
      byte[] literal = NetUtil.createByteArrayFromIpAddressString(node.host());
      try {
        if (literal != null) {
          connect(List.of(InetAddress.getByAddress(literal)), 0);
        } else {
          named = true;
          addresses.find(loop, node.host(), found -> connect(found, 0), this::fail);
        }
      } catch (UnknownHostException e) {
        fail(reason(e));
      }
    }

    private void connect(List<InetAddress> all, int index) {
      if (settled) {
        return;
      }
      int share = Math.clamp(timeout.toMillis() / all.size(), 1, Integer.MAX_VALUE);
      current =
          new Bootstrap()
              .group(loop)
              .channelFactory(transport.clientChannels())
              .disableResolver()
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.SO_KEEPALIVE, true)
              .option(ChannelOption.AUTO_CLOSE, false)
              .option(ChannelOption.RCVBUF_ALLOCATOR, buffers)
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, share)
              .handler(handler.get())
              .connect(new InetSocketAddress(all.get(index), node.port()));
      current.addListener(
          (ChannelFuture done) -> {
            if (settled) {
              done.channel().close();
            } else if (done.isSuccess()) {
              connected(done.channel());
            } else if (index + 1 < all.size()) {
              connect(all, index + 1);
            } else {
              fail(reason(done.cause()));
            }
          });
    }

    private void connected(Channel channel) {
      settle();
      channel.pipeline().addFirst(new LastWords());
      if (named) {
        addresses.connected(node.host(), channel);
      }
    }

    private void timedOut() {
      fail("No connection within " + timeout.toMillis() + " ms.");
      if (current != null) {
        current.channel().close();
      }
    }

    private void fail(String detail) {
      if (!settled) {
        settle();
        failure.accept(new PgError.ServerUnreachable(node.toString(), detail));
      }
    }

    private void settle() {
      settled = true;
      timer.cancel(false);
    }
  }
}
