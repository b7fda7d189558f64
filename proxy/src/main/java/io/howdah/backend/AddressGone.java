package io.howdah.backend;

/**
 * Told to the pipeline of a server connection when its server's name has other addresses now than
 * the one that it leads to.
 */
record AddressGone(String host) {
  /** Why a connection is given up for it. */
  String reason() {
    return "the name " + host + " has another address now";
  }
}
