package io.howdah.e2e.chaos;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says whose something is: in texts, settings, statements, payloads and errors it stands as {@code
 * ~rider.session.request~}.
 *
 * @param rider the client's number
 * @param session the number of its connection
 * @param request counts within the session
 */
record Tag(int rider, int session, int request) {
  private static final Pattern FORM = Pattern.compile("~(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})~");

  /** Every tag in a message. */
  static List<Tag> in(byte[] body) {
    if (!mayHave(body)) {
      return List.of();
    }
    List<Tag> tags = new ArrayList<>();
    Matcher found = FORM.matcher(new String(body, StandardCharsets.ISO_8859_1));
    while (found.find()) {
      tags.add(
          new Tag(
              Integer.parseInt(found.group(1)),
              Integer.parseInt(found.group(2)),
              Integer.parseInt(found.group(3))));
    }
    return tags;
  }

  private static boolean mayHave(byte[] body) {
    for (byte each : body) {
      if (each == '~') {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "~" + rider + "." + session + "." + request + "~";
  }
}
