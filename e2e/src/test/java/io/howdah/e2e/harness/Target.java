package io.howdah.e2e.harness;

import io.howdah.config.HostPort;

/** Which way a scenario goes to the server. */
public enum Target {
  /** To the primary itself. */
  DIRECT,
  /** Through Howdah. */
  HOWDAH;

  public HostPort address(Howdah howdah) {
    return this == DIRECT ? Servers.shared().primary() : howdah.address();
  }
}
