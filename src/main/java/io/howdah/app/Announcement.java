package io.howdah.app;

import io.howdah.config.AuthType;
import io.howdah.config.HostPort;
import io.howdah.config.ListenerConfig.Purpose;
import io.howdah.config.ProxyConfig;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.stream.Collectors;

/** The line that says that Howdah is up. */
final class Announcement {
  private Announcement() {}

  static String of(
      String version, Map<Purpose, InetSocketAddress> addresses, int httpPort, ProxyConfig config) {
    InetSocketAddress address = addresses.get(Purpose.ANY);
    HostPort bound = new HostPort(address.getHostString(), address.getPort());
    String clusters =
        config.clusters().values().stream()
            .map(
                c ->
                    c.name()
                        + " ("
                        + c.hosts().stream()
                            .map(HostPort::toString)
                            .collect(Collectors.joining(", "))
                        + ")")
            .collect(Collectors.joining(", "));
    String trust =
        config.auth().type() == AuthType.TRUST ? "; any user is let in without a password" : "";
    return "Howdah %s listens on %s%s for %s%s. Health and metrics: port %d. Next: psql -h %s -p %d"
        .formatted(
            version,
            bound,
            further(addresses),
            clusters,
            trust,
            httpPort,
            reachable(address),
            bound.port());
  }

  private static String further(Map<Purpose, InetSocketAddress> addresses) {
    StringBuilder text = new StringBuilder();
    addresses.forEach(
        (purpose, at) -> {
          switch (purpose) {
            case ANY -> {}
            case READ_ONLY -> text.append(", read-only on port ").append(at.getPort());
            case READ_WRITE -> text.append(", read-write on port ").append(at.getPort());
          }
        });
    return text.toString();
  }

  /** An address to connect to: not the one that stands for all. */
  private static String reachable(InetSocketAddress address) {
    return address.getAddress() == null || address.getAddress().isAnyLocalAddress()
        ? "localhost"
        : address.getHostString();
  }
}
