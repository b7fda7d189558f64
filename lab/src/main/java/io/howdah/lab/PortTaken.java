package io.howdah.lab;

/** A port that is needed is in use; the message names it and, where it can be known, by whom. */
public final class PortTaken extends LabException {
  private static final long serialVersionUID = 1L;

  PortTaken(int port, String purpose, String holder) {
    super("port " + port + " (" + purpose + ") is taken by " + holder);
  }
}
