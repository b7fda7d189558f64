package io.howdah.backend.transport;

/**
 * Told to the pipeline of a server connection when its server's name has other addresses now than
 * the one that it leads to.
 */
public record AddressGone(String host) {
  /** Why a connection is given up for it. */
  public String reason() {
    return "the name " + host + " has another address now";
  }
}
