package io.howdah.route.replica;

import io.howdah.topology.NodeId;

/**
 * Where a statement goes, and why. Shared: one object for each node and reason of a topology.
 *
 * @param node the node, or null when none may serve it now
 * @param why the reason for this node
 */
public record Decision(NodeId node, Why why) {

  /** The reasons for a choice of node. */
  public enum Why {
    /** Only the primary may serve it. */
    PRIMARY("for the primary"),
    /** A replica within the lag bounds. */
    FRESH_REPLICA("a replica within the lag bounds"),
    /** A replica within the lag bounds, in this Howdah's zone. */
    NEAR_REPLICA("a replica of this zone within the lag bounds"),
    /** The primary takes part in reads. */
    PRIMARY_READS_TOO("the primary reads too"),
    /** No replica is up and within the lag bounds. */
    NO_FRESH_REPLICA("no replica is up and within the lag bounds"),
    /** Reads are not split, or the text can run anywhere. */
    NOT_SPLIT("no replica is asked for"),
    /** Nothing may be written to. */
    NO_PRIMARY("no primary is known");

    private final String text;

    Why(String text) {
      this.text = text;
    }

    /** A clause for people. */
    public String text() {
      return text;
    }
  }
}
