package io.howdah.topology;

/** One server of a cluster, by the address under which Howdah reaches it. */
public record NodeId(String cluster, String host, int port) {
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
