package io.howdah.e2e.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A message of the server.
 *
 * @param type its first byte
 * @param body what follows its length
 */
@SuppressWarnings("ArrayRecordComponent") // compared by their texts
public record Message(char type, byte[] body) {
  private static final int LONGEST_SHOWN = 4000;

  /** A field of an ErrorResponse or NoticeResponse, or null. */
  public String field(char field) {
    int at = 0;
    while (at < body.length && body[at] != 0) {
      int end = at + 1;
      while (body[end] != 0) {
        end++;
      }
      if (body[at] == field) {
        return new String(body, at + 1, end - at - 1, StandardCharsets.UTF_8);
      }
      at = end + 1;
    }
    return null;
  }

  /** The SQLSTATE of an error or notice. */
  public String sqlstate() {
    return field('C');
  }

  /** The columns of a DataRow as text; null for NULL. */
  public List<String> row() {
    List<String> columns = new ArrayList<>();
    var in = java.nio.ByteBuffer.wrap(body);
    for (int left = in.getShort(); left > 0; left--) {
      int length = in.getInt();
      if (length < 0) {
        columns.add(null);
      } else {
        byte[] value = new byte[length];
        in.get(value);
        columns.add(new String(value, StandardCharsets.UTF_8));
      }
    }
    return columns;
  }

  /** Type and every byte of the body, so that two that differ look different to a person. */
  @Override
  public String toString() {
    if (body.length > LONGEST_SHOWN) {
      return type + " " + body.length + " bytes with SHA-256 " + digest();
    }
    StringBuilder text = new StringBuilder().append(type).append(' ');
    for (byte each : body) {
      if (each >= ' ' && each < 127 && each != '\\') {
        text.append((char) each);
      } else {
        text.append('\\').append(HexFormat.of().toHexDigits(each));
      }
    }
    return text.toString();
  }

  private String digest() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
