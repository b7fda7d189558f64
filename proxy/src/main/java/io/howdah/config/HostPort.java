package io.howdah.config;

/** A host name or address and a TCP port. */
public record HostPort(String host, int port) {
  void validate(String key, Faults faults) {
    faults.notBlank(key, host);
    faults.range(key, port, 1, 65_535);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
