package io.howdah.frontend.listen;

import io.howdah.backend.connection.Chore;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.error.PgError;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.SessionEffect;
import java.util.List;

/**
 * A session's channels are listened to by the shared connection. Before a statement asks for them
 * (pg_listening_channels), outside a transaction, they are listened to on the session's own server
 * connection too, so that the server itself gives the answer, in whatever statement. What that
 * connection hears is dropped as ever, and it forgets the channels before it is given back.
 *
 * <p>Thread: the session's event loop.
 */
final class ChannelsHere {
  private final Listening listening;

  /** The connection that was just made to listen, for the statement that is looked at next. */
  private ServerConnection ready;

  ChannelsHere(Listening listening) {
    this.listening = listening;
  }

  /** The session got another server connection. */
  void begin() {
    ready = null;
  }

  /**
   * Whether a statement that begins a request has to wait for that.
   *
   * @param server the connection it is to run on, which owes nothing
   * @param again has the statement looked at again
   */
  boolean areWanted(Facts facts, ServerConnection server, Runnable again) {
    if (ready == server || !asks(facts)) {
      ready = null;
      return false;
    }
    List<String> names = listening.liveChannels();
    if (names.isEmpty()) {
      return false;
    }
    StringBuilder sql = new StringBuilder();
    for (String name : names) {
      sql.append("LISTEN \"").append(name.replace("\"", "\"\"")).append("\";");
    }
    listening.sent();
    server
        .ownWork()
        .run(
            sql.toString(),
            new Chore() {
              @Override
              public void done() {
                ready = server;
                again.run();
              }

              @Override
              public void failed(PgError error) {
                // The connection is closed; its loss tells the client.
              }
            });
    return true;
  }

  static boolean asks(Facts facts) {
    for (int i = 0; i < facts.effects().size(); i++) {
      if (facts.effects().get(i) instanceof SessionEffect.ChannelsAsked) {
        return true;
      }
    }
    return false;
  }
}
