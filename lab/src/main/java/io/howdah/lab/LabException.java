package io.howdah.lab;

/** Something the lab needs is missing or went wrong; the message says what a person can do. */
public class LabException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LabException(String message) {
    super(message);
  }

  LabException(String message, Throwable cause) {
    super(message, cause);
  }

  /** For a wait that was cut short; the thread stays marked as interrupted. */
  static LabException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new LabException("interrupted", cause);
  }
}
