package io.howdah.backend.transport;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/** Asks for the addresses of a host name, now and without a cache. */
@FunctionalInterface
interface NameLookup {
  /**
   * Asks; either callback is called once, on the loop of the {@link NodeAddresses} that asks.
   *
   * @param found gets at least one address
   * @param failed gets a sentence for people
   */
  void find(String host, Consumer<List<InetAddress>> found, Consumer<String> failed);
}
