package io.howdah.e2e.conversation;

import io.howdah.e2e.wire.Conversation;
import io.howdah.e2e.wire.Message;
import java.util.List;
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
   * That there is no transaction PostgreSQL says in one place of its source or another: that
   * depends on what it was sent in the same batch before.
   */
  private static final Pattern PLACE_OF_WARNING =
      Pattern.compile("(C25P01.*)\\\\00L\\d+\\\\00R\\w+");

  private static final String IN_FAILED_TRANSACTION = "E of a failed transaction";

  /**
   * A session that has prepared one text under two names is told one of them, where the server
   * tells what is wrong with a Bind.
   */
  private static final Pattern EITHER_NAME = Pattern.compile("but prepared statement \"\\w*\"");

  private Allowances() {}

  /**
   * Whether the first difference is that a statement is described in a failed transaction which the
   * server connection lacks. PostgreSQL describes there what has no rows, and prepares nothing: the
   * types of its parameters are known to a server that has analysed it alone. To prepare it, the
   * failed transaction would have to be rolled back and another begun in its place; the portals
   * that the failed one still has would be gone then, for which PostgreSQL answers 25P02 and not
   * 34000, or runs what they hold if that is a ROLLBACK.
   */
  static boolean losesDescription(List<String> expected, List<String> actual) {
    int at = 0;
    while (at < Math.min(expected.size(), actual.size())
        && expected.get(at).equals(actual.get(at))) {
      at++;
    }
    return at + 1 < expected.size()
        && at < actual.size()
        && expected.get(at).startsWith("t ")
        && expected.get(at + 1).startsWith("n ")
        && actual.get(at).equals(IN_FAILED_TRANSACTION);
  }

  /** A message as it is compared: every byte of it, or what must be the same. */
  static String line(Message message, char status) {
    String line = PLACE_OF_WARNING.matcher(Conversation.line(message)).replaceFirst("$1");
    if (message.type() != 'E') {
      return line;
    }
    return status == 'E' && ANY_IN_FAILED_TRANSACTION.contains(message.sqlstate())
        ? IN_FAILED_TRANSACTION
        : EITHER_NAME.matcher(line).replaceFirst("but the prepared statement");
  }
}
