package io.howdah.backend.probe;

import io.howdah.topology.Observation;
import io.howdah.topology.Role;

/**
 * The timeline of a standby, which does not go back while its server runs. What a standby says of
 * it does: it comes from the WAL receiver, and when that has lost its primary from the control
 * file, which knows of a new timeline only from the next restartpoint on.
 *
 * <p>Thread: the probe's event loop.
 */
final class StandbyTimeline {
  private int highest;

  /** The connection to the server was lost: the next one may lead to another process. */
  void begin() {
    highest = 0;
  }

  /** What was observed over the connection, with the timeline that is known. */
  Observation of(Observation said) {
    if (said.role() != Role.REPLICA) {
      highest = 0;
      return said;
    }
    highest = Math.max(highest, said.timeline());
    return said.onTimeline(highest);
  }
}
