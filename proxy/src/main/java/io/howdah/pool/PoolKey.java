package io.howdah.pool;

/**
 * What the connections of one pool have in common.
 *
 * @param node the server, as {@code host:port}
 * @param database its name on the server
 * @param user the role on the server
 * @param startup parameters that they were opened with, since they can't be set later; mostly empty
 */
public record PoolKey(String node, String database, String user, String startup) {

  /** Connections that are opened without parameters of their own. */
  public PoolKey(String node, String database, String user) {
    this(node, database, user, "");
  }

  @Override
  public String toString() {
    return user + "@" + database + " on " + node + (startup.isEmpty() ? "" : " with " + startup);
  }
}
