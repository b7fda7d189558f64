package io.howdah.error;

/**
 * What an error says, field by field.
 *
 * @param severity whether the session ends with it
 * @param sqlstate field {@code C}
 * @param message the primary message, field {@code M}: one line, no full stop
 * @param detail field {@code D}, or null
 * @param hint field {@code H}, what to do next, or null
 * @param routine field {@code R}, the server's function that raised it, or null
 */
public record Report(
    Severity severity,
    Sqlstate sqlstate,
    String message,
    String detail,
    String hint,
    String routine) {

  Report(Severity severity, Sqlstate sqlstate, String message) {
    this(severity, sqlstate, message, null, null, null);
  }

  /** Of an error that ends the session. */
  static Report fatal(Sqlstate sqlstate, String message) {
    return new Report(Severity.FATAL, sqlstate, message);
  }

  /** Of an error that the session outlives. */
  static Report error(Sqlstate sqlstate, String message) {
    return new Report(Severity.ERROR, sqlstate, message);
  }

  Report withDetail(String text) {
    return new Report(severity, sqlstate, message, text, hint, routine);
  }

  Report withHint(String text) {
    return new Report(severity, sqlstate, message, detail, text, routine);
  }

  Report withRoutine(String name) {
    return new Report(severity, sqlstate, message, detail, hint, name);
  }
}
