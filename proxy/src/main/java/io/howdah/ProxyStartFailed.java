package io.howdah;

// Placeholder: replaced by the data plane's own.
public final class ProxyStartFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProxyStartFailed(String message, Throwable cause) {
    super(message, cause);
  }
}
