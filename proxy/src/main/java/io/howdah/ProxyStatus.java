package io.howdah;

import java.util.List;

/**
 * The proxy, for health checks.
 *
 * @param accepting whether it takes new clients
 * @param clusters each cluster of the configuration
 */
public record ProxyStatus(boolean accepting, List<ClusterStatus> clusters) {
  public ProxyStatus {
    clusters = List.copyOf(clusters);
  }
}
