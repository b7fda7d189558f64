package io.howdah.e2e.prepared;

import io.howdah.e2e.wire.Send;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What clients may do with the names of prepared statements, drawn at random: in SQL and in the
 * protocol, alone, in one string, in one batch, pipelined, in failing transactions. Few names, so
 * that they meet.
 */
final class RandomNames {
  private static final String[] NAMES = {"a", "b", "\"C\""};

  private final Random random;
  private int texts;

  RandomNames(Random random) {
    this.random = random;
  }

  /** What is sent at once: a request, or a few. */
  List<byte[]> step() {
    List<byte[]> messages = new ArrayList<>();
    for (int i = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1; i > 0; i--) {
      if (random.nextInt(5) < 3) {
        messages.add(Send.query(sql()));
      } else {
        batch(messages);
      }
    }
    return messages;
  }

  private String sql() {
    return switch (random.nextInt(12)) {
      case 0 -> "BEGIN";
      case 1 -> random.nextBoolean() ? "COMMIT" : "ROLLBACK";
      case 2 -> random.nextBoolean() ? "SELECT 1/0" : "SELECT 2";
      case 3, 4 -> {
        StringBuilder several = new StringBuilder();
        for (int i = 2 + random.nextInt(3); i > 0; i--) {
          several.append(command()).append(';');
        }
        yield several.toString();
      }
      default -> command();
    };
  }

  /** A command that can be prepared, too. */
  private String command() {
    String name = NAMES[random.nextInt(NAMES.length)];
    return switch (random.nextInt(20)) {
      case 0, 1, 2, 3 -> "PREPARE " + name + " AS SELECT 'sql " + ++texts + "' AS t";
      case 4 -> "PREPARE " + name + " (int) AS SELECT $1 + " + ++texts;
      case 5 -> "PREPARE " + name + " AS SELECT 1 FROM not_there";
      case 6, 7, 8, 9 -> "EXECUTE " + name;
      case 10 -> "EXECUTE " + name + " (5)";
      case 11 -> "EXPLAIN (COSTS OFF) EXECUTE " + name;
      case 12, 13, 14 -> "DEALLOCATE " + name;
      case 15 -> "DEALLOCATE PREPARE " + name;
      case 16 -> random.nextInt(3) == 0 ? "DEALLOCATE ALL" : "SELECT 3";
      case 17 -> "SELECT " + random.nextInt(2) + "/1";
      case 18 -> "SELECT 1/0";
      default -> "SELECT 4";
    };
  }

  /**
   * A command that may be kept as a prepared statement. Not EXECUTE: PostgreSQL describes that as
   * it would have been when it was prepared, whatever the name stands for by now.
   */
  private String kept() {
    String command = command();
    return command.contains("EXECUTE") ? "SELECT 'kept'" : command;
  }

  private void batch(List<byte[]> messages) {
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      String name = random.nextInt(3) == 0 ? "" : NAMES[random.nextInt(NAMES.length)];
      name = name.replace("\"", "");
      switch (random.nextInt(10)) {
        case 0, 1 -> messages.add(Send.parse(name, "SELECT 'parsed " + ++texts + "' AS p"));
        case 2 -> messages.add(Send.parse(name, random.nextInt(3) == 0 ? "SELEC" : kept()));
        case 3 -> messages.add(Send.closeStatement(name));
        case 4 -> messages.add(Send.describeStatement(name));
        case 5, 6 -> execute(messages, name);
        case 7 -> {
          messages.add(Send.parse("", command()));
          execute(messages, "");
        }
        case 8 -> {
          messages.add(Send.closeStatement(name));
          messages.add(Send.parse(name, "SELECT 'again " + ++texts + "'"));
        }
        default -> {
          execute(messages, name);
          messages.add(Send.flush());
        }
      }
    }
    messages.add(Send.sync());
  }

  private void execute(List<byte[]> messages, String name) {
    messages.add(Send.bind("", name));
    if (random.nextBoolean()) {
      messages.add(Send.describePortal(""));
    }
    messages.add(Send.execute("", 0));
  }

  /** How often ReadyForQuery answers what was sent. */
  static int requests(List<byte[]> messages) {
    return (int) messages.stream().filter(each -> each[0] == 'Q' || each[0] == 'S').count();
  }
}
