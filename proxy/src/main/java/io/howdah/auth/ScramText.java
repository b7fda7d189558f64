package io.howdah.auth;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Reads the {@code name=value,…} text of SCRAM messages. Bytes are kept as ISO 8859-1 characters,
 * so that what was read can be hashed again byte for byte.
 */
final class ScramText {
  private final String text;
  private int at;

  ScramText(byte[] message) {
    text = new String(message, StandardCharsets.ISO_8859_1);
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static String base64(byte[] value) {
    return Base64.getEncoder().encodeToString(value);
  }

  static byte[] unbase64(String value, String what) throws MalformedScram {
    try {
      return Base64.getDecoder().decode(value);
    } catch (IllegalArgumentException e) {
      throw new MalformedScram(what + " is not base64");
    }
  }

  boolean atEnd() {
    return at >= text.length();
  }

  /** The next character, 0 at the end. */
  char peek() {
    return atEnd() ? 0 : text.charAt(at);
  }

  /** What is read from {@code start} up to here, without a comma at the end. */
  String since(int start) {
    int end = at > start && at <= text.length() && text.charAt(at - 1) == ',' ? at - 1 : at;
    return text.substring(start, end);
  }

  int position() {
    return at;
  }

  /** Reads up to the next comma, which is passed over, or the end. */
  String field() {
    int comma = text.indexOf(',', at);
    int end = comma < 0 ? text.length() : comma;
    String field = text.substring(at, end);
    at = comma < 0 ? end : end + 1;
    return field;
  }

  /** Reads the attribute {@code name}, which must come next. */
  String value(char name) throws MalformedScram {
    String field = field();
    if (field.length() < 2 || field.charAt(0) != name || field.charAt(1) != '=') {
      throw new MalformedScram("expected the attribute \"" + name + "\"");
    }
    return field.substring(2);
  }

  /** Passes over optional extensions, which both sides may ignore. */
  void skipExtensions(char upTo) throws MalformedScram {
    while (!atEnd() && peek() != upTo) {
      String field = field();
      if (field.length() < 2 || field.charAt(1) != '=' || !Character.isLetter(field.charAt(0))) {
        throw new MalformedScram("expected an attribute");
      }
    }
  }

  /** A nonce: at least one printable ASCII character. */
  static String nonce(String value) throws MalformedScram {
    if (value.isEmpty() || !value.chars().allMatch(c -> c >= 0x21 && c <= 0x7E)) {
      throw new MalformedScram("the nonce is empty or has non-printable characters");
    }
    return value;
  }
}
