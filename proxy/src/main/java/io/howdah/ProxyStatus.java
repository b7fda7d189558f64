package io.howdah;

import java.util.List;

// Placeholder: replaced by the data plane's own.
public record ProxyStatus(boolean accepting, List<ClusterStatus> clusters) {}
