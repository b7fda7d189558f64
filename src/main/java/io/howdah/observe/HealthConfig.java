package io.howdah.observe;

import io.howdah.config.Faults;
import java.time.Duration;

/**
 * What the health endpoints mean.
 *
 * @param readyWhen what readiness asks of every cluster
 * @param timeout how long the event loops may take to answer before Howdah counts as stuck
 */
public record HealthConfig(ReadyWhen readyWhen, Duration timeout) {
  /** What readiness asks of every cluster. */
  public enum ReadyWhen {
    /** Its primary is reachable. */
    PRIMARY,
    /** Reads are served, by a replica or by the primary. */
    READS
  }

  /** The defaults of the reference configuration. */
  public static final HealthConfig DEFAULT =
      new HealthConfig(ReadyWhen.PRIMARY, Duration.ofSeconds(2));

  /** Adds every fault, with keys below {@code key}. */
  public void validate(String key, Faults faults) {
    faults.positive(key + ".timeout", timeout);
  }
}
