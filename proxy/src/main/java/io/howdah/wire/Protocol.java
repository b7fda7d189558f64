package io.howdah.wire;

/** Numbers of the frontend/backend protocol that are no message types. */
public final class Protocol {
  /** Protocol 3.0 as a start-up packet carries it. */
  public static final int VERSION_3_0 = 3 << 16;

  /** Protocol 3.2 (PostgreSQL 18): cancel keys of 4 to 256 bytes. */
  public static final int VERSION_3_2 = 3 << 16 | 2;

  /** The longest cancel key that protocol 3.2 allows; with 3.0 a key has 4 bytes. */
  public static final int MAX_CANCEL_KEY_BYTES = 256;

  /** The code in place of a version that makes a start-up packet a CancelRequest. */
  public static final int CANCEL_REQUEST_CODE = 1234 << 16 | 5678;

  /** The code in place of a version that makes a start-up packet an SSLRequest. */
  public static final int SSL_REQUEST_CODE = 1234 << 16 | 5679;

  /** The code in place of a version that makes a start-up packet a GSSENCRequest. */
  public static final int GSSENC_REQUEST_CODE = 1234 << 16 | 5680;

  /** A type byte and an int32 length. */
  public static final int HEADER_BYTES = 5;

  /**
   * PostgreSQL refuses longer start-up packets (MAX_STARTUP_PACKET_LENGTH), their length left out.
   */
  public static final int MAX_STARTUP_PACKET_BYTES = 10_000;

  private Protocol() {}
}
