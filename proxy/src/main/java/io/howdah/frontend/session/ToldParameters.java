package io.howdah.frontend.session;

import io.howdah.backend.connection.ReportedParameters;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.wire.BackendMessages;
import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the client was told of the server's parameters. When another server connection, or Howdah's
 * own setting of parameters, makes them differ, the client is told: no more and no less than one
 * server would have told it.
 *
 * <p>Thread: the session's event loop.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-ASYNC">PostgreSQL,
 *     section 54.2.7</a>
 */
public final class ToldParameters {
  private final SessionState state;

  /** Shared with other sessions; compared by identity first. */
  private Map<String, String> told;

  ToldParameters(SessionState state) {
    this.state = state;
    this.told = Map.of();
  }

  /** What the client heard at its login. */
  public void atLogin(Map<String, String> parameters) {
    told = state.session.worker().internedParameters(ReportedParameters.ofTheSession(parameters));
  }

  /** The server told the client itself. */
  public void heard(String name, String value) {
    Map<String, String> now = new LinkedHashMap<>(told);
    now.put(name, value);
    told = state.session.worker().internedParameters(ReportedParameters.ofTheSession(now));
  }

  /** Tells the client what is different on this server connection; it has no message half sent. */
  public void catchUp(ServerConnection server) {
    Map<String, String> there = server.reported().ofTheSession();
    if (there != told) {
      tell(server, there);
    }
  }

  private void tell(ServerConnection server, Map<String, String> there) {
    Map<String, String> interned = state.session.worker().internedParameters(there);
    server.reported().share(interned);
    if (interned == told) {
      return;
    }
    ByteBuf out = state.session.buffer();
    interned.forEach(
        (name, value) -> {
          if (!value.equals(told.get(name))) {
            BackendMessages.parameterStatus(out, name, value);
            state.parameter(name, value);
          }
        });
    told = interned;
    if (out.isReadable()) {
      state.session.send(out);
    } else {
      out.release();
    }
  }
}
