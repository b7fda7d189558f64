package io.howdah.config;

import java.time.Duration;

/**
 * How the names of servers are resolved, PgBouncer's names in brackets.
 *
 * @param maxTtl how long the addresses of a name count before it is looked up anew [dns_max_ttl]
 * @param nxdomainTtl the same for the answer that there are none [dns_nxdomain_ttl]
 * @param timeout how long one name server may take to answer
 */
public record DnsConfig(Duration maxTtl, Duration nxdomainTtl, Duration timeout) {
  /** The defaults of the reference configuration. */
  public static final DnsConfig DEFAULT =
      new DnsConfig(Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofSeconds(2));

  void validate(String key, Faults faults) {
    faults.positive(key + ".max-ttl", maxTtl);
    faults.positive(key + ".nxdomain-ttl", nxdomainTtl);
    faults.positive(key + ".timeout", timeout);
  }
}
