package io.howdah;

// Placeholder: replaced by the data plane's own.
public record ClusterStatus(
    String name, boolean primaryReachable, int replicasUsable, String problem) {}
