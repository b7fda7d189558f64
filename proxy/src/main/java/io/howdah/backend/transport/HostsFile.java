package io.howdah.backend.transport;

import io.netty.resolver.HostsFileEntriesProvider;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The names in {@code /etc/hosts}. A name has all the addresses of its lines, IPv4 first.
 *
 * <p>Thread: one.
 */
final class HostsFile {
  private final WatchedFile file;
  private HostsFileEntriesProvider entries;

  HostsFile(Path path) {
    this.file = new WatchedFile(path);
  }

  /** The addresses of a name; empty where the file does not have it. */
  List<InetAddress> addresses(String host) {
    if (file.hasChanged() || entries == null) {
      entries = read();
    }
    String name = host.toLowerCase(Locale.ROOT);
    List<InetAddress> all = new ArrayList<>(of(entries.ipv4Entries(), name));
    all.addAll(of(entries.ipv6Entries(), name));
    return all;
  }

  private static List<InetAddress> of(Map<String, List<InetAddress>> entries, String name) {
    return entries.getOrDefault(name, List.of());
  }

  private HostsFileEntriesProvider read() {
    try (Reader text = Files.newBufferedReader(file.path())) {
      return HostsFileEntriesProvider.parser().parse(text);
    } catch (IOException e) {
      return none();
    }
  }

  /** Without the file no name is in it. */
  private static HostsFileEntriesProvider none() {
    try {
      return HostsFileEntriesProvider.parser().parse(new StringReader(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
