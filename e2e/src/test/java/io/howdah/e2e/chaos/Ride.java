package io.howdah.e2e.chaos;

import io.howdah.config.HostPort;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * One session of a rider: sends, reads, knows what the session must hold, and fails on the first
 * message that carries another's tag. One thread.
 */
final class Ride implements AutoCloseable {
  /** With these the server, or Howdah in its place, may end a session whose server was killed. */
  private static final Set<String> MAY_END =
      Set.of("57P01", "08006", "08007", "25P03", "25P04", "57014");

  /** With these Howdah may refuse a request: no connection in time, or a server just killed. */
  private static final Set<String> MAY_REFUSE = Set.of("08001", "08006", "53300", "57P01", "57P03");

  private static final int REMEMBERED = 40;
  private static final int SHOWN = 160;

  final Rider rider;
  final int number;
  final Random random;

  /** What SHOW must say now, by name, and what it said when the session began. */
  final Map<String, String> settings;

  final Map<String, String> first;

  /** Prepared statements by name, and the tag in the text of each. */
  final Map<String, String> statements = new TreeMap<>();

  /** What NOTIFY has sent to this session's own channel, and what has come. */
  final List<String> notices = new ArrayList<>();

  final List<String> notifications = new ArrayList<>();

  private final Wire wire;
  private final HostPort howdah;
  private final Deque<String> log = new ArrayDeque<>();
  private int requests;

  /** A session before it opens its connection. */
  private Ride(Rider rider, int number, Wire wire, HostPort howdah, Map<String, String> first) {
    this.rider = rider;
    this.number = number;
    this.random = rider.random;
    this.wire = wire;
    this.howdah = howdah;
    this.first = Map.copyOf(first);
    this.settings = new TreeMap<>(first);
  }

  /** Logs in with settings of its own. */
  static Ride mount(Rider rider, int number, HostPort howdah) throws IOException, Gone {
    Map<String, String> first = new TreeMap<>(rider.defaults());
    Map<String, String> packet = Map.of();
    if (rider.hasOwnSettings()) {
      String name = new Tag(rider.number, number, 0).toString();
      first.put("application_name", name);
      first.put("chaos.mine", name);
      packet = Map.of("application_name", name, "options", "-c chaos.mine=" + name);
    }
    Wire wire;
    try {
      wire = Wire.login(howdah, packet);
    } catch (Wire.Refused e) {
      if (MAY_REFUSE.contains(e.error().sqlstate()) || MAY_END.contains(e.error().sqlstate())) {
        throw new Gone("refused at login: " + e.error().sqlstate());
      }
      throw new AssertionError("login: " + e.error(), e);
    } catch (EOFException e) {
      throw new Gone("end at login");
    }
    Ride ride = new Ride(rider, number, wire, howdah, first);
    wire.greeting().forEach(ride::mustBeMine);
    return ride;
  }

  /** A tag for the next request. */
  String tag() {
    return new Tag(rider.number, number, ++requests).toString();
  }

  HostPort howdah() {
    return howdah;
  }

  Message key() {
    return wire.key();
  }

  /** Sends messages, now and then in two pieces with a pause between. */
  void send(byte[]... messages) throws IOException {
    for (byte[] each : messages) {
      note("> ", each);
    }
    if (random.nextInt(8) > 0) {
      wire.send(messages);
      return;
    }
    byte[] all = join(messages);
    int cut = random.nextInt(all.length + 1);
    wire.send(Arrays.copyOf(all, cut));
    pause(random.nextInt(3));
    wire.send(Arrays.copyOfRange(all, cut, all.length));
  }

  /** Sends the first part of a message; the rest is returned. */
  byte[] sendPartOf(byte[] message) throws IOException {
    int cut = 1 + random.nextInt(message.length - 1);
    note("> " + cut + " bytes of ", message);
    wire.send(Arrays.copyOf(message, cut));
    return Arrays.copyOfRange(message, cut, message.length);
  }

  private static byte[] join(byte[]... messages) {
    int length = Arrays.stream(messages).mapToInt(each -> each.length).sum();
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] each : messages) {
      System.arraycopy(each, 0, all, at, each.length);
      at += each.length;
    }
    return all;
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /** Sends messages and reads to ReadyForQuery. */
  Replies ask(byte[]... messages) throws IOException, Gone {
    send(messages);
    return until('Z');
  }

  /** A simple query and its replies. */
  Replies query(String sql) throws IOException, Gone {
    return ask(io.howdah.e2e.wire.Send.query(sql));
  }

  /** Runs a simple query whose replies must have these types. */
  Replies query(String sql, String types) throws IOException, Gone {
    Replies replies = query(sql);
    expect(types, replies);
    return replies;
  }

  /** Reads up to and with the first message of this type. */
  Replies until(char type) throws IOException, Gone {
    List<Message> messages = new ArrayList<>();
    boolean slow = random.nextInt(64) == 0;
    do {
      if (slow) {
        pause(1);
      }
      Message next = next();
      if (next != null) {
        messages.add(next);
      }
    } while (messages.isEmpty() || messages.getLast().type() != type);
    return new Replies(messages);
  }

  /** Reads a message; null for one that may come at any time. */
  private Message next() throws IOException, Gone {
    Message message;
    try {
      message = wire.read();
    } catch (SocketTimeoutException e) {
      throw wrong("no reply came");
    } catch (EOFException e) {
      note("end of stream");
      throw new Gone("end of stream");
    }
    heard(message);
    mustBeMine(message);
    switch (message.type()) {
      case 'S' -> {
        return null;
      }
      case 'N' -> {
        notices.add(message.field('M'));
        return null;
      }
      case 'A' -> {
        notified(message);
        return null;
      }
      case 'E' -> mayEnd(message);
      default -> {}
    }
    return message;
  }

  private void mayEnd(Message error) throws Gone {
    if ("FATAL".equals(error.field('V'))) {
      if (MAY_END.contains(error.sqlstate()) || MAY_REFUSE.contains(error.sqlstate())) {
        throw new Gone("FATAL " + error.sqlstate());
      }
      throw wrong("the session ended: " + error);
    }
    if (MAY_REFUSE.contains(error.sqlstate())) {
      throw new Gone("refused: " + error.sqlstate());
    }
  }

  private void notified(Message message) {
    byte[] body = message.body();
    int channelEnd = 4;
    while (body[channelEnd] != 0) {
      channelEnd++;
    }
    String channel = new String(body, 4, channelEnd - 4, StandardCharsets.UTF_8);
    if (!channel.equals(channel())) {
      throw wrong("a notification of " + channel);
    }
    notifications.add(
        new String(body, channelEnd + 1, body.length - channelEnd - 2, StandardCharsets.UTF_8));
  }

  /** The channel that this rider alone listens to. */
  String channel() {
    return "chaos_" + rider.number;
  }

  private void mustBeMine(Message message) {
    Set<Tag> others = new HashSet<>();
    for (Tag each : Tag.in(message.body())) {
      if (each.rider() != rider.number || each.session() != number) {
        others.add(each);
      }
    }
    if (!others.isEmpty()) {
      throw wrong("got what belongs to " + others + ": " + message);
    }
  }

  /** Fails unless the replies have these types, a regular expression. */
  void expect(String types, Replies replies) {
    if (!replies.types().matches(types)) {
      throw wrong("expected " + types + ", got " + replies.types() + " " + shown(replies));
    }
  }

  /** Fails unless both are the same. */
  void same(Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw wrong("expected " + expected + ", got " + actual);
    }
  }

  private static String shown(Object text) {
    String all = text.toString();
    return all.length() > SHOWN ? all.substring(0, SHOWN) + " …" : all;
  }

  private void note(String what, byte[] message) {
    String text = new String(message, 0, Math.min(message.length, SHOWN), StandardCharsets.UTF_8);
    note(what + text.replaceAll("\\p{Cntrl}+", " "));
  }

  /** Rows in a row are one line. */
  private void heard(Message message) {
    String last = log.peekLast();
    if ("Dd".indexOf(message.type()) >= 0
        && last != null
        && last.startsWith("< " + message.type())) {
      log.removeLast();
    }
    note("< " + shown(message));
  }

  private void note(String line) {
    log.add(line);
    if (log.size() > REMEMBERED) {
      log.remove();
    }
  }

  /** A failure of Howdah's, with what this session said and heard last. */
  AssertionError wrong(String what) {
    return new AssertionError(
        "rider "
            + rider.number
            + ", session "
            + number
            + ": "
            + what
            + "\n  "
            + String.join("\n  ", log));
  }

  /** Ends with a reset, as when the client's machine loses power. */
  void vanish() throws IOException {
    wire.vanish();
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
