package io.howdah.backend.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.topology.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** By real sockets: a peer that says something, resets the connection, and is then written to. */
class LastWordsTest {
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private EventLoopGroup loops;

  @AfterEach
  void end() throws InterruptedException {
    if (loops != null) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private final class Notes extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<Channel> active;

    Notes(CompletableFuture<Channel> active) {
      this.active = active;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      ctx.channel().config().setAutoRead(false);
      active.complete(ctx.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      events.add("heard " + bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      events.add("inactive");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      events.add("failed");
    }
  }

  private String next() throws InterruptedException {
    return events.poll(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void whatWasSaidBeforeAFailedWriteIsHeard(Transport transport) throws Exception {
    Assumptions.assumeTrue(transport == Transport.NIO || Transport.best() == Transport.EPOLL);
    loops = transport.newEventLoops(1, "last-words");
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Channel> active = new CompletableFuture<>();
      new Dialer(transport, null)
          .dial(
              loops.next(),
              new NodeId("c", "127.0.0.1", listener.getLocalPort()),
              Duration.ofSeconds(20),
              () -> new Notes(active),
              error -> active.completeExceptionally(new AssertionError(error.toString())));
      Socket peer = listener.accept();
      Channel channel = active.get(20, TimeUnit.SECONDS);
      // In one task, so that the loop does not find out by itself in between.
      channel
          .eventLoop()
          .submit(
              () -> {
                peer.getOutputStream().write("goodbye".getBytes(StandardCharsets.US_ASCII));
                peer.setSoLinger(true, 0);
                peer.close();
                // The first may only find the reset, the second finds the connection gone.
                for (int i = 0; i < 2; i++) {
                  channel.writeAndFlush(Unpooled.copiedBuffer("?", StandardCharsets.US_ASCII));
                }
                return null;
              })
          .sync();
      channel.config().setAutoRead(true);
      assertThat(next()).isEqualTo("heard goodbye");
      String end = next();
      assertThat("failed".equals(end) ? next() : end).isEqualTo("inactive");
    }
  }
}
