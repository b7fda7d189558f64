package io.howdah.frontend;

import io.howdah.frontend.cancel.Cancellations;
import io.howdah.frontend.session.Client;
import io.howdah.frontend.startup.ClientIdentity;

/**
 * Where a session is known outside of itself, to be forgotten there when it ends: the limits count
 * its client, a cancel key leads to it, and telemetry knows of it.
 *
 * <p>Thread: the session's event loop.
 */
final class Registration {
  private final Worker worker;
  private final long id;
  private ClientIdentity counted;
  private Cancellations.Key cancelKey;
  private ClientIdentity served;

  Registration(Worker worker, long id) {
    this.worker = worker;
    this.id = id;
  }

  /** The limits count this client from now on. */
  void counted(ClientIdentity client) {
    counted = client;
  }

  /** Gives the session the key that its client is told. */
  Cancellations.Key cancelKey(Client session, int protocolMinor) {
    cancelKey = worker.cancels().register(session, protocolMinor);
    return cancelKey;
  }

  /** The login is over. */
  void served(ClientIdentity client) {
    served = client;
    worker.telemetry().clientConnected(id, client.user(), client.database(), client.peer());
  }

  /** Whether the login is over, and not on the console. */
  boolean isServed() {
    return served != null;
  }

  /** The session has ended. */
  void end(String reason) {
    if (cancelKey != null) {
      worker.cancels().unregister(cancelKey);
    }
    if (counted != null) {
      worker.clients().exit(counted);
    }
    if (served != null) {
      worker.telemetry().clientDisconnected(id, served.user(), served.database(), reason);
    }
  }
}
