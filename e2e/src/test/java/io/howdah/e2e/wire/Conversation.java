package io.howdah.e2e.wire;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** A connection whose received messages are kept, to be compared with those of another. */
public final class Conversation {
  /**
   * Errors that Howdah raises itself where PostgreSQL would, because it keeps prepared names: they
   * have no place in PostgreSQL's source, so file, line and routine are left out of both sides.
   */
  private static final Set<String> HOWDAHS_OWN = Set.of("26000", "42P05");

  private static final Set<Character> PLACE_IN_SOURCE = Set.of('F', 'L', 'R');

  private final Wire wire;
  private final List<Message> received = Collections.synchronizedList(new ArrayList<>());

  public Conversation(Wire wire) {
    this.wire = wire;
  }

  /** Sends messages in one write. */
  public void send(byte[]... messages) throws IOException {
    wire.send(messages);
  }

  /** Sends messages and reads to the next ReadyForQuery. */
  public List<Message> ask(byte[]... messages) throws IOException {
    wire.send(messages);
    return until('Z');
  }

  /** A simple query and its replies. */
  public List<Message> query(String sql) throws IOException {
    return ask(Send.query(sql));
  }

  /** Reads up to and with the first message of this type, or of an error where that comes first. */
  public List<Message> until(char type) throws IOException {
    List<Message> messages = new ArrayList<>();
    char last;
    do {
      Message message = wire.read();
      messages.add(message);
      received.add(message);
      last = message.type();
    } while (last != type && !(last == 'E' && type != 'Z'));
    return messages;
  }

  /** All that was received, one line a message, but for what must differ. */
  public List<String> transcript() {
    return received.stream().map(Conversation::line).toList();
  }

  /** Begins the transcript anew. */
  public void forget() {
    received.clear();
  }

  /**
   * A message as it is compared: every byte of it, but for the place in the source of an error that
   * Howdah raises itself.
   */
  public static String line(Message message) {
    if (message.type() == 'E' && HOWDAHS_OWN.contains(message.sqlstate())) {
      StringBuilder fields = new StringBuilder("E");
      for (char field = 'A'; field <= 'z'; field++) {
        String value = message.field(field);
        if (value != null && !PLACE_IN_SOURCE.contains(field)) {
          fields.append(' ').append(field).append('=').append(value);
        }
      }
      return fields.toString();
    }
    return message.toString();
  }
}
