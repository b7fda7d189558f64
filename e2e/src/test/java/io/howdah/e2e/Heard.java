package io.howdah.e2e;

import io.howdah.e2e.wire.Message;
import java.nio.charset.StandardCharsets;

/** Reads notifications. */
final class Heard {
  private Heard() {}

  /** Channel and payload of a NotificationResponse, with a space between. */
  static String of(Message notification) {
    byte[] body = notification.body();
    String text = new String(body, 4, body.length - 4, StandardCharsets.UTF_8);
    int zero = text.indexOf('\0');
    return text.substring(0, zero) + " " + text.substring(zero + 1, text.length() - 1);
  }
}
