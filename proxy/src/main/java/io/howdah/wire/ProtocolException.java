package io.howdah.wire;

/** The other side broke the protocol; the stream can't be read any further. */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message, null, false, false);
  }
}
