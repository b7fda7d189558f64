package io.howdah.auth;

/** A SCRAM message that breaks RFC 5802's grammar. */
final class MalformedScram extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedScram(String detail) {
    super(detail);
  }
}
