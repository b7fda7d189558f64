package io.howdah.wire;

import io.howdah.error.PgError;
import io.howdah.error.Severity;
import io.netty.buffer.ByteBuf;

/**
 * The fields of an ErrorResponse or NoticeResponse that Howdah looks at; other fields are passed
 * over. Those that the server left out are null, but for {@code code} and {@code message}, which
 * are then empty.
 *
 * @param severity field V (never translated), else S
 * @param code field C, the SQLSTATE
 * @param message field M
 * @param detail field D
 * @param hint field H
 * @param routine field R, the function of the server's source that raised it; never translated
 * @see <a href="https://www.postgresql.org/docs/18/protocol-error-fields.html">PostgreSQL, section
 *     54.8</a>
 */
public record ErrorFields(
    String severity, String code, String message, String detail, String hint, String routine) {

  /**
   * Reads a message's body (without type and length) to its end. What is cut off is tolerated: the
   * fields before it still tell what happened.
   */
  public static ErrorFields read(ByteBuf body) {
    String translated = null;
    String severity = null;
    String code = "";
    String message = "";
    String detail = null;
    String hint = null;
    String routine = null;
    while (body.isReadable()) {
      byte field = body.readByte();
      if (field == 0 || body.bytesBefore((byte) 0) < 0) {
        break;
      }
      switch (field) {
        case 'S' -> translated = CString.read(body);
        case 'V' -> severity = CString.read(body);
        case 'C' -> code = CString.read(body);
        case 'M' -> message = CString.read(body);
        case 'D' -> detail = CString.read(body);
        case 'H' -> hint = CString.read(body);
        case 'R' -> routine = CString.read(body);
        default -> body.skipBytes(body.bytesBefore((byte) 0) + 1);
      }
    }
    return new ErrorFields(
        severity == null ? translated : severity, code, message, detail, hint, routine);
  }

  /**
   * Reads {@code length} bytes of a message's body at {@code start}, leaving the buffer as it is.
   */
  public static ErrorFields read(ByteBuf in, int start, int length) {
    return read(in.slice(start, length));
  }

  /** Whether the session ends with this error. */
  public boolean isFatal() {
    return "FATAL".equals(severity) || "PANIC".equals(severity);
  }

  /** Writes a whole ErrorResponse; returns the buffer. */
  public static ByteBuf write(ByteBuf out, PgError error) {
    return write(out, error, error.severity());
  }

  /**
   * Writes a whole ErrorResponse of another severity than the error has by itself; returns the
   * buffer.
   */
  public static ByteBuf write(ByteBuf out, PgError error, Severity severity) {
    int start = BackendMessages.begin(out, BackendType.ERROR_RESPONSE);
    field(out, 'S', severity.name());
    field(out, 'V', severity.name());
    field(out, 'C', error.code());
    field(out, 'M', error.message());
    field(out, 'D', error.detail());
    field(out, 'H', error.hint());
    field(out, 'R', error.routine());
    out.writeByte(0);
    return BackendMessages.end(out, start);
  }

  private static void field(ByteBuf out, char field, String value) {
    if (value != null) {
      out.writeByte(field);
      CString.write(out, value);
    }
  }

  /** Severity, message and SQLSTATE in one line, for logs. */
  @Override
  public String toString() {
    return (severity == null ? "" : severity + ": ") + message + " (" + code + ")";
  }
}
