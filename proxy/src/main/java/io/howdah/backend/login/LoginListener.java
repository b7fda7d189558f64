package io.howdah.backend.login;

import io.howdah.error.PgError;

/**
 * Hears how a login ended: exactly one of the two methods is called, once.
 *
 * <p>Thread: the event loop of the connection.
 */
public interface LoginListener {
  /** The server is ready. Add handlers to the channel's pipeline now: bytes may follow at once. */
  void loggedIn(ServerGreeting greeting);

  /** No connection, or no login; nothing is left open. */
  void failed(PgError error);
}
