package io.howdah.observe;

import io.howdah.config.Faults;
import java.time.Duration;

/**
 * What the health endpoints mean.
 *
 * @param timeout how long the event loops may take to answer before Howdah counts as stuck
 */
public record HealthConfig(Duration timeout) {
  /** The defaults of the reference configuration. */
  public static final HealthConfig DEFAULT = new HealthConfig(Duration.ofSeconds(2));

  /** Adds every fault, with keys below {@code key}. */
  public void validate(String key, Faults faults) {
    faults.positive(key + ".timeout", timeout);
  }
}
