package io.howdah.frontend;

import io.howdah.backend.connection.Chore;
import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.pools.NodePool;
import io.howdah.error.PgError;

/**
 * What a connection must do before a request can begin there.
 *
 * @param from the connection's pool
 * @param begins whether it begins the client's transaction; else it brings the session's settings
 */
record Preparation(Preparing preparing, ServerConnection connection, NodePool from, boolean begins)
    implements Chore {
  @Override
  public void done() {
    preparing.prepared(this);
  }

  @Override
  public void failed(PgError error) {
    preparing.unprepared(this, error);
  }
}
