package io.howdah.e2e.conversation;

/**
 * One message that one client says.
 *
 * @param client who says it, from 0
 * @param text what a person reads
 * @param bytes the message whole
 * @param waits whether the client then waits for what it is owed, instead of going on at once; of
 *     Terminate whether it still hears what comes, instead of closing its end
 * @param cut how many bytes go out alone, before the rest; 0 for none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Line(int client, String text, byte[] bytes, boolean waits, int cut) {
  Line(int client, String text, byte[] bytes) {
    this(client, text, bytes, false, 0);
  }

  char type() {
    return (char) bytes[0];
  }

  /** Whether ReadyForQuery answers it, as a rule. */
  boolean isRequest() {
    return type() == 'Q' || type() == 'S' || type() == 'F';
  }

  /** Whether it has an answer of its own within a batch. */
  boolean isAnsweredWithinABatch() {
    return "PBDEC".indexOf(type()) >= 0;
  }

  Line waiting(boolean value) {
    return new Line(client, text, bytes, value, cut);
  }

  Line cutAt(int value) {
    return new Line(client, text, bytes, waits, value);
  }

  @Override
  public String toString() {
    return client
        + ": "
        + text
        + (cut > 0 ? "  (cut at byte " + cut + ")" : "")
        + (waits ? "  (waits)" : "");
  }
}
