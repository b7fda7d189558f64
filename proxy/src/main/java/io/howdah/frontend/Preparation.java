package io.howdah.frontend;

import io.howdah.backend.Chore;
import io.howdah.backend.NodePool;
import io.howdah.backend.ServerConnection;
import io.howdah.error.PgError;

/**
 * What a connection must do before the request can begin there.
 *
 * @param from where the connection came from
 * @param begins whether it begins the client's transaction; else it brings the session's settings
 */
record Preparation(WaitingTurn turn, ServerConnection connection, NodePool from, boolean begins)
    implements Chore {

  @Override
  public void done() {
    turn.prepared(this);
  }

  @Override
  public void failed(PgError error) {
    turn.unprepared(this, error);
  }
}
