package io.howdah.simulated;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Thinks up what a client may send by the protocol: turns, each of which ends with as many Syncs
 * and queries as it takes for the server to have answered all of it. It knows the answers, by
 * asking a session of its own.
 */
public final class RandomClient {
  private static final String[] NAMES = {"", "", "s", "t"};
  private static final String[] PORTALS = {"", "", "p", "q"};

  /**
   * What to send, and what must be answered.
   *
   * @param sent whole messages
   * @param answer the server's messages, but for those that may come at any time
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Turn(byte[] sent, List<byte[]> answer) {}

  private final Random random;
  private final SimulatedSession known = new SimulatedSession();
  private final String name;
  private int texts;
  private ByteArrayOutputStream sent = new ByteArrayOutputStream();

  /**
   * Names whose Parse or Close is void by an error of which the client can't know yet: it does not
   * use them before it does.
   */
  private final Set<String> tainted = new HashSet<>();

  /** The unnamed statement is one that a Parse left which failed: nobody should ask for it. */
  private boolean unnamedInDoubt;

  /**
   * @param name stands in every text, so that an answer tells whose it is
   */
  public RandomClient(Random random, String name) {
    this.random = random;
    this.name = name;
  }

  /** Whether the session is in a transaction block. */
  public boolean inTransaction() {
    return known.status() != 'I';
  }

  /** The next turn. */
  public Turn next() {
    sent = new ByteArrayOutputStream();
    tainted.clear();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> query(script());
        case 3 -> send('F', out -> out.write(new byte[] {0, 0, 0, 1, 0, 0, 0, 0, 0, 0}));
        case 4 -> copyIn();
        default -> batch();
      }
    }
    return new Turn(sent.toByteArray(), answers(known.take()));
  }

  /** Ends an open transaction block. */
  public Turn rollback() {
    sent = new ByteArrayOutputStream();
    query("ROLLBACK");
    return new Turn(sent.toByteArray(), answers(known.take()));
  }

  /** Cuts a stream into messages and leaves out what may come at any time. */
  public static List<byte[]> answers(byte[] stream) {
    List<byte[]> messages = new ArrayList<>();
    for (int at = 0; at < stream.length; ) {
      int length = 1 + java.nio.ByteBuffer.wrap(stream).getInt(at + 1);
      if (stream[at] != 'N' && stream[at] != 'S') {
        messages.add(java.util.Arrays.copyOfRange(stream, at, at + length));
      }
      at += length;
    }
    return messages;
  }

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private void send(char type, Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream frame = new DataOutputStream(sent);
    try {
      body.write(new DataOutputStream(bytes));
      frame.writeByte(type);
      frame.writeInt(bytes.size() + 4);
      frame.write(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    known.receive(type, bytes.toByteArray());
  }

  private static void text(DataOutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.writeByte(0);
  }

  private void query(String sql) {
    send('Q', out -> text(out, sql));
    unnamedInDoubt = false;
  }

  private String tag() {
    return "'" + name + "." + ++texts + "'";
  }

  private String script() {
    StringBuilder sql = new StringBuilder(random.nextInt(12) == 0 ? "" : statement());
    while (!sql.isEmpty() && random.nextInt(4) == 0) {
      sql.append(';').append(statement());
    }
    return sql.toString();
  }

  private String statement() {
    return switch (random.nextInt(14)) {
      case 0 -> "BEGIN";
      case 1 -> "COMMIT";
      case 2 -> "ROLLBACK";
      case 3 -> "FAIL " + tag();
      case 4 -> "BAD " + tag();
      case 5 -> "NOTICE " + tag();
      case 6 -> "DEFER " + tag();
      case 7 -> "COPY " + random.nextInt(5) + " " + tag() + " TO STDOUT";
      default -> "SELECT " + random.nextInt(random.nextInt(10) == 0 ? 2000 : 6) + " " + tag();
    };
  }

  private void batch() {
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      piece();
      if (random.nextInt(6) == 0) {
        send('H', _ -> {});
      }
    }
    sync();
  }

  private void sync() {
    send('S', _ -> {});
  }

  private void piece() {
    String statement = NAMES[random.nextInt(NAMES.length)];
    String portal = PORTALS[random.nextInt(PORTALS.length)];
    if (tainted.contains(statement)) {
      statement = "";
    }
    piece(statement, portal);
  }

  private void piece(String statement, String portal) {
    switch (random.nextInt(10)) {
      case 0 -> close('S', statement);
      case 1 -> close('P', portal);
      case 2 -> execute(portal);
      case 3 -> describe('P', portal);
      case 4 -> parse(statement, statement());
      default -> {
        if (statement.isEmpty() ? unnamedInDoubt || random.nextBoolean() : !known.has(statement)) {
          parse(statement, statement());
        }
        if (random.nextInt(3) == 0) {
          describe('S', statement);
        }
        bind(portal, statement);
        if (random.nextInt(3) == 0) {
          describe('P', portal);
        }
        execute(portal);
      }
    }
  }

  private void parse(String statement, String text) {
    boolean named = !statement.isEmpty();
    if (named && known.status() == 'E') {
      // Howdah may say that it is done: the server has it, and the Bind behind it fails.
      return;
    }
    // Which of two errors is said where both are due may differ.
    String sql =
        named && known.has(statement) && text.startsWith("BAD") ? "SELECT 1 " + tag() : text;
    send(
        'P',
        out -> {
          text(out, statement);
          text(out, sql);
          out.writeShort(0);
        });
    changed(statement);
  }

  /** A name was given or taken away, unless an error came first. */
  private void changed(String statement) {
    if (known.isSkipping()) {
      tainted.add(statement);
    }
    if (statement.isEmpty()) {
      unnamedInDoubt = known.isSkipping();
    }
  }

  private void bind(String portal, String statement) {
    send(
        'B',
        out -> {
          text(out, portal);
          text(out, statement);
          out.writeShort(0);
          out.writeShort(0);
          out.writeShort(0);
        });
  }

  private void describe(char what, String which) {
    if (what == 'S' && known.status() == 'E') {
      // Behind Howdah the server may lack the statement, and takes none in a failed transaction.
      return;
    }
    send(
        'D',
        out -> {
          out.writeByte(what);
          text(out, which);
        });
  }

  private void close(char what, String which) {
    send(
        'C',
        out -> {
          out.writeByte(what);
          text(out, which);
        });
    if (what == 'S') {
      changed(which);
    }
  }

  private void execute(String portal) {
    int limit = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : 0;
    send(
        'E',
        out -> {
          text(out, portal);
          out.writeInt(limit);
        });
  }

  /** A whole COPY FROM STDIN, sent without waiting; it may fail at any of its lines. */
  private void copyIn() {
    boolean byBatch = random.nextBoolean();
    String sql = "COPY " + tag() + " FROM STDIN";
    if (byBatch) {
      parse("", sql);
      bind("", "");
      send(
          'E',
          out -> {
            text(out, "");
            out.writeInt(0);
          });
      send('H', _ -> {});
    } else {
      query(sql);
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      String line = random.nextInt(10) == 0 ? "bad" : name;
      send('d', out -> out.write(line.getBytes(StandardCharsets.UTF_8)));
    }
    if (random.nextInt(4) == 0) {
      send('f', out -> text(out, name));
    } else {
      send('c', _ -> {});
    }
    if (byBatch) {
      // Or else a later Execute would copy once more.
      close('P', "");
      close('S', "");
      sync();
    }
  }
}
