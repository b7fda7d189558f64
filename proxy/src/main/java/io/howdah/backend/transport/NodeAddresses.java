package io.howdah.backend.transport;

import io.howdah.config.DnsConfig;
import io.howdah.telemetry.Telemetry;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The addresses of the servers' host names. A name that was once asked for is looked up again and
 * again, so whoever connects finds its addresses at hand, and a change is noticed and told: to the
 * log, and to every connection that leads to an address that the name has no more ({@link
 * AddressGone}). While a name can't be looked up its last known addresses count.
 *
 * <p>Thread: any; the state belongs to one event loop.
 */
public final class NodeAddresses {
  private final EventLoop home;
  private final NameLookup lookup;
  private final DnsConfig config;
  private final Telemetry telemetry;
  private final Map<String, Name> names = new HashMap<>();

  /**
   * @param home the loop that looks names up
   */
  NodeAddresses(EventLoop home, NameLookup lookup, DnsConfig config, Telemetry telemetry) {
    this.home = home;
    this.lookup = lookup;
    this.config = config;
    this.telemetry = telemetry;
  }

  /** By the hosts file and the name servers of this machine. */
  public static NodeAddresses ofSystem(
      EventLoop home, Transport transport, DnsConfig config, Telemetry telemetry) {
    return new NodeAddresses(
        home, new SystemNames(home, transport, config.timeout()), config, telemetry);
  }

  /**
   * Finds the addresses of a name, at once where they are known.
   *
   * @param loop where one of the callbacks is called, never within this call
   * @param found gets at least one address, to be tried in this order
   * @param failed gets a sentence for people
   */
  void find(
      EventLoop loop, String host, Consumer<List<InetAddress>> found, Consumer<String> failed) {
    Asker asker = new Asker(loop, found, failed);
    if (!onHome(() -> name(host).find(asker))) {
      asker.tell(() -> failed.accept("Howdah is shutting down."));
    }
  }

  /** A connection leads to one of a name's addresses. */
  void connected(String host, Channel channel) {
    onHome(() -> name(host).connected(channel));
  }

  private boolean onHome(Runnable task) {
    try {
      home.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private Name name(String host) {
    return names.computeIfAbsent(host, Name::new);
  }

  private record Asker(EventLoop loop, Consumer<List<InetAddress>> found, Consumer<String> failed) {
    void tell(Runnable what) {
      try {
        loop.execute(what);
      } catch (RejectedExecutionException e) {
        // The loop is gone, and nobody is left to tell.
      }
    }
  }

  /** What is known of one name. */
  private final class Name {
    private final String host;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final List<Asker> askers = new ArrayList<>();

    /** Empty until it was found for the first time. */
    private List<InetAddress> addresses = List.of();

    /** Why it could not be looked up the last time, or null. */
    private String problem;

    private boolean asking;
    private boolean watched;

    Name(String host) {
      this.host = host;
    }

    void find(Asker asker) {
      if (!addresses.isEmpty()) {
        List<InetAddress> now = addresses;
        asker.tell(() -> asker.found().accept(now));
      } else if (problem != null && !asking) {
        String why = problem;
        asker.tell(() -> asker.failed().accept(why));
      } else {
        askers.add(asker);
      }
      if (!watched) {
        watched = true;
        ask();
      }
    }

    void connected(Channel channel) {
      channels.add(channel);
      // The name may have changed while the connection was made.
      tellIfGone(channel);
    }

    private void ask() {
      asking = true;
      lookup.find(host, this::found, this::failed);
    }

    private void found(List<InetAddress> now) {
      List<InetAddress> before = addresses;
      addresses = List.copyOf(now);
      problem = null;
      over(config.maxTtl());
      if (!before.isEmpty() && !new HashSet<>(before).equals(new HashSet<>(now))) {
        telemetry.addressChanged(host, text(before), text(now));
        channels.forEach(this::tellIfGone);
      }
    }

    private void failed(String why) {
      if (problem == null) {
        telemetry.nameUnresolved(host, why, addresses.isEmpty() ? null : text(addresses));
      }
      problem = why;
      over(config.nxdomainTtl());
    }

    private void over(Duration ttl) {
      asking = false;
      for (Asker each : askers) {
        find(each);
      }
      askers.clear();
      home.schedule(this::ask, ttl.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tellIfGone(Channel channel) {
      if (channel.remoteAddress() instanceof InetSocketAddress at
          && !addresses.contains(at.getAddress())) {
        channel.pipeline().fireUserEventTriggered(new AddressGone(host));
      }
    }

    private static String text(List<InetAddress> addresses) {
      return addresses.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(", "));
    }
  }
}
