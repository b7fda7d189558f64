package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random statements about settings, by several clients who share two server connections, each with
 * a twin that has a server session to itself: all that a client can see must be the same for both.
 * A failure tells its seed and what was said.
 */
class SettingsPropertyTest {
  private static final int SEQUENCES = 40;
  private static final int LENGTH = 25;

  private static final List<Map<String, String>> STARTUPS =
      List.of(
          Map.of(),
          Map.of("application_name", "starter", "TimeZone", "Asia/Tokyo"),
          Map.of("options", "-c work_mem=2MB -c my.own=first"),
          Map.of(
              "options",
              "-c search_path=public,pg_catalog -c statement_timeout=66s",
              "DateStyle",
              "SQL, DMY"),
          Map.of("options", "-c role=settler -c my.other=second -c datestyle=german"));

  @BeforeAll
  static void prepare() {
    Servers.shared()
        .prepare("DROP ROLE IF EXISTS settler", "CREATE ROLE settler", "GRANT settler TO app");
  }

  /** A client and its twin. */
  private static final class Pair implements AutoCloseable {
    private final Wire direct;
    private final Wire through;
    private final Map<String, String> heardDirect = new TreeMap<>();
    private final Map<String, String> heardThrough = new TreeMap<>();
    private final List<String> said = new ArrayList<>();

    Pair(Howdah howdah, Map<String, String> startup) throws IOException {
      direct = Wire.login(Servers.shared().primary(), startup);
      through = Wire.login(howdah.address(), startup);
      hear(direct.greeting(), heardDirect);
      hear(through.greeting(), heardThrough);
    }

    /** Says the same to both at once, which must answer the same; the transaction's status then. */
    byte say(Request... requests) throws IOException {
      said.add(
          Arrays.stream(requests)
              .map(each -> each.toString().replace(RandomSettings.FINGERPRINT, "SELECT (all)"))
              .collect(Collectors.joining(" + ")));
      List<Message> one = ask(direct, heardDirect, requests);
      List<Message> two = ask(through, heardThrough, requests);
      assertSame(one, two);
      return one.getLast().body()[0];
    }

    private void assertSame(List<Message> one, List<Message> two) {
      List<Message> expected = one.stream().filter(each -> each.type() != 'S').toList();
      List<Message> actual = two.stream().filter(each -> each.type() != 'S').toList();
      List<String> seen = new ArrayList<>();
      for (int i = 0; i < actual.size(); i++) {
        boolean rows =
            i < expected.size() && expected.get(i).type() == 'D' && actual.get(i).type() == 'D';
        seen.add(
            rows
                ? "D " + asUnset(actual.get(i).row(), expected.get(i).row())
                : shown(actual.get(i)));
      }
      List<String> wanted = expected.stream().map(SettingsPropertyTest::shown).toList();
      if (!seen.equals(wanted)) {
        int at = 0;
        while (at < Math.min(seen.size(), wanted.size()) && seen.get(at).equals(wanted.get(at))) {
          at++;
        }
        // Of SHOW ALL only what differs.
        assertThat(seen.subList(at, Math.min(at + 9, seen.size())))
            .as("from answer %d on, behind %s", at, said)
            .isEqualTo(wanted.subList(at, Math.min(at + 9, wanted.size())));
      }
    }

    /** A parameter that another client has made is there, empty, in that server session. */
    private static List<String> asUnset(List<String> actual, List<String> expected) {
      List<String> row = new ArrayList<>(actual);
      for (int i = 0; i < row.size() && i < expected.size(); i++) {
        if (expected.get(i) == null && row.get(i) != null && row.get(i).isEmpty()) {
          row.set(i, null);
        }
      }
      return row;
    }

    void compare() throws IOException {
      said.add("(compare)");
      List<Message> one = ask(direct, heardDirect, new Request(RandomSettings.FINGERPRINT, false));
      List<Message> two =
          ask(through, heardThrough, new Request(RandomSettings.FINGERPRINT, false));
      assertSame(one, two);
      assertThat(heardThrough).as("parameters told behind %s", said).isEqualTo(heardDirect);
    }

    @Override
    public void close() throws IOException {
      direct.close();
      through.close();
    }
  }

  /**
   * What a client says at once and that ends with one ReadyForQuery: a simple query, or a batch of
   * statements.
   */
  private record Request(List<String> statements, boolean extended) {
    Request(String sql, boolean extended) {
      this(List.of(sql), extended);
    }

    byte[][] messages() {
      if (!extended) {
        return new byte[][] {Send.query(statements.getFirst())};
      }
      List<byte[]> all = new ArrayList<>();
      for (String sql : statements) {
        all.add(Send.parse("", sql));
        all.add(Send.bind("", ""));
        all.add(Send.execute("", 0));
      }
      all.add(Send.sync());
      return all.toArray(byte[][]::new);
    }

    @Override
    public String toString() {
      return extended ? "[" + String.join(" | ", statements) + "]" : statements.getFirst();
    }
  }

  private static List<Message> ask(Wire wire, Map<String, String> heard, Request... requests)
      throws IOException {
    wire.send(
        Arrays.stream(requests)
            .flatMap(each -> Arrays.stream(each.messages()))
            .toArray(byte[][]::new));
    List<Message> replies = new ArrayList<>();
    for (int owed = requests.length; owed > 0; ) {
      try {
        replies.add(wire.read());
      } catch (java.io.EOFException e) {
        throw new AssertionError(
            "closed behind "
                + replies.stream().map(SettingsPropertyTest::shown).toList()
                + " for "
                + Arrays.toString(requests),
            e);
      }
      owed -= replies.getLast().type() == 'Z' ? 1 : 0;
    }
    hear(replies, heard);
    return replies;
  }

  private static void hear(List<Message> messages, Map<String, String> heard) {
    for (Message each : messages) {
      if (each.type() == 'S') {
        String[] parts =
            new String(each.body(), java.nio.charset.StandardCharsets.UTF_8).split("\0", -1);
        heard.put(parts[0], parts[1]);
      }
    }
  }

  private static String shown(Message each) {
    return switch (each.type()) {
      case 'E', 'N' ->
          each.type()
              + " "
              + each.sqlstate()
              + (each.field('P') == null ? "" : " at " + each.field('P'))
              + (fatal(each) ? " " + each.field('M') : "");
      case 'D' -> "D " + each.row();
      case 'C', 'Z' ->
          each.type() + " " + new String(each.body(), java.nio.charset.StandardCharsets.UTF_8);
      default -> "" + each.type();
    };
  }

  private static boolean fatal(Message error) {
    return "FATAL".equals(error.field('V'));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void aClientSeesWhatItsTwinSees(long seed) throws IOException {
    Random random = new Random(seed);
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start()) {
      for (int i = 0; i < SEQUENCES; i++) {
        sequence(howdah, random, "seed " + seed + ", sequence " + i);
      }
      assertThat(howdah.events().pins()).isEmpty();
    }
  }

  private static byte single(Random random, Pair pair) throws IOException {
    return pair.say(new Request(RandomSettings.statement(random), random.nextInt(3) == 0));
  }

  /** A string of several statements, a batch of several, or several requests at once. */
  private static byte several(Random random, Pair pair) throws IOException {
    List<String> statements = RandomSettings.several(random);
    return switch (random.nextInt(4)) {
      case 0, 1 -> pair.say(new Request(RandomSettings.joined(random, statements), false));
      case 2 -> pair.say(new Request(statements, true));
      default ->
          pair.say(
              statements.stream()
                  .map(sql -> new Request(sql, random.nextBoolean()))
                  .toArray(Request[]::new));
    };
  }

  private static void sequence(Howdah howdah, Random random, String name) throws IOException {
    Map<Integer, Byte> status = new HashMap<>();
    List<Pair> pairs = new ArrayList<>();
    try {
      for (Map<String, String> startup : STARTUPS) {
        pairs.add(new Pair(howdah, startup));
        pairs.getLast().said.add(name + " " + startup);
      }
      for (int i = 0; i < LENGTH; i++) {
        int who = random.nextInt(pairs.size());
        boolean inTransaction = status.getOrDefault(who, (byte) 'I') != 'I';
        long elsewhere =
            status.entrySet().stream()
                .filter(e -> e.getKey() != who && e.getValue() != 'I')
                .count();
        if (elsewhere >= 2 && !inTransaction) {
          // Both server connections are in transactions: this one would wait for ever.
          continue;
        }
        byte now =
            random.nextInt(3) == 0
                ? several(random, pairs.get(who))
                : single(random, pairs.get(who));
        status.put(who, now);
        if (now != 'E') {
          pairs.get(who).compare();
        }
      }
      for (int i = 0; i < pairs.size(); i++) {
        if (status.getOrDefault(i, (byte) 'I') != 'I') {
          pairs.get(i).say(new Request("ROLLBACK", false));
        }
      }
      for (Pair each : pairs) {
        each.compare();
        each.say(new Request("SHOW ALL", false));
      }
    } finally {
      for (Pair each : pairs) {
        each.close();
      }
    }
  }
}
