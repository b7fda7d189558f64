package io.howdah;

/**
 * One cluster, for health checks.
 *
 * @param name its name
 * @param asked whether its nodes were asked once, whatever they said
 * @param primaryReachable whether a node that takes writes is known
 * @param replicasUsable replicas that answer
 * @param problem why there is no primary, or null
 */
public record ClusterStatus(
    String name, boolean asked, boolean primaryReachable, int replicasUsable, String problem) {}
