package io.howdah.e2e.conversation;

import io.howdah.e2e.wire.Message;
import java.util.Set;
import java.util.regex.Pattern;

/** What a client may hear otherwise through Howdah, and nothing else. */
final class Allowances {
  /**
   * Errors that Howdah raises itself where PostgreSQL would, because it keeps the names of prepared
   * statements: they have no place in PostgreSQL's source, so file, line and routine are left out.
   */
  private static final Set<String> HOWDAHS_OWN = Set.of("26000", "42P05");

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

  private static final Set<Character> PLACE_IN_SOURCE = Set.of('F', 'L', 'R');

  private Allowances() {}

  /** A message as it is compared: every byte of it, or what must be the same. */
  static String line(Message message, char status) {
    if (message.type() != 'E') {
      return message.toString();
    }
    String sqlstate = message.sqlstate();
    if (status == 'E' && ANY_IN_FAILED_TRANSACTION.contains(sqlstate)) {
      return "E of a failed transaction";
    }
    return HOWDAHS_OWN.contains(sqlstate)
        ? withoutPlace(message)
        : EITHER_NAME.matcher(message.toString()).replaceFirst("but the prepared statement");
  }

  private static String withoutPlace(Message message) {
    StringBuilder fields = new StringBuilder("E");
    for (char field = 'A'; field <= 'z'; field++) {
      String value = message.field(field);
      if (value != null && !PLACE_IN_SOURCE.contains(field)) {
        fields.append(' ').append(field).append('=').append(value);
      }
    }
    return fields.toString();
  }
}
