package io.howdah.wire;

/** A message's body is not what its type promises. The message is for people. */
public final class MalformedMessage extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedMessage(String detail) {
    super(detail);
  }
}
