package io.howdah.topology;

/**
 * One node as a {@link Topology} sees it.
 *
 * @param id whom
 * @param role its role as decided by the rules, not only as claimed: of two primaries the one on
 *     the older timeline is {@link Role#UNKNOWN}
 * @param timeline its timeline; 0 when unknown
 * @param position where it stands in the WAL
 * @param lagBytes bytes of WAL it is behind the primary's last known position; 0 for the primary,
 *     -1 unknown
 * @param lagMillis milliseconds it is behind; 0 when it has replayed all; -1 unknown
 * @param up whether it answered the last question
 * @param problem why it is not up or not used, or null
 */
public record NodeState(
    NodeId id,
    Role role,
    int timeline,
    Lsn position,
    long lagBytes,
    long lagMillis,
    boolean up,
    String problem) {}
