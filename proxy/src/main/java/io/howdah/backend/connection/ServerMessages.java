package io.howdah.backend.connection;

/** Texts that Howdah itself sends to a logged-in server. */
final class ServerMessages {
  /**
   * A query string that fails for certain where it is run, and not before: what a simple query does
   * away with, or leaves, is so behind it too. No name of a client's begins so.
   */
  static final String QUERY_OF_NOTHING = "DEALLOCATE \"howdah_ nothing\"";

  private ServerMessages() {}
}
