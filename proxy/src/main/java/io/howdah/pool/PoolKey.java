package io.howdah.pool;

/**
 * What the connections of one pool have in common.
 *
 * @param node the server, as {@code host:port}
 * @param database its name on the server
 * @param user the role on the server
 */
public record PoolKey(String node, String database, String user) {
  @Override
  public String toString() {
    return user + "@" + database + " on " + node;
  }
}
