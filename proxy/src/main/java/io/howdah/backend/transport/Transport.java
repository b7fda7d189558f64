package io.howdah.backend.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.DefaultThreadFactory;

/** How sockets are driven. The one place that names a transport of Netty's. */
public enum Transport {
  /** Linux's epoll, through Netty's native library. */
  EPOLL {
    @Override
    public EventLoopGroup newEventLoops(int threads, String name) {
      return new EpollEventLoopGroup(threads, new DefaultThreadFactory(name));
    }

    @Override
    public ChannelFactory<SocketChannel> clientChannels() {
      return EpollSocketChannel::new;
    }

    @Override
    public ChannelFactory<ServerSocketChannel> serverChannels() {
      return EpollServerSocketChannel::new;
    }

    @Override
    ChannelFactory<DatagramChannel> datagrams() {
      return EpollDatagramChannel::new;
    }
  },

  /** The JDK's selectors, which work everywhere. */
  NIO {
    @Override
    public EventLoopGroup newEventLoops(int threads, String name) {
      return new NioEventLoopGroup(threads, new DefaultThreadFactory(name));
    }

    @Override
    public ChannelFactory<SocketChannel> clientChannels() {
      return NioSocketChannel::new;
    }

    @Override
    public ChannelFactory<ServerSocketChannel> serverChannels() {
      return NioServerSocketChannel::new;
    }

    @Override
    ChannelFactory<DatagramChannel> datagrams() {
      return NioDatagramChannel::new;
    }
  };

  /** The best one that this machine has. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }

  /**
   * The one that drives event loops made elsewhere.
   *
   * @throws IllegalArgumentException when it is none of these
   */
  public static Transport of(EventLoopGroup loops) {
    return switch (loops) {
      case EpollEventLoopGroup _ -> EPOLL;
      case NioEventLoopGroup _ -> NIO;
      default -> throw new IllegalArgumentException("unknown transport " + loops.getClass());
    };
  }

  /**
   * The socket of a channel, for whoever hands bytes to the kernel without Netty's queue between;
   * null where there is none to be had.
   */
  static Socket socketOf(Channel channel) {
    return channel instanceof EpollSocketChannel epoll && epoll.fd() instanceof Socket socket
        ? socket
        : null;
  }

  /**
   * Makes event loops.
   *
   * @param threads how many; 0 for Netty's default of two a processor
   * @param name the beginning of the threads' names
   */
  public abstract EventLoopGroup newEventLoops(int threads, String name);

  /**
   * Makes channels that connect; without reflection, of which a native image would know nothing.
   */
  public abstract ChannelFactory<SocketChannel> clientChannels();

  /** Makes channels that listen. */
  public abstract ChannelFactory<ServerSocketChannel> serverChannels();

  /** Makes channels for datagrams. */
  abstract ChannelFactory<DatagramChannel> datagrams();
}
