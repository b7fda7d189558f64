package io.howdah;

/** The proxy could not start; the message says why and what to do, for people. */
public final class ProxyStartFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProxyStartFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
