package io.howdah.backend.login;

import io.howdah.auth.ServerSecret;
import io.howdah.config.ProbeConfig;
import io.howdah.topology.NodeId;
import io.howdah.wire.Protocol;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One login at one server.
 *
 * @param secret what proves who we are, if the server asks for it
 * @param startupParameters further settings of the start-up packet, such as {@code
 *     application_name}; {@code user} and {@code database} in it are overruled by the two above
 * @param protocolVersion the highest to speak, such as {@link Protocol#VERSION_3_2}; the server may
 *     answer with a lower minor version
 * @param connectTimeout for name resolution and the TCP connection
 * @param loginTimeout from then on to ReadyForQuery
 */
public record LoginRequest(
    NodeId node,
    String database,
    String user,
    ServerSecret secret,
    Map<String, String> startupParameters,
    int protocolVersion,
    Duration connectTimeout,
    Duration loginTimeout) {
  public LoginRequest {
    startupParameters = Collections.unmodifiableMap(new LinkedHashMap<>(startupParameters));
  }

  /**
   * The login of a cluster's prober, for questions of Howdah's own.
   *
   * @param database where it logs in, whatever is configured
   * @param applicationName what the server's views show
   */
  static LoginRequest ofProber(
      NodeId node, ProbeConfig probe, String database, String applicationName) {
    return new LoginRequest(
        node,
        database,
        probe.user(),
        probe.password().isEmpty()
            ? new ServerSecret.None()
            : new ServerSecret.Password(probe.password()),
        // The question's functions must be the system's, whatever the role's search path says.
        Map.of("application_name", applicationName, "search_path", "pg_catalog"),
        Protocol.VERSION_3_0,
        probe.timeout(),
        probe.timeout());
  }

  /** The same login by an older protocol. */
  LoginRequest speaking(int version) {
    return new LoginRequest(
        node, database, user, secret, startupParameters, version, connectTimeout, loginTimeout);
  }

  Map<String, String> packet() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("user", user);
    all.put("database", database);
    startupParameters.forEach(all::putIfAbsent);
    return all;
  }
}
