package io.howdah.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Where clients connect. Port 0 lets the system choose (for tests).
 *
 * @param address the address to listen on
 * @param backlog the length of the queue of connections not yet accepted
 * @param readOnlyPort a further port on the same address, which leads to replicas only
 * @param readWritePort a further port on the same address, which leads to the primary only
 */
public record ListenerConfig(
    HostPort address, int backlog, OptionalInt readOnlyPort, OptionalInt readWritePort) {

  /** What a port is for. */
  public enum Purpose {
    /** Each statement goes where it can be served. */
    ANY,
    /** Replicas only, unless a client asks for the primary. */
    READ_ONLY,
    /** The primary only, unless a client asks for a replica. */
    READ_WRITE
  }

  /** One port for everything. */
  public ListenerConfig(HostPort address, int backlog) {
    this(address, backlog, OptionalInt.empty(), OptionalInt.empty());
  }

  /** Every port by what it is for, the first of them {@link Purpose#ANY}. */
  public Map<Purpose, HostPort> ports() {
    Map<Purpose, HostPort> ports = new LinkedHashMap<>();
    ports.put(Purpose.ANY, address);
    readOnlyPort.ifPresent(n -> ports.put(Purpose.READ_ONLY, new HostPort(address.host(), n)));
    readWritePort.ifPresent(n -> ports.put(Purpose.READ_WRITE, new HostPort(address.host(), n)));
    return ports;
  }

  void validate(String key, Faults faults) {
    faults.notBlank(key + ".host", address.host());
    faults.range(key + ".port", address.port(), 0, 65_535);
    further(key + ".read-only-port", readOnlyPort, faults);
    further(key + ".read-write-port", readWritePort, faults);
    faults.check(
        readWritePort.isEmpty()
            || readWritePort.getAsInt() == 0
            || !readWritePort.equals(readOnlyPort),
        key + ".read-write-port",
        "is the read-only port",
        "a port of its own");
    faults.range(key + ".backlog", backlog, 1, 65_535);
  }

  private void further(String key, OptionalInt port, Faults faults) {
    port.ifPresent(
        n -> {
          faults.range(key, n, 0, 65_535);
          faults.check(
              n == 0 || n != address.port(), key, "is howdah.listen.port", "a port of its own");
        });
  }
}
