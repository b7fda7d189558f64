package io.howdah.e2e.listen;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads notifications. */
final class Heard {
  private Heard() {}

  /** The next notification: its channel and payload. Whatever else comes must be answers. */
  static String next(Wire wire) throws IOException {
    return of(wire.until('A').getLast());
  }

  /** All that was heard up to this payload on the channel "end". */
  static List<String> until(Wire wire, String end) throws IOException {
    List<String> all = new ArrayList<>();
    String each = next(wire);
    while (!each.equals("end " + end)) {
      all.add(each);
      each = next(wire);
    }
    return all;
  }

  /** Channel and payload of a NotificationResponse, with a space between. */
  static String of(Message notification) {
    byte[] body = notification.body();
    String text = new String(body, 4, body.length - 4, StandardCharsets.UTF_8);
    int zero = text.indexOf('\0');
    return text.substring(0, zero) + " " + text.substring(zero + 1, text.length() - 1);
  }
}
