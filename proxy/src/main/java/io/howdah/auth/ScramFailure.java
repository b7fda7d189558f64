package io.howdah.auth;

/** The server's side of a SCRAM login is wrong; the message is for people and has no secret. */
public final class ScramFailure extends Exception {
  private static final long serialVersionUID = 1L;

  ScramFailure(String message) {
    super(message);
  }
}
