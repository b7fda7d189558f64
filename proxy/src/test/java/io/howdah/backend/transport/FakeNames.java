package io.howdah.backend.transport;

import io.howdah.config.DnsConfig;
import io.howdah.telemetry.Telemetry;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A name service that knows what a test says. Thread: any. */
public final class FakeNames implements NameLookup {
  /** It knows no name. */
  public static final FakeNames NONE = new FakeNames(Map.of());

  /** It never answers. */
  public static final FakeNames SILENT = new FakeNames(null);

  /** Soon enough for a test to wait for. */
  static final DnsConfig SOON =
      new DnsConfig(Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofSeconds(1));

  private final Map<String, List<InetAddress>> known;
  private volatile boolean out;

  private FakeNames(Map<String, List<InetAddress>> known) {
    this.known = known;
  }

  public static FakeNames of(String host, String... addresses) {
    FakeNames names = new FakeNames(new ConcurrentHashMap<>());
    names.put(host, addresses);
    return names;
  }

  public void put(String host, String... addresses) {
    known.put(host, Arrays.stream(addresses).map(FakeNames::address).toList());
  }

  /** Whether no name can be looked up. */
  void out(boolean now) {
    out = now;
  }

  public static InetAddress address(String literal) {
    try {
      return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(literal));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  public NodeAddresses on(EventLoop loop) {
    return on(loop, Telemetry.NONE);
  }

  NodeAddresses on(EventLoop loop, Telemetry telemetry) {
    return new NodeAddresses(loop, this, SOON, telemetry);
  }

  @Override
  public void find(String host, Consumer<List<InetAddress>> found, Consumer<String> failed) {
    if (known == null) {
      return;
    }
    List<InetAddress> addresses = out ? null : known.get(host);
    if (addresses != null) {
      found.accept(addresses);
    } else {
      failed.accept(out ? "no name server" : "The host name \"" + host + "\" is unknown.");
    }
  }
}
