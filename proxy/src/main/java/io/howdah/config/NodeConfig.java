package io.howdah.config;

import java.util.Optional;

/**
 * What is said of one node of a cluster besides its address.
 *
 * @param weight its share of the reads beside the weights of the others; 0 for none
 * @param zone where it is, such as a data centre; empty when that does not matter
 */
public record NodeConfig(int weight, Optional<String> zone) {
  /** The greatest weight. */
  public static final int MAX_WEIGHT = 1000;

  /** Of a node of which nothing is said. */
  public static final NodeConfig DEFAULT = new NodeConfig(1, Optional.empty());

  void validate(String key, Faults faults) {
    faults.range(key + " weight", weight, 0, MAX_WEIGHT);
  }
}
