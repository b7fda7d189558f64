package io.howdah.backend.transport;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.HostsFileEntriesResolver;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Names as this machine knows them: by {@code /etc/hosts}, else by the name servers, search domains
 * and {@code ndots} of {@code /etc/resolv.conf}. Both files are read anew when they change. No
 * thread waits for a name server.
 *
 * <p>Thread: its event loop.
 */
final class SystemNames implements NameLookup {
  private static final HostsFileEntriesResolver NO_HOSTS_FILE = (_, _) -> null;

  private final EventLoop loop;
  private final Transport transport;
  private final Duration timeout;
  private final HostsFile hosts;
  private final ResolvConf.File resolvConf;
  private DnsNameResolver dns;
  private ResolvConf madeFor;

  /**
   * @param timeout for each name server's answer
   */
  SystemNames(EventLoop loop, Transport transport, Duration timeout) {
    this(
        loop,
        transport,
        timeout,
        new HostsFile(Path.of("/etc/hosts")),
        new ResolvConf.File(Path.of("/etc/resolv.conf")));
  }

  SystemNames(
      EventLoop loop,
      Transport transport,
      Duration timeout,
      HostsFile hosts,
      ResolvConf.File resolvConf) {
    this.loop = loop;
    this.transport = transport;
    this.timeout = timeout;
    this.hosts = hosts;
    this.resolvConf = resolvConf;
  }

  @Override
  public void find(String host, Consumer<List<InetAddress>> found, Consumer<String> failed) {
    List<InetAddress> local = hosts.addresses(host);
    if (!local.isEmpty()) {
      found.accept(local);
      return;
    }
    dns()
        .resolveAll(host)
        .addListener(
            (Future<List<InetAddress>> done) -> {
              if (done.isSuccess()) {
                found.accept(done.getNow());
              } else {
                failed.accept(problem(host, done.cause()));
              }
            });
  }

  private static String problem(String host, Throwable cause) {
    return isAnswer(cause.getCause())
        ? "The host name \"" + host + "\" is unknown."
        : "The host name \"" + host + "\" could not be looked up: " + Dialer.reason(cause);
  }

  /** Whether a name server said that there is no such name, or no address of it. */
  private static boolean isAnswer(Throwable why) {
    return why == null
        || why instanceof DnsErrorCauseException error
            && error.getCode().equals(DnsResponseCode.NXDOMAIN);
  }

  private DnsNameResolver dns() {
    ResolvConf conf = resolvConf.read();
    if (!conf.equals(madeFor)) {
      if (dns != null) {
        dns.close();
      }
      madeFor = conf;
      dns =
          new DnsNameResolverBuilder(loop)
              .datagramChannelFactory(transport.datagrams())
              // For answers that are too long for a datagram.
              .socketChannelFactory(transport.clientChannels())
              .nameServerProvider(new SequentialDnsServerAddressStreamProvider(conf.servers()))
              .searchDomains(conf.search())
              .ndots(conf.ndots())
              .hostsFileEntriesResolver(NO_HOSTS_FILE)
              .queryTimeoutMillis(timeout.toMillis())
              .resolveCache(NoopDnsCache.INSTANCE)
              .cnameCache(NoopDnsCnameCache.INSTANCE)
              .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
              .build();
    }
    return dns;
  }
}
