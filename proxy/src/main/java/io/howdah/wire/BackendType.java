package io.howdah.wire;

/**
 * Type bytes of the messages that a server sends.
 *
 * @see <a href="https://www.postgresql.org/docs/18/protocol-message-formats.html">PostgreSQL,
 *     section 54.7</a>
 */
public final class BackendType {
  public static final byte AUTHENTICATION = 'R';
  public static final byte BACKEND_KEY_DATA = 'K';
  public static final byte BIND_COMPLETE = '2';
  public static final byte CLOSE_COMPLETE = '3';
  public static final byte COMMAND_COMPLETE = 'C';
  public static final byte COPY_BOTH_RESPONSE = 'W';
  public static final byte COPY_DATA = 'd';
  public static final byte COPY_DONE = 'c';
  public static final byte COPY_IN_RESPONSE = 'G';
  public static final byte COPY_OUT_RESPONSE = 'H';
  public static final byte DATA_ROW = 'D';
  public static final byte EMPTY_QUERY_RESPONSE = 'I';
  public static final byte ERROR_RESPONSE = 'E';
  public static final byte FUNCTION_CALL_RESPONSE = 'V';
  public static final byte NEGOTIATE_PROTOCOL_VERSION = 'v';
  public static final byte NO_DATA = 'n';
  public static final byte NOTICE_RESPONSE = 'N';
  public static final byte NOTIFICATION_RESPONSE = 'A';
  public static final byte PARAMETER_DESCRIPTION = 't';
  public static final byte PARAMETER_STATUS = 'S';
  public static final byte PARSE_COMPLETE = '1';
  public static final byte PORTAL_SUSPENDED = 's';
  public static final byte READY_FOR_QUERY = 'Z';
  public static final byte ROW_DESCRIPTION = 'T';

  private BackendType() {}

  /** Whether a message tells of the types of parameters or rows. */
  public static boolean isDescription(byte type) {
    return type == PARAMETER_DESCRIPTION || type == ROW_DESCRIPTION || type == NO_DATA;
  }

  /**
   * Whether a message only prepares for what is to come: it tells nothing of what a statement did,
   * and a client loses nothing by hearing it a moment later, together with what follows.
   */
  public static boolean isPreliminary(byte type) {
    return switch (type) {
      case PARSE_COMPLETE,
          BIND_COMPLETE,
          CLOSE_COMPLETE,
          PARAMETER_DESCRIPTION,
          ROW_DESCRIPTION,
          NO_DATA,
          NOTICE_RESPONSE ->
          true;
      default -> false;
    };
  }
}
