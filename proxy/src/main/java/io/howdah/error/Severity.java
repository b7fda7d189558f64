package io.howdah.error;

/** How an ErrorResponse ends: {@code ERROR} keeps the session, {@code FATAL} closes it. */
public enum Severity {
  ERROR,
  FATAL
}
