package io.howdah.backend.login;

import io.howdah.topology.NodeId;
import java.util.Map;

/**
 * What is known of a server connection since its login.
 *
 * @param node the server
 * @param database the database on the server
 * @param user the role on the server
 * @param processId the server process, as cancel requests name it
 * @param secretKey the key that cancel requests must carry
 * @param parameters what the server reported last, by name; changes as the server reports
 * @param protocol the protocol version in force
 */
public record ServerIdentity(
    NodeId node,
    String database,
    String user,
    int processId,
    byte[] secretKey,
    Map<String, String> parameters,
    int protocol) {
  @Override
  public String toString() {
    return user + "@" + node + "/" + database + " pid " + processId;
  }
}
