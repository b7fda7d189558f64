package io.howdah.backend.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger.Fate;
import java.util.Random;

/**
 * A random client that keeps to the protocol, talking to a {@link ServerModel}, with a {@link
 * ReplyLedger} that listens. Fails as soon as model and ledger differ in what the client sees or in
 * what became of a message.
 */
final class Conversation {
  private static final String ANY_TIME = "NSA";

  final LedgerScript ledger = new LedgerScript();
  final ServerModel server = new ServerModel();
  private final Random random;

  Conversation(Random random) {
    this.random = random;
  }

  void step() {
    switch (random.nextInt(5)) {
      case 0, 1 -> answer();
      case 2 -> aside();
      default -> request();
    }
    same();
  }

  private void same() {
    assertThat(ledger.client.toString()).isEqualTo(server.client.toString());
    assertThat(ledger.outcomes()).isEqualTo(server.outcomes());
  }

  private void aside() {
    char letter = ANY_TIME.charAt(random.nextInt(3));
    server.sayAside(letter);
    assertThat(ledger.say(letter)).isTrue();
  }

  private boolean answer() {
    char letter = server.say();
    if (letter != 0) {
      assertThat(ledger.say(letter)).as("%s is legal", letter).isTrue();
      same();
    }
    return letter != 0;
  }

  void runServer() {
    while (answer()) {
      // Until it has said everything.
    }
  }

  private void send(char kind, Fate fate, String plan) {
    // The ledger learns of a message before the server can answer it.
    ledger.send(kind, fate);
    server.send(kind, fate, plan);
  }

  private void send(char kind, String plan) {
    send(kind, Fate.FORWARD, plan);
  }

  private void request() {
    switch (random.nextInt(18)) {
      case 0 -> send('Q', statements() + ready());
      case 1 -> send('F', (random.nextInt(3) == 0 ? "E" : "V") + ready());
      case 2 -> send('Q', Fate.SWALLOW, "C" + ready());
      case 3 -> send('P', orError("1"));
      case 4 -> send('P', Fate.SWALLOW, orError("1"));
      case 5 -> send('P', Fate.MADE_UP, "");
      case 6 -> send('B', orError("2"));
      case 7 -> send('!', Fate.REFUSED, "E");
      case 8 -> send('d', orError(random.nextBoolean() ? "tT" : "tn"));
      case 9 -> send('D', orError(random.nextBoolean() ? "T" : "n"));
      case 10, 11 -> send('E', execution());
      case 12 -> send('C', random.nextBoolean() ? Fate.FORWARD : Fate.SWALLOW, orError("3"));
      case 13 -> send('C', Fate.MADE_UP, "");
      case 14 -> send('E', Fate.MADE_UP, "");
      case 15 -> send('B', Fate.MADE_UP, "");
      case 16 -> sync();
      default -> copyIn();
    }
  }

  void sync() {
    send('S', (random.nextInt(6) == 0 ? "E" : "") + ready());
  }

  private String ready() {
    return switch (random.nextInt(3)) {
      case 0 -> "z";
      case 1 -> "x";
      default -> "Z";
    };
  }

  private String orError(String plan) {
    return random.nextInt(6) == 0 ? "E" : plan;
  }

  private String statements() {
    if (random.nextInt(5) == 0) {
      return "I";
    }
    StringBuilder plan = new StringBuilder();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      plan.append(
          switch (random.nextInt(4)) {
            case 0 -> "C";
            case 1 -> "TC";
            case 2 -> "HddcC";
            default -> "TDDC";
          });
    }
    return random.nextInt(4) == 0
        ? plan.substring(0, plan.lastIndexOf("C")) + "E"
        : plan.toString();
  }

  private String execution() {
    return switch (random.nextInt(8)) {
      case 0 -> "C";
      case 1 -> "DDs";
      case 2 -> "I";
      case 3 -> "HdcC";
      case 4 -> "HdE";
      case 5 -> "DE";
      case 6 -> "E";
      default -> "DDDC";
    };
  }

  /** A client that copies waits for the server's word before it sends anything but Sync. */
  private void copyIn() {
    boolean simple = random.nextBoolean();
    String end = random.nextInt(3) == 0 ? "E" : "C";
    String copy = random.nextInt(5) == 0 ? "GE" : "Gk" + end;
    if (simple) {
      send('Q', copy + (copy.endsWith("C") && random.nextBoolean() ? statements() : "") + ready());
    } else {
      send('E', copy);
      for (int i = random.nextInt(3); i > 0; i--) {
        sync();
      }
    }
    runServer();
    // Sent in any case: a client may learn too late that its copy has failed.
    boolean awaited = server.awaitsCopyEnd();
    send('c', "");
    if (!simple && (awaited || random.nextBoolean())) {
      sync();
    }
  }
}
