package io.howdah.e2e.conversation;

import io.howdah.e2e.wire.Conversation;
import io.howdah.e2e.wire.Message;
import java.util.Set;
import java.util.regex.Pattern;

/** What a client may hear otherwise through Howdah, and nothing else. */
final class Allowances {
  /**
   * In a failed transaction a statement that the server connection lacks can't be brought there, so
   * that any of these may come for it: that the transaction is aborted, that there is no such
   * statement, or what is wrong with its Bind.
   */
  private static final Set<String> ANY_IN_FAILED_TRANSACTION =
      Set.of("25P02", "26000", "42P05", "08P01");

  /**
   * A session that has prepared one text under two names is told one of them, where the server
   * tells what is wrong with a Bind.
   */
  private static final Pattern EITHER_NAME = Pattern.compile("but prepared statement \"\\w*\"");

  private Allowances() {}

  /** A message as it is compared: every byte of it, or what must be the same. */
  static String line(Message message, char status) {
    String line = Conversation.line(message);
    if (message.type() != 'E') {
      return line;
    }
    return status == 'E' && ANY_IN_FAILED_TRANSACTION.contains(message.sqlstate())
        ? "E of a failed transaction"
        : EITHER_NAME.matcher(line).replaceFirst("but the prepared statement");
  }
}
