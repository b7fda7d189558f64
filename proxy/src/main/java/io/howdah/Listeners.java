package io.howdah;

import io.howdah.backend.transport.ReceiveBuffers;
import io.howdah.backend.transport.Transport;
import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig;
import io.howdah.config.ListenerConfig.Purpose;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/** The ports on which clients connect. Thread: any. */
final class Listeners {
  private final EventLoopGroup group;
  private final BiConsumer<Channel, Purpose> accept;
  private final ReceiveBuffers buffers = new ReceiveBuffers();
  private final Map<Purpose, Channel> bound = new ConcurrentHashMap<>();
  private volatile boolean accepting;

  /**
   * @param group the loops to which clients' channels are given
   * @param accept takes a client's channel, on its loop
   */
  Listeners(EventLoopGroup group, BiConsumer<Channel, Purpose> accept) {
    this.group = group;
    this.accept = accept;
  }

  /**
   * Listens once this returns.
   *
   * @throws ProxyStartFailed when it can't
   */
  void listen(ListenerConfig config) {
    config.ports().forEach((port, address) -> listen(port, address, config.backlog()));
    accepting = true;
  }

  private void listen(Purpose port, HostPort address, int backlog) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group, group)
            .channelFactory(Transport.of(group).serverChannels())
            .option(ChannelOption.SO_BACKLOG, backlog)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.RCVBUF_ALLOCATOR, buffers)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept.accept(channel, port);
                  }
                });
    var binding = bootstrap.bind(address.host(), address.port());
    binding.awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new ProxyStartFailed(
          "Can't listen on "
              + address
              + ": "
              + binding.cause().getMessage()
              + ". Stop what uses the port, or set howdah.listen."
              + key(port)
              + ".",
          binding.cause());
    }
    bound.put(port, binding.channel());
  }

  private static String key(Purpose port) {
    return switch (port) {
      case ANY -> "port";
      case READ_ONLY -> "read-only-port";
      case READ_WRITE -> "read-write-port";
    };
  }

  /** Whether new clients are taken. */
  boolean areAccepting() {
    return accepting;
  }

  /** Where it listens, by what each port is for. */
  Map<Purpose, InetSocketAddress> addresses() {
    Map<Purpose, InetSocketAddress> addresses = new EnumMap<>(Purpose.class);
    bound.forEach(
        (port, channel) -> addresses.put(port, (InetSocketAddress) channel.localAddress()));
    return addresses;
  }

  /** Takes no new clients, very soon. */
  void stop() {
    accepting = false;
    for (Channel channel : bound.values()) {
      var unused = channel.close();
    }
  }

  /** Takes no new clients once this returns. */
  void close() {
    accepting = false;
    bound.values().forEach(channel -> channel.close().awaitUninterruptibly());
  }
}
