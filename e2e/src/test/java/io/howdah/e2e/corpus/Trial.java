package io.howdah.e2e.corpus;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Kind;
import io.howdah.route.fact.Reason;
import io.howdah.route.function.BuiltinFunctions;
import io.howdah.route.function.Functions;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs the statements of one session on a replica and on the primary, in this order: the replica
 * then is as the primary was when the statement came to it.
 */
final class Trial implements AutoCloseable {
  private static final String PROBE = "SELECT pg_catalog.pg_current_xact_id_if_assigned()";
  private static final int MAX_BYTES = 1 << 20;
  private static final Outcome.Refusal NOT_TRIED = new Outcome.Refusal("-----", "was not tried");

  private final Classifier classifier = new Classifier(BuiltinFunctions.INSTANCE, MAX_BYTES);
  private final ClientEnd client;
  private final Wire primary;
  private final SpareSession replica;
  private char status = 'I';
  private boolean conforming = true;
  private String searchPath;

  /** Whether nothing in the open transaction can have taken a transaction number yet. */
  private boolean unwritten;

  Trial(ClientEnd client, Wire primary, SpareSession replica) {
    this.client = client;
    this.primary = primary;
    this.replica = replica;
    primary.greeting().forEach(this::note);
  }

  String searchPath() {
    return searchPath;
  }

  /** Runs a Query's text, tells the client the primary's answer, and says what became of it. */
  Outcome run(byte[] text, Functions functions, Script script) throws IOException {
    Facts facts = classifier.classify(text, 0, text.length, conforming, functions);
    char before = status;
    boolean tried = isTriable(facts, before);
    Outcome.Refusal refusal = tried ? replica.run(text) : NOT_TRIED;
    boolean asked = tried && (refusal == null || facts.kind() == Kind.READ);
    Answer answer =
        asked && before == 'I' ? askAndProbe(text) : new Answer(ask(with(text, "\0")), null);
    status = last(answer.messages());
    client.say(answer.messages());
    Boolean writes = answer.writes();
    if (before == 'I' && status == 'T') {
      unwritten = true;
    } else if (asked && status == 'T') {
      writes = writesInBlock();
    } else if (facts.kind() != Kind.READ && facts.kind() != Kind.SESSION) {
      unwritten = false;
    }
    String sql = new String(text, StandardCharsets.UTF_8);
    String error = before == 'E' ? "25P02" : error(answer.messages());
    return new Outcome(
        script.name(), script.lineOf(sql), Script.key(sql), sql, facts, error, refusal, writes);
  }

  /** What the primary said, and whether the text wrote; null where that is unknown. */
  private record Answer(List<Message> messages, Boolean writes) {}

  /** Asks behind the text, in its transaction, whether that has a number. */
  private Answer askAndProbe(byte[] text) throws IOException {
    List<Message> messages = ask(with(text, "\n;" + PROBE + "\0"));
    String error = error(messages);
    if ("25001".equals(error) || "2D000".equals(error)) {
      // It must be alone in its transaction, and everything of the first attempt is undone.
      return new Answer(ask(with(text, "\0")), true);
    }
    return new Answer(messages, error == null ? withoutProbe(messages) : null);
  }

  private static boolean isTriable(Facts facts, char status) {
    return switch (facts.kind()) {
      case BEGIN, BEGIN_READ_ONLY, TRANSACTION_CONTROL -> false;
      // Set within a transaction it may be rolled back, which the replica would not know.
      case SESSION -> status == 'I';
      case EMPTY, READ, WRITE, UNKNOWN ->
          status != 'E'
              && facts.reason() != Reason.MULTI_STATEMENT_WITH_TRANSACTION
              && facts.reason() != Reason.UNTERMINATED;
    };
  }

  /**
   * Whether the transaction has a number now that it had not before; null where that is unknown.
   */
  private Boolean writesInBlock() throws IOException {
    if (!unwritten) {
      return null;
    }
    primary.send(Send.query(PROBE));
    List<Message> answer = primary.ready();
    unwritten = row(answer) == null;
    return !unwritten;
  }

  /** Sends a Query and reads its answer, with the client's part of a COPY in it. */
  private List<Message> ask(byte[] body) throws IOException {
    primary.send(Send.message('Q', body));
    List<Message> answer = new ArrayList<>();
    while (true) {
      Message message = primary.read();
      answer.add(message);
      note(message);
      if (message.type() == 'G') {
        client.say(answer);
        answer.clear();
        copyIn();
      } else if (message.type() == 'Z') {
        return answer;
      }
    }
  }

  private void copyIn() throws IOException {
    while (true) {
      Message message = client.read();
      switch (message.type()) {
        case 'd', 'c', 'f' -> primary.send(Send.message(message.type(), message.body()));
        case 'X' -> throw new EOFException("the client left in a COPY");
        default -> throw new IOException("in a COPY: " + message);
      }
      if (message.type() != 'd') {
        return;
      }
    }
  }

  /**
   * Passes a message of the extended protocol on, and after a Sync or a function call the answers
   * back.
   */
  void pass(Message message) throws IOException {
    primary.send(Send.message(message.type(), message.body()));
    if (message.type() == 'S' || message.type() == 'F') {
      List<Message> answer = primary.ready();
      answer.forEach(this::note);
      status = last(answer);
      client.say(answer);
    }
  }

  private void note(Message message) {
    if (message.type() == 'S') {
      String[] parameter = new String(message.body(), StandardCharsets.UTF_8).split("\0", -1);
      switch (parameter[0]) {
        case "standard_conforming_strings" -> conforming = parameter[1].equals("on");
        case "search_path" -> searchPath = parameter[1];
        default -> {}
      }
    }
  }

  /** Takes the probe's row out of an answer; whether it tells a transaction number. */
  private static Boolean withoutProbe(List<Message> answer) {
    boolean writes = row(answer) != null;
    int end = answer.size() - 1;
    for (char type : new char[] {'C', 'D', 'T'}) {
      int at = end;
      while (answer.get(at).type() != type) {
        at--;
      }
      answer.remove(at);
      end--;
    }
    return writes;
  }

  private static String row(List<Message> answer) {
    return answer.reversed().stream()
        .filter(each -> each.type() == 'D')
        .findFirst()
        .map(each -> each.row().getFirst())
        .orElse(null);
  }

  private static String error(List<Message> answer) {
    return answer.stream()
        .filter(each -> each.type() == 'E')
        .map(Message::sqlstate)
        .findFirst()
        .orElse(null);
  }

  private static char last(List<Message> answer) {
    return (char) answer.getLast().body()[0];
  }

  /** A text with another behind it. */
  static byte[] with(byte[] text, String behind) {
    byte[] more = behind.getBytes(StandardCharsets.US_ASCII);
    byte[] both = Arrays.copyOf(text, text.length + more.length);
    System.arraycopy(more, 0, both, text.length, more.length);
    return both;
  }

  @Override
  public void close() throws IOException {
    replica.close();
    primary.close();
  }
}
