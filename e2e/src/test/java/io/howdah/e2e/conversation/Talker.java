package io.howdah.e2e.conversation;

import io.howdah.e2e.wire.Send;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What one client says, drawn at random: messages of the whole protocol in orders that are legal,
 * or nearly so. It never needs to know what was answered: after whatever it said, the end of a
 * conversation ({@link Stage}) leads to a point where the server has said all.
 *
 * <p>What it does not say:
 *
 * <ul>
 *   <li>messages whose body is malformed: PostgreSQL answers some with an error, Howdah closes the
 *       connection (BadInputTest);
 *   <li>a Query or a FunctionCall behind an Execute without a Sync between them, unless the batch
 *       has failed by then: PostgreSQL 18 takes them into the implicit transaction of the batch,
 *       which nothing ends then, and answers what comes next with an internal error (FunctionCall
 *       and Query behind Parse, Bind and Describe are said).
 * </ul>
 */
final class Talker {
  private static final int INT4PL = 177;
  private static final int INT4 = 23;
  private static final String[] STATEMENTS = {"", "s", "t", "U"};
  private static final String[] PORTALS = {"", "", "p", "q"};

  private final Random random;
  private final int client;
  private final Texts texts;
  private final List<Line> lines = new ArrayList<>();
  private final Map<String, Integer> parameters = new HashMap<>();

  /** Something was executed in the batch at hand. */
  private boolean executed;

  Talker(Random random, int client, Manner manner) {
    this.random = random;
    this.client = client;
    this.texts = new Texts(random, client, manner != Manner.WITHOUT_TRANSACTIONS);
  }

  /** All it says, in so many steps of one message or a few. */
  List<Line> talk(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
    if (random.nextInt(12) == 0) {
      say("Terminate", Send.terminate());
    }
    lines.replaceAll(this::paced);
    if (lines.getLast().type() == 'X') {
      goInHaste();
    }
    return lines;
  }

  /** Says its last words in one go, as a rule, and may not hear what comes behind them. */
  private void goInHaste() {
    int last = lines.size() - 1;
    for (int i = last - 1; i >= 0 && random.nextInt(4) > 0; i--) {
      lines.set(i, lines.get(i).waiting(false));
    }
    lines.set(last, lines.get(last).waiting(random.nextBoolean()));
  }

  private Line paced(Line line) {
    boolean waits =
        line.isRequest() ? random.nextInt(4) > 0 : line.type() == 'H' && random.nextInt(3) > 0;
    boolean cut = random.nextInt(12) == 0 && line.bytes().length > 1;
    return line.waiting(waits || random.nextInt(40) == 0)
        .cutAt(cut ? 1 + random.nextInt(line.bytes().length - 1) : 0);
  }

  private void say(String text, byte[] bytes) {
    lines.add(new Line(client, text, bytes));
  }

  private void step() {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6 -> {
        endExecuted();
        query(texts.query());
      }
      case 7 -> {
        endExecuted();
        copyIn();
      }
      case 8 -> extendedCopyIn();
      case 9 -> {
        endExecuted();
        functionCall();
      }
      case 10 -> stray();
      case 11 -> failedBatch();
      default -> batch();
    }
  }

  /** A batch that surely fails, and what is said before its Sync, which may never come. */
  private void failedBatch() {
    parse("", new Texts.Prepared("SELECT 1/0", 0));
    bind("", "");
    execute("", 0);
    if (random.nextInt(3) == 0) {
      flush();
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> query(texts.query());
        case 1 -> functionCall();
        case 2 -> query(texts.refused());
        default -> extended();
      }
    }
    if (random.nextInt(4) > 0) {
      sync();
    }
  }

  /** Ends a batch in which something was executed. */
  private void endExecuted() {
    if (executed) {
      sync();
    }
  }

  private void query(String sql) {
    executed = false;
    say("Query " + sql, Send.query(sql));
  }

  private void functionCall() {
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

  /** What means nothing where it is said. */
  private void stray() {
    switch (random.nextInt(6)) {
      case 0 -> say("CopyData", Send.copyData("1\tstray\n"));
      case 1 -> say("CopyDone", Send.copyDone());
      case 2 -> say("CopyFail", Send.copyFail("stray"));
      case 3 -> flush();
      case 4 -> sync();
      default -> {
        sync();
        sync();
      }
    }
  }

  private void sync() {
    executed = false;
    say("Sync", Send.sync());
  }

  private void flush() {
    say("Flush", Send.flush());
  }

  private void copyIn() {
    String copy = texts.copyIn();
    int copies = 1;
    switch (random.nextInt(5)) {
      case 0 -> {
        copies = 2;
        copy = copy + "; " + texts.copyIn();
      }
      case 1 -> copy = texts.write() + "; " + copy + "; " + texts.read();
      default -> {}
    }
    query(copy);
    for (int i = 0; i < copies; i++) {
      data();
      end();
    }
  }

  private void data() {
    for (int i = random.nextInt(4); i > 0; i--) {
      String rows = texts.copied();
      if (random.nextInt(4) == 0) {
        int middle = 1 + random.nextInt(rows.length() - 1);
        copyData(rows.substring(0, middle));
        rows = rows.substring(middle);
      }
      copyData(rows);
    }
    if (random.nextInt(8) == 0) {
      flush();
    }
    if (random.nextInt(20) == 0) {
      breakCopy();
    }
  }

  /** What may not be said there; if nothing is copied, it may. */
  private void breakCopy() {
    switch (random.nextInt(4)) {
      case 0 -> query(texts.query());
      case 1 -> functionCall();
      default -> extended();
    }
  }

  private void copyData(String rows) {
    say("CopyData " + rows.replace("\t", "\\t").replace("\n", "\\n"), Send.copyData(rows));
  }

  private void end() {
    if (random.nextInt(4) == 0) {
      say("CopyFail", Send.copyFail("enough"));
    } else {
      say("CopyDone", Send.copyDone());
    }
  }

  private void extendedCopyIn() {
    String name = statement();
    parse(name, new Texts.Prepared(texts.copyIn(), 0));
    bind("", name);
    if (random.nextInt(3) == 0) {
      say("Describe portal", Send.describePortal(""));
    }
    execute("", 0);
    switch (random.nextInt(4)) {
      case 0 -> flush();
      case 1 -> sync();
      default -> {}
    }
    data();
    end();
    // A Sync before that was one within the copy, which counts for nothing.
    executed = true;
    if (random.nextInt(3) == 0) {
      extended();
    }
    endBatch();
  }

  private String statement() {
    return STATEMENTS[random.nextInt(STATEMENTS.length)];
  }

  private String portal() {
    return PORTALS[random.nextInt(PORTALS.length)];
  }

  private void parse(String name, Texts.Prepared prepared) {
    boolean typed = random.nextInt(3) == 0;
    int[] types = new int[typed ? prepared.parameters() : 0];
    java.util.Arrays.fill(types, INT4);
    parameters.put(name, prepared.parameters());
    say(
        "Parse '" + name + "': " + prepared.sql() + (types.length > 0 ? " (typed)" : ""),
        Send.parse(name, prepared.sql(), types));
  }

  private void bind(String portal, String statement) {
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

  private void execute(String portal, int rows) {
    executed = true;
    say("Execute portal '" + portal + "' " + rows, Send.execute(portal, rows));
  }

  private int limit() {
    return random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0;
  }

  private void batch() {
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      extended();
      if (random.nextInt(8) == 0) {
        flush();
      }
    }
    endBatch();
  }

  private void endBatch() {
    switch (random.nextInt(16)) {
      case 0 -> {
        sync();
        sync();
      }
      case 1, 2 -> flush();
      case 3 -> {}
      default -> sync();
    }
  }

  private void extended() {
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4, 5, 6 -> whole();
      case 7 -> {
        String name = statement();
        if (!name.isEmpty() && random.nextBoolean()) {
          close(name);
        }
        parse(name, texts.prepared());
      }
      case 8 -> {
        String portal = portal();
        bind(portal, statement());
        execute(portal, limit());
      }
      case 9 -> {
        String name = statement();
        say("Describe statement '" + name + "'", Send.describeStatement(name));
      }
      case 10 -> {
        String name = portal();
        say("Describe portal '" + name + "'", Send.describePortal(name));
      }
      case 11 -> execute(portal(), limit());
      case 12 -> close(statement());
      case 13 -> {
        String name = portal();
        say("Close portal '" + name + "'", Send.closePortal(name));
      }
      case 14 -> bind(portal(), statement());
      default -> rare();
    }
  }

  private void rare() {
    switch (random.nextInt(4)) {
      case 0 -> {
        endExecuted();
        query(texts.query());
      }
      case 1 -> {
        endExecuted();
        functionCall();
      }
      case 2 -> stray();
      default -> bind(portal(), "unknown");
    }
  }

  private void close(String statement) {
    say("Close statement '" + statement + "'", Send.closeStatement(statement));
  }

  /** A statement from Parse to Execute. */
  private void whole() {
    String name = random.nextInt(3) > 0 ? "" : statement();
    String portal = portal();
    if (!name.isEmpty() && random.nextInt(3) > 0) {
      close(name);
    }
    parse(name, texts.prepared());
    if (random.nextInt(4) == 0) {
      say("Describe statement '" + name + "'", Send.describeStatement(name));
    }
    bind(portal, name);
    if (random.nextInt(3) == 0) {
      say("Describe portal '" + portal + "'", Send.describePortal(portal));
    }
    execute(portal, limit());
    while (random.nextInt(4) == 0) {
      execute(portal, limit());
    }
    if (!portal.isEmpty() && random.nextBoolean()) {
      say("Close portal '" + portal + "'", Send.closePortal(portal));
    }
  }
}
