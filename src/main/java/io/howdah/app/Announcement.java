package io.howdah.app;

import io.howdah.config.AuthType;
import io.howdah.config.HostPort;
import io.howdah.config.ProxyConfig;
import java.net.InetSocketAddress;
import java.util.stream.Collectors;

/** The line that says that Howdah is up. */
final class Announcement {
  private Announcement() {}

  static String of(String version, InetSocketAddress address, int httpPort, ProxyConfig config) {
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
    return "Howdah %s listens on %s for %s%s. Health and metrics: port %d. Next: psql -h %s -p %d"
        .formatted(version, bound, clusters, trust, httpPort, reachable(address), bound.port());
  }

  /** An address to connect to: not the one that stands for all. */
  private static String reachable(InetSocketAddress address) {
    return address.getAddress() == null || address.getAddress().isAnyLocalAddress()
        ? "localhost"
        : address.getHostString();
  }
}
