package io.howdah.topology;

/**
 * What one question to one node brought, at one moment of the monotonic clock.
 *
 * @param node whom
 * @param atNanos when the answer (or its failure) came, {@link System#nanoTime()}
 * @param role what it says it is; {@link Role#UNKNOWN} when it did not answer
 * @param timeline its timeline; 0 when unknown
 * @param position the primary's insert position or the replica's replay position; {@link Lsn#NONE}
 *     when unknown
 * @param replayAgeMillis milliseconds since the last replayed commit, -1 when unknown or primary
 * @param systemIdentifier the cluster's identity; 0 when unknown
 * @param problem why it did not answer, or null
 */
public record Observation(
    NodeId node,
    long atNanos,
    Role role,
    int timeline,
    Lsn position,
    long replayAgeMillis,
    long systemIdentifier,
    String problem) {

  /** A node that did not answer. */
  public static Observation failed(NodeId node, long atNanos, String problem) {
    return new Observation(node, atNanos, Role.UNKNOWN, 0, Lsn.NONE, -1, 0, problem);
  }

  /** The same of another timeline. */
  public Observation onTimeline(int other) {
    return other == timeline
        ? this
        : new Observation(
            node, atNanos, role, other, position, replayAgeMillis, systemIdentifier, problem);
  }
}
