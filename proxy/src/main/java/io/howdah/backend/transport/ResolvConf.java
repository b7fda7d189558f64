package io.howdah.backend.transport;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code /etc/resolv.conf} says, as resolv.conf(5) explains it.
 *
 * @param servers the name servers, in their order; the one of this machine where none is named
 * @param search the domains in which a name is looked for
 * @param ndots a name with fewer dots is looked for in these domains first
 */
record ResolvConf(List<InetSocketAddress> servers, List<String> search, int ndots) {
  private static final int PORT = 53;
  private static final int MOST_NDOTS = 15;

  /**
   * The file, read anew when it has changed.
   *
   * <p>Thread: one.
   */
  static final class File {
    private final WatchedFile file;
    private final int port;
    private ResolvConf conf;

    File(Path path) {
      this(path, PORT);
    }

    /**
     * @param port of the name servers, which the file does not tell
     */
    File(Path path, int port) {
      this.file = new WatchedFile(path);
      this.port = port;
    }

    ResolvConf read() {
      if (file.hasChanged() || conf == null) {
        try {
          conf = of(Files.readAllLines(file.path()), port);
        } catch (IOException e) {
          conf = of(List.of(), port);
        }
      }
      return conf;
    }
  }

  static ResolvConf of(List<String> lines, int port) {
    List<InetSocketAddress> servers = new ArrayList<>();
    List<String> search = List.of();
    int ndots = 1;
    for (String line : lines) {
      List<String> words = List.of(line.strip().split("\\s+"));
      List<String> values = words.subList(1, words.size());
      switch (words.getFirst()) {
        case "nameserver" -> values.stream().limit(1).forEach(each -> add(servers, each, port));
        // Of these the last counts.
        case "search" -> search = values.stream().map(ResolvConf::domain).toList();
        case "domain" -> search = values.stream().limit(1).map(ResolvConf::domain).toList();
        case "options" -> {
          for (String option : values) {
            ndots = option.startsWith("ndots:") ? number(option, ndots) : ndots;
          }
        }
        default -> {}
      }
    }
    if (servers.isEmpty()) {
      servers.add(new InetSocketAddress(NetUtil.LOCALHOST4, port));
    }
    return new ResolvConf(servers, search, ndots);
  }

  private static void add(List<InetSocketAddress> servers, String text, int port) {
    int zone = text.indexOf('%');
    byte[] address = NetUtil.createByteArrayFromIpAddressString(text);
    try {
      if (address != null && zone < 0) {
        servers.add(new InetSocketAddress(InetAddress.getByAddress(address), port));
      } else if (address != null) {
        // An address with a zone is no name either: nobody is asked for it.
        servers.add(new InetSocketAddress(InetAddress.getByName(text), port));
      }
    } catch (UnknownHostException e) {
      // A zone that this machine does not have: as if the line were not there.
    }
  }

  private static String domain(String text) {
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static int number(String option, int otherwise) {
    try {
      return Math.clamp(Integer.parseInt(option.substring("ndots:".length())), 0, MOST_NDOTS);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
