package io.howdah.e2e.conversation;

import java.util.ArrayList;
import java.util.List;

/**
 * What came of a conversation.
 *
 * @param heard what each client heard, one line a message, and how it ended if not well
 * @param rows what each client's table holds afterwards
 */
record Outcome(List<List<String>> heard, List<String> rows) {
  /** The last line where the end was not come to. */
  static final String HANGS = "(and nothing more)";

  /** The last line where the server closed the connection. */
  static final String CLOSED = "(closed)";

  private static final int SHOWN = 6;

  Outcome with(List<String> otherRows) {
    return new Outcome(heard, otherRows);
  }

  /**
   * Whether this is no conversation that Howdah must carry, which happens where one is made
   * shorter: a client waits for what nobody owes it, or PostgreSQL stumbled over itself.
   */
  boolean isNone() {
    return heard.stream()
        .flatMap(List::stream)
        .anyMatch(each -> each.equals(HANGS) || (each.startsWith("E ") && each.contains("CXX000")));
  }

  /** Whether a client's connection was closed before it came to its end. */
  boolean isCutOff() {
    return heard.stream().anyMatch(each -> each.getLast().equals(CLOSED));
  }

  /**
   * In what this differs from what came of the same conversation with PostgreSQL; empty if in
   * nothing.
   */
  String differenceFrom(Outcome direct, Dialogue dialogue) {
    for (int i = 0; i < heard.size(); i++) {
      List<String> expected = direct.heard().get(i);
      if (Allowances.losesDescription(expected, heard.get(i))) {
        // What follows depends on it, up to the rows.
        return heard.get(i).getLast().equals(HANGS) ? "client " + i + " hangs" : "";
      }
      if (!agree(expected, heard.get(i), dialogue, i)) {
        return "client " + i + " heard otherwise\n" + difference(expected, heard.get(i));
      }
    }
    for (int i = 0; i < rows.size(); i++) {
      if (!rows.get(i).equals(direct.rows().get(i))) {
        return "rows of client %d\n  direct:  %s\n  through: %s"
            .formatted(i, direct.rows().get(i), rows.get(i));
      }
    }
    return "";
  }

  private static boolean agree(
      List<String> expected, List<String> actual, Dialogue dialogue, int client) {
    if (expected.equals(actual)) {
      return true;
    }
    if (!dialogue.leaves(client)) {
      // A server that closes a connection of which it has not read all can lose its last words;
      // BrokenCopyTest holds it to them.
      return beginsAlike(expected, actual);
    }
    return dialogue.staysBehindItsGoodbye(client)
        ? agreeBehindAGoodbye(expected, actual)
        : beginsAlike(expected, actual);
  }

  /**
   * What PostgreSQL has answered of a batch without its Sync is lost when it reads the Terminate
   * behind that, unless it happens to have sent it.
   */
  private static boolean agreeBehindAGoodbye(List<String> expected, List<String> actual) {
    int whole = lengthToReady(expected);
    return whole == lengthToReady(actual)
        && expected.subList(0, whole).equals(actual.subList(0, whole))
        && beginsAlike(expected, actual);
  }

  private static int lengthToReady(List<String> lines) {
    int length = lines.size();
    while (length > 0 && !lines.get(length - 1).startsWith("Z ")) {
      length--;
    }
    return length;
  }

  /** Both came to the end, and one heard the beginning of what the other did. */
  private static boolean beginsAlike(List<String> expected, List<String> actual) {
    int common = Math.min(expected.size(), actual.size()) - 1;
    return expected.getLast().equals(CLOSED)
        && actual.getLast().equals(CLOSED)
        && expected.subList(0, common).equals(actual.subList(0, common));
  }

  private static String difference(List<String> expected, List<String> actual) {
    int at = 0;
    while (at < Math.min(expected.size(), actual.size())
        && expected.get(at).equals(actual.get(at))) {
      at++;
    }
    List<String> lines = new ArrayList<>();
    for (int i = Math.max(0, at - SHOWN); i < at; i++) {
      lines.add("  both:    " + expected.get(i));
    }
    for (int i = at; i < Math.min(expected.size(), at + SHOWN); i++) {
      lines.add("  direct:  " + expected.get(i));
    }
    for (int i = at; i < Math.min(actual.size(), at + SHOWN); i++) {
      lines.add("  through: " + actual.get(i));
    }
    return String.join("\n", lines);
  }
}
