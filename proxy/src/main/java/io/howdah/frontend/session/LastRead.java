package io.howdah.frontend.session;

import io.howdah.backend.connection.ServerConnection;
import io.howdah.backend.wal.ReplicaPlaces;
import io.howdah.topology.NodeId;
import io.howdah.topology.WalToken;

/**
 * The replica on which a session has read last, and when: no later read may see less. That replica
 * itself never does, as long as it is the same process; for another one to serve it must be known
 * how far the first was, at the earliest when the read was answered. To note a read costs no
 * message, as replicas are asked where they are now and then, for all sessions at once.
 *
 * <p>Thread: the session's event loop.
 */
public final class LastRead {
  private final ReplicaPlaces places;

  /** Null when there is none, or it is known what it saw. */
  private NodeId replica;

  private long beganNanos;
  private long endedNanos;

  LastRead(ReplicaPlaces places) {
    this.places = places;
  }

  /**
   * A replica has answered.
   *
   * @param began a moment before the request was sent, at which the connection was open
   * @param ended the moment at which the answer was there
   */
  void ended(NodeId at, long began, long ended) {
    replica = at;
    beganNanos = began;
    endedNanos = ended;
    places.readEnded();
  }

  /** Whether there is one of which it is not known what it saw. */
  boolean isNoted() {
    return replica != null;
  }

  /** Where it was, or null. */
  public NodeId replica() {
    return replica;
  }

  /** What later reads must see on its account if that is known by now, which ends it; else null. */
  WalToken settle() {
    WalToken seen = places.behindRead(replica, beganNanos, endedNanos);
    if (seen != null) {
      replica = null;
    }
    return seen;
  }

  /** Whether the replica can be asked for that. */
  public boolean canBeTold() {
    return places.canTell(replica, beganNanos);
  }

  /**
   * Whether a connection leads to the process that served it: it was open before, and a crash would
   * have cut it.
   */
  public boolean isBy(ServerConnection connection) {
    return connection.opening().atNanos() - beganNanos < 0;
  }

  /** Something else has later reads see no less. */
  void forget() {
    replica = null;
  }
}
