package io.howdah.backend.ledger;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.ledger.ReplyLedger.Fate;
import io.howdah.backend.ledger.ReplyLedger.Verdict;
import java.util.ArrayList;
import java.util.List;

/**
 * Plays what is sent to a server and what it answers against a {@link ReplyLedger}, as a server
 * connection does, and keeps what the client would see.
 *
 * <p>A script such as {@code >PBES <12CZ} has words: {@code >} and what is sent, or {@code <} and
 * what the server says. Sent, by the protocol's letters but for Describe's two kinds and the ends
 * of a copy:
 *
 * <pre>
 * Q F P B E C S  as in the protocol         d  Describe of a statement    D  of a portal
 * c              CopyDone or CopyFail
 * ~x             x is Howdah's own          +x  x is never sent, Howdah makes up the answer
 * !              a Bind that must fail: Howdah says an error of its own in its place
 * </pre>
 *
 * What the server says has the protocol's letters; ReadyForQuery is {@code Z} when idle, {@code z}
 * in a transaction, {@code x} in a failed one. What the client sees has the same letters, with
 * {@code !} for Howdah's own error. A violation ends the script with {@code #}.
 */
final class LedgerScript {
  final ReplyLedger ledger = new ReplyLedger();
  final StringBuilder client = new StringBuilder();
  private final List<Fortune> fortunes = new ArrayList<>();

  /** What became of one message that was sent. */
  private static class Fortune implements ReplyLedger.Note {
    private char outcome = '.';

    @Override
    public void done() {
      end('+');
    }

    @Override
    public void failed() {
      end('-');
    }

    private void end(char how) {
      if (outcome != '.') {
        throw new AssertionError("told twice: " + outcome + " and " + how);
      }
      outcome = how;
    }
  }

  private final class Refused extends Fortune implements ReplyLedger.Refusal {
    @Override
    public void sayError() {
      client.append('!');
    }
  }

  static LedgerScript play(String script) {
    LedgerScript played = new LedgerScript();
    for (String word : script.trim().split(" +")) {
      String letters = word.substring(1);
      if (word.charAt(0) == '>') {
        played.send(letters);
      } else if (!played.say(letters)) {
        break;
      }
    }
    return played;
  }

  /** For each message sent but CopyDone: {@code +} done, {@code -} failed, {@code .} still owed. */
  String outcomes() {
    StringBuilder all = new StringBuilder();
    fortunes.forEach(f -> all.append(f.outcome));
    return all.toString();
  }

  /** How the connection stands, in a word or two. */
  String standing() {
    if (ledger.isClean()) {
      return "clean";
    }
    if (ledger.isUnsure()) {
      return "unsure";
    }
    if (!ledger.isEmpty()) {
      return ledger.isCopyIn() ? "copy in" : "owes " + ledger.front();
    }
    if (ledger.isBatchOpen()) {
      return "batch open";
    }
    return ledger.status() == 'I' && !ledger.isSkipping()
        ? "transaction unended"
        : "status " + (char) ledger.status();
  }

  private void send(String letters) {
    Fate fate = Fate.FORWARD;
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      switch (letter) {
        case '~' -> fate = Fate.SWALLOW;
        case '+' -> fate = Fate.MADE_UP;
        default -> {
          send(letter, fate);
          fate = Fate.FORWARD;
        }
      }
    }
  }

  void send(char letter, Fate fate) {
    if (letter == 'c') {
      ledger.expect(Entry.COPY_END, fate, null);
      return;
    }
    Fortune fortune = letter == '!' ? new Refused() : new Fortune();
    fortunes.add(fortune);
    ledger.expect(entry(letter), letter == '!' ? Fate.REFUSED : fate, fortune);
    sayMadeUp();
  }

  private static Entry entry(char letter) {
    return switch (letter) {
      case 'Q' -> Entry.QUERY;
      case 'F' -> Entry.FUNCTION_CALL;
      case 'P' -> Entry.PARSE;
      case 'B', '!' -> Entry.BIND;
      case 'd' -> Entry.DESCRIBE_STATEMENT;
      case 'D' -> Entry.DESCRIBE_PORTAL;
      case 'E' -> Entry.EXECUTE;
      case 'C' -> Entry.CLOSE;
      case 'S' -> Entry.SYNC;
      default -> throw new IllegalArgumentException("nothing is sent as " + letter);
    };
  }

  private boolean say(String letters) {
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      if (!say(letter)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the ledger allows one message of the server's. */
  boolean say(char letter) {
    sayMadeUp();
    Verdict verdict =
        switch (letter) {
          case 'Z' -> ledger.ready((byte) 'I');
          case 'z' -> ledger.ready((byte) 'T');
          case 'x' -> ledger.ready((byte) 'E');
          default -> ledger.reply((byte) letter);
        };
    switch (verdict) {
      case FORWARD -> client.append(letter);
      case SWALLOW -> {}
      case VIOLATION -> {
        client.append('#');
        return false;
      }
    }
    sayMadeUp();
    return true;
  }

  private void sayMadeUp() {
    for (byte type = ledger.nextMadeUp(); type != 0; type = ledger.nextMadeUp()) {
      client.append(type == ReplyLedger.SAID_BY_NOTE ? '*' : (char) type);
    }
  }
}
