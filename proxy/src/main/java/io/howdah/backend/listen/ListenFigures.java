package io.howdah.backend.listen;

/**
 * How a shared listening connection stands.
 *
 * @param database its name on the server
 * @param channels that it listens to, or wants to
 * @param subscriptions of sessions to channels
 * @param received notifications since the start
 * @param delivered notifications handed to sessions since the start
 * @param losses how often the connection was lost while somebody listened
 * @param problem why there is no connection though one is wanted, or null
 */
public record ListenFigures(
    String cluster,
    String database,
    Link link,
    int channels,
    int subscriptions,
    long received,
    long delivered,
    long losses,
    String problem) {

  /**
   * The connection.
   *
   * @param node the server; null when there is no connection
   * @param user the role on the server
   * @param processId the server process
   */
  public record Link(String node, String user, int processId) {
    static final Link NONE = new Link(null, null, 0);
  }
}
