package io.howdah.backend.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** By a real socket of each transport, with a peer that reads when it likes. */
class OutletTest {
  private final CountDownLatch inactive = new CountDownLatch(1);
  private EventLoopGroup loops;
  private ServerSocket listener;
  private Socket peer;
  private Channel channel;
  private Outlet outlet;

  @BeforeEach
  void listen() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void end() throws Exception {
    if (loops != null) {
      channel.close().sync();
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
      peer.close();
    }
    listener.close();
  }

  private void connect(Transport transport) throws Exception {
    Assumptions.assumeTrue(transport == Transport.NIO || Transport.best() == Transport.EPOLL);
    loops = transport.newEventLoops(1, "outlet");
    Bootstrap bootstrap = new Bootstrap().group(loops).channelFactory(transport.clientChannels());
    bootstrap.handler(
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelInactive(ChannelHandlerContext ctx) {
            outlet.closed();
            inactive.countDown();
          }

          @Override
          public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
          }
        });
    channel = bootstrap.connect(listener.getLocalSocketAddress()).sync().channel();
    peer = listener.accept();
    outlet = on(() -> new Outlet(channel));
  }

  private <T> T on(Callable<T> call) throws Exception {
    return channel.eventLoop().submit(call).sync().get();
  }

  private ByteBuf bytes(String text) {
    ByteBuf buffer = channel.alloc().directBuffer();
    buffer.writeCharSequence(text, StandardCharsets.US_ASCII);
    return buffer;
  }

  private String read(int length) throws IOException {
    return new String(peer.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void whatIsSaidArrivesInOrder(Transport transport) throws Exception {
    connect(transport);
    List<ByteBuf> all = new ArrayList<>();
    on(
        () -> {
          all.add(bytes("one"));
          all.add(bytes("two"));
          all.add(bytes("three"));
          all.add(bytes("4"));
          all.add(Unpooled.wrappedBuffer("heap".getBytes(StandardCharsets.US_ASCII)));
          all.add(bytes("five"));
          all.add(bytes("six"));
          outlet.write(all.get(0));
          outlet.flush();
          outlet.write(all.get(1));
          outlet.write(all.get(2));
          outlet.write(all.get(3));
          outlet.flush();
          outlet.write(all.get(4));
          outlet.write(all.get(5));
          outlet.flush();
          outlet.write(all.get(6));
          outlet.writeAndFlush(bytes("seven"));
          return null;
        });
    assertThat(read(28)).isEqualTo("onetwothree4heapfivesixseven");
    on(() -> null);
    assertThat(all).allMatch(each -> each.refCnt() == 0);
  }

  /** Of a slice only what it shows. */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void aSliceIsSentWithinItsBounds(Transport transport) throws Exception {
    connect(transport);
    ByteBuf whole = bytes("0123456789");
    on(
        () -> {
          outlet.write(whole.retainedSlice(2, 5).skipBytes(1));
          outlet.flush();
          outlet.write(whole.skipBytes(8));
          outlet.flush();
          return null;
        });
    assertThat(read(6)).isEqualTo("345689");
    assertThat(whole.refCnt()).isZero();
  }

  /** The kernel takes a part of what the peer does not read; more is said behind it. */
  @ParameterizedTest
  @EnumSource(Transport.class)
  void nothingIsLostBehindASlowPeer(Transport transport) throws Exception {
    connect(transport);
    StringBuilder expected = new StringBuilder();
    boolean writable =
        on(
            () -> {
              for (int i = 0; i < 200; i++) {
                String text = Integer.toString(i % 10).repeat(100_000 + i);
                expected.append(text);
                outlet.write(bytes(text));
                outlet.flush();
              }
              return channel.isWritable();
            });
    assertThat(writable).isFalse();
    assertThat(read(expected.length())).isEqualTo(expected.toString());
    on(
        () -> {
          outlet.write(bytes("end"));
          outlet.flush();
          return null;
        });
    assertThat(read(3)).isEqualTo("end");
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aPeerThatHasGoneClosesTheChannel(Transport transport) throws Exception {
    connect(transport);
    on(() -> channel.config().setAutoRead(false));
    peer.setSoLinger(true, 0);
    peer.close();
    List<ByteBuf> all = new ArrayList<>();
    while (inactive.getCount() > 0) {
      on(
          () -> {
            ByteBuf more = bytes("more");
            all.add(more);
            outlet.write(more);
            outlet.flush();
            return null;
          });
      inactive.await(10, TimeUnit.MILLISECONDS);
    }
    assertThat(all).allMatch(each -> each.refCnt() == 0);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void whatWasNotSentIsReleasedWhenTheChannelCloses(Transport transport) throws Exception {
    connect(transport);
    ByteBuf before = bytes("before");
    ByteBuf after = bytes("after");
    on(
        () -> {
          outlet.write(before);
          channel.close();
          return null;
        });
    inactive.await();
    on(
        () -> {
          outlet.write(after);
          outlet.flush();
          return null;
        });
    assertThat(before.refCnt()).isZero();
    assertThat(after.refCnt()).isZero();
    assertThat(peer.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void withoutASocketNettySends() {
    EmbeddedChannel embedded = new EmbeddedChannel();
    Outlet out = new Outlet(embedded);
    ByteBuf bytes = embedded.alloc().directBuffer().writeByte('x');
    out.write(bytes);
    assertThat(embedded.<ByteBuf>readOutbound()).isNull();
    out.flush();
    assertThat(embedded.<ByteBuf>readOutbound()).isSameAs(bytes);
    bytes.release();
  }
}
