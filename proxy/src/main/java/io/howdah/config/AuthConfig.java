package io.howdah.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Who may enter.
 *
 * @param type how clients prove who they are
 * @param usersFile names and passwords or SCRAM verifiers, in the format of PgBouncer's
 *     userlist.txt [auth_file]; needed for SCRAM
 * @param adminUsers who may use every command of the admin console [admin_users]
 * @param statsUsers who may use its read-only commands [stats_users]
 * @param replication whether clients may open replication connections, unless their user says
 *     otherwise; the server still asks for the role's REPLICATION attribute
 * @param saltSecret what the salts of SCRAM are derived from that no verifier has; none for one
 *     that lasts as long as the process
 */
public record AuthConfig(
    AuthType type,
    Optional<Path> usersFile,
    Set<String> adminUsers,
    Set<String> statsUsers,
    boolean replication,
    Optional<String> saltSecret) {
  private static final int SHORTEST_SECRET = 16;

  /** The default of the reference configuration: the server decides. */
  public static final boolean DEFAULT_REPLICATION = true;

  public AuthConfig(
      AuthType type, Optional<Path> usersFile, Set<String> adminUsers, Set<String> statsUsers) {
    this(type, usersFile, adminUsers, statsUsers, DEFAULT_REPLICATION, Optional.empty());
  }

  public AuthConfig {
    adminUsers = Set.copyOf(adminUsers);
    statsUsers = Set.copyOf(statsUsers);
  }

  void validate(String key, Faults faults) {
    faults.check(
        type != AuthType.SCRAM_SHA_256 || usersFile.isPresent(),
        key + ".users-file",
        "is missing",
        "a file of names and passwords or SCRAM verifiers, needed by type scram-sha-256");
    faults.check(
        saltSecret.isEmpty() || saltSecret.get().length() >= SHORTEST_SECRET,
        key + ".salt-secret",
        "is too short",
        SHORTEST_SECRET + " characters or more");
  }

  @Override
  public String toString() {
    return "AuthConfig[" + type + ", " + usersFile + "]";
  }
}
