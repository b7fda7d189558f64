package io.howdah.config;

import java.time.Duration;

/**
 * How a cluster's nodes are asked for role, timeline and lag.
 *
 * @param user the role to log in as; needs no more than CONNECT
 * @param password its password, or empty where the server asks for none
 * @param database the database to connect to, where it is there and nobody needs it for himself
 * @param interval the time between two questions to one node
 * @param timeout how long an answer may take before the node counts as down
 */
public record ProbeConfig(
    String user, String password, String database, Duration interval, Duration timeout) {
  void validate(String key, Faults faults) {
    faults.notBlank(key + ".user", user);
    faults.notBlank(key + ".database", database);
    faults.positive(key + ".interval", interval);
    faults.positive(key + ".timeout", timeout);
  }

  @Override
  public String toString() {
    return "ProbeConfig[user=" + user + ", database=" + database + ", interval=" + interval + "]";
  }
}
