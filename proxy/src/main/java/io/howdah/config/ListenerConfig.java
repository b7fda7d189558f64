package io.howdah.config;

/**
 * Where clients connect.
 *
 * @param address the address to listen on; port 0 lets the system choose (for tests)
 * @param backlog the length of the queue of connections not yet accepted
 */
public record ListenerConfig(HostPort address, int backlog) {
  void validate(String key, Faults faults) {
    faults.notBlank(key + ".host", address.host());
    faults.range(key + ".port", address.port(), 0, 65_535);
    faults.range(key + ".backlog", backlog, 1, 65_535);
  }
}
