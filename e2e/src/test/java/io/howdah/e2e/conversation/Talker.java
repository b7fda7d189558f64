package io.howdah.e2e.conversation;

import io.howdah.e2e.wire.Send;
import java.util.List;
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
  private static final String[] STATEMENTS = {"", "s", "t", "U"};
  private static final String[] PORTALS = {"", "", "p", "q"};

  private final Random random;
  private final Texts texts;
  private final Script script;

  Talker(Random random, int client, Manner manner) {
    this.random = random;
    this.script = new Script(random, client);
    this.texts = new Texts(random, client, manner != Manner.WITHOUT_TRANSACTIONS);
  }

  /** All it says, in so many steps of one message or a few. */
  List<Line> talk(int steps) {
    for (int i = 0; i < steps; i++) {
      step();
    }
    if (random.nextInt(12) == 0) {
      script.say("Terminate", Send.terminate());
    }
    return script.lines();
  }

  private void step() {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5, 6 -> {
        script.endExecuted();
        script.query(texts.query());
      }
      case 7 -> {
        script.endExecuted();
        copyIn();
      }
      case 8 -> extendedCopyIn();
      case 9 -> {
        script.endExecuted();
        script.functionCall();
      }
      case 10 -> stray();
      case 11 -> failedBatch();
      default -> batch();
    }
  }

  /** A batch that surely fails, and what is said before its Sync, which may never come. */
  private void failedBatch() {
    script.parse("", new Texts.Prepared("SELECT 1/0", 0));
    script.bind("", "");
    script.execute("", 0);
    if (random.nextInt(3) == 0) {
      script.flush();
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      switch (random.nextInt(4)) {
        case 0 -> script.query(texts.query());
        case 1 -> script.functionCall();
        case 2 -> script.query(texts.refused());
        default -> extended();
      }
    }
    if (random.nextInt(4) > 0) {
      script.sync();
    }
  }

  /** What means nothing where it is said. */
  private void stray() {
    switch (random.nextInt(6)) {
      case 0 -> script.say("CopyData", Send.copyData("1\tstray\n"));
      case 1 -> script.say("CopyDone", Send.copyDone());
      case 2 -> script.say("CopyFail", Send.copyFail("stray"));
      case 3 -> script.flush();
      case 4 -> script.sync();
      default -> {
        script.sync();
        script.sync();
      }
    }
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
    script.query(copy);
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
        script.copyData(rows.substring(0, middle));
        rows = rows.substring(middle);
      }
      script.copyData(rows);
    }
    if (random.nextInt(8) == 0) {
      script.flush();
    }
    if (random.nextInt(20) == 0) {
      breakCopy();
    }
  }

  /** What may not be said there; if nothing is copied, it may. */
  private void breakCopy() {
    switch (random.nextInt(4)) {
      case 0 -> script.query(texts.query());
      case 1 -> script.functionCall();
      default -> extended();
    }
  }

  private void end() {
    if (random.nextInt(4) == 0) {
      script.say("CopyFail", Send.copyFail("enough"));
    } else {
      script.say("CopyDone", Send.copyDone());
    }
  }

  private void extendedCopyIn() {
    String name = statement();
    script.parse(name, new Texts.Prepared(texts.copyIn(), 0));
    script.bind("", name);
    if (random.nextInt(3) == 0) {
      script.say("Describe portal", Send.describePortal(""));
    }
    script.execute("", 0);
    switch (random.nextInt(4)) {
      case 0 -> script.flush();
      case 1 -> script.sync();
      default -> {}
    }
    data();
    end();
    script.syncWasOverlooked();
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

  private int limit() {
    return random.nextInt(3) == 0 ? 1 + random.nextInt(4) : 0;
  }

  private void batch() {
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      extended();
      if (random.nextInt(8) == 0) {
        script.flush();
      }
    }
    endBatch();
  }

  private void endBatch() {
    switch (random.nextInt(16)) {
      case 0 -> {
        script.sync();
        script.sync();
      }
      case 1, 2 -> script.flush();
      case 3 -> {}
      default -> script.sync();
    }
  }

  private void extended() {
    switch (random.nextInt(16)) {
      case 0, 1, 2, 3, 4, 5, 6 -> whole();
      case 7 -> {
        String name = statement();
        if (!name.isEmpty() && random.nextBoolean()) {
          script.close(name);
        }
        script.parse(name, texts.prepared());
      }
      case 8 -> {
        String portal = portal();
        script.bind(portal, statement());
        script.execute(portal, limit());
      }
      case 9 -> {
        String name = statement();
        script.say("Describe statement '" + name + "'", Send.describeStatement(name));
      }
      case 10 -> {
        String name = portal();
        script.say("Describe portal '" + name + "'", Send.describePortal(name));
      }
      case 11 -> script.execute(portal(), limit());
      case 12 -> script.close(statement());
      case 13 -> {
        String name = portal();
        script.say("Close portal '" + name + "'", Send.closePortal(name));
      }
      case 14 -> script.bind(portal(), statement());
      default -> rare();
    }
  }

  private void rare() {
    switch (random.nextInt(4)) {
      case 0 -> {
        script.endExecuted();
        script.query(texts.query());
      }
      case 1 -> {
        script.endExecuted();
        script.functionCall();
      }
      case 2 -> stray();
      default -> script.bind(portal(), "unknown");
    }
  }

  /** A statement from Parse to Execute. */
  private void whole() {
    String name = random.nextInt(3) > 0 ? "" : statement();
    String portal = portal();
    if (!name.isEmpty() && random.nextInt(3) > 0) {
      script.close(name);
    }
    script.parse(name, texts.prepared());
    if (random.nextInt(4) == 0) {
      script.say("Describe statement '" + name + "'", Send.describeStatement(name));
    }
    script.bind(portal, name);
    if (random.nextInt(3) == 0) {
      script.say("Describe portal '" + portal + "'", Send.describePortal(portal));
    }
    script.execute(portal, limit());
    while (random.nextInt(4) == 0) {
      script.execute(portal, limit());
    }
    if (!portal.isEmpty() && random.nextBoolean()) {
      script.say("Close portal '" + portal + "'", Send.closePortal(portal));
    }
  }
}
