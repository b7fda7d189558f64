package io.howdah.backend.connection;

import io.howdah.error.PgError;

/**
 * Work of Howdah's own on a server connection, between two client sessions or ahead of one.
 *
 * <p>Thread: the event loop of the connection.
 */
public interface Chore {
  /** The server did it and owes nothing. */
  void done();

  /**
   * The server refused, or the connection was lost; it can't be used any more and is being closed.
   */
  void failed(PgError error);
}
