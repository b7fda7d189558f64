package io.howdah.config;

/** How clients prove who they are. */
public enum AuthType {
  /** SCRAM-SHA-256 against the users file. */
  SCRAM_SHA_256,
  /** Any user name is believed. For loopback and tests. */
  TRUST
}
