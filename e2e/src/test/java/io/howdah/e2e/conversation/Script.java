package io.howdah.e2e.conversation;

import io.howdah.e2e.wire.Send;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What one client says, message by message, with what chance has to do with each. */
final class Script {
  private static final int INT4PL = 177;
  private static final int INT4 = 23;

  private final Random random;
  private final int client;
  private final List<Line> lines = new ArrayList<>();
  private final Map<String, Integer> parameters = new HashMap<>();

  /** Something was executed in the batch at hand. */
  private boolean executed;

  Script(Random random, int client) {
    this.random = random;
    this.client = client;
  }

  /** All of it, with waits. */
  List<Line> lines() {
    lines.replaceAll(this::paced);
    if (lines.getLast().type() == 'X') {
      goInHaste();
    }
    return lines;
  }

  /** Ends a batch in which something was executed. */
  void endExecuted() {
    if (executed) {
      sync();
    }
  }

  /** A Sync that was said last counts for nothing: it stood within a COPY. */
  void syncWasOverlooked() {
    executed = true;
  }

  void say(String text, byte[] bytes) {
    lines.add(new Line(client, text, bytes));
  }

  void query(String sql) {
    executed = false;
    say("Query " + sql, Send.query(sql));
  }

  void functionCall() {
    executed = false;
    String[] arguments =
        switch (random.nextInt(5)) {
          case 0 -> new String[] {"2147483647", "1"};
          case 1 -> new String[] {"1"};
          case 2 -> new String[] {"many", "1"};
          default -> new String[] {"40", "2"};
        };
    say("FunctionCall int4pl " + List.of(arguments), Send.functionCall(INT4PL, arguments));
  }

  void sync() {
    executed = false;
    say("Sync", Send.sync());
  }

  void flush() {
    say("Flush", Send.flush());
  }

  void copyData(String rows) {
    say("CopyData " + rows.replace("\t", "\\t").replace("\n", "\\n"), Send.copyData(rows));
  }

  void parse(String name, Texts.Prepared prepared) {
    boolean typed = random.nextInt(3) == 0;
    int[] types = new int[typed ? prepared.parameters() : 0];
    java.util.Arrays.fill(types, INT4);
    parameters.put(name, prepared.parameters());
    say(
        "Parse '" + name + "': " + prepared.sql() + (types.length > 0 ? " (typed)" : ""),
        Send.parse(name, prepared.sql(), types));
  }

  void bind(String portal, String statement) {
    int count = parameters.getOrDefault(statement, 0);
    if (random.nextInt(15) == 0) {
      count++;
    }
    boolean binary = random.nextInt(4) == 0;
    List<byte[]> values = new ArrayList<>();
    List<String> shown = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int value = random.nextInt(9);
      boolean wrong = random.nextInt(20) == 0;
      shown.add(wrong ? "wrong" : Integer.toString(value));
      byte[] right =
          binary
              ? ByteBuffer.allocate(4).putInt(value).array()
              : Integer.toString(value).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      values.add(wrong ? new byte[] {'x', 'y'} : right);
    }
    int results = random.nextInt(4) == 0 ? 1 : 0;
    say(
        "Bind portal '%s' of '%s' %s%s%s"
            .formatted(
                portal,
                statement,
                shown,
                binary ? " binary" : "",
                results == 1 ? ", binary results" : ""),
        Send.bind(portal, statement, values, binary ? 1 : 0, results));
  }

  void execute(String portal, int rows) {
    executed = true;
    say("Execute portal '" + portal + "' " + rows, Send.execute(portal, rows));
  }

  void close(String statement) {
    say("Close statement '" + statement + "'", Send.closeStatement(statement));
  }

  private Line paced(Line line) {
    boolean waits =
        line.isRequest() ? random.nextInt(4) > 0 : line.type() == 'H' && random.nextInt(3) > 0;
    boolean cut = random.nextInt(12) == 0 && line.bytes().length > 1;
    return line.waiting(waits || random.nextInt(40) == 0)
        .cutAt(cut ? 1 + random.nextInt(line.bytes().length - 1) : 0);
  }

  /** Says its last words in one go, as a rule, and may not hear what comes behind them. */
  private void goInHaste() {
    int last = lines.size() - 1;
    for (int i = last - 1; i >= 0 && random.nextInt(4) > 0; i--) {
      lines.set(i, lines.get(i).waiting(false));
    }
    lines.set(last, lines.get(last).waiting(random.nextBoolean()));
  }
}
