package io.howdah.app;

/** A reload could not be done; the message says why, for people. */
final class ReloadFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReloadFailed(String message) {
    super(message);
  }
}
