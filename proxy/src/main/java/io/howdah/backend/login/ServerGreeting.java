package io.howdah.backend.login;

import io.netty.channel.Channel;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a server said of itself and of the connection during a login that succeeded.
 *
 * @param channel the connection, idle, with no handler of the login left in its pipeline once the
 *     callback has returned
 * @param parameters every ParameterStatus, in the order received
 * @param processId of BackendKeyData; 0 when the server sent none, then it can't be cancelled
 * @param secretKey of BackendKeyData: 4 bytes, with protocol 3.2 up to 256
 * @param protocolVersion the version agreed upon
 */
public record ServerGreeting(
    Channel channel,
    Map<String, String> parameters,
    int processId,
    byte[] secretKey,
    int protocolVersion) {
  public ServerGreeting {
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** The first number of the version that the server tells; 0 where it tells none. */
  public int majorVersion() {
    String version = parameters.getOrDefault("server_version", "");
    int digits = 0;
    while (digits < version.length() && Character.isDigit(version.charAt(digits))) {
      digits++;
    }
    return digits > 0 && digits < 5 ? Integer.parseInt(version, 0, digits, 10) : 0;
  }

  /** Shows no key. */
  @Override
  public String toString() {
    return "ServerGreeting[" + channel + ", process " + processId + "]";
  }
}
