package io.howdah.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
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

  private static final String[] NAMES = {
    "work_mem",
    "search_path",
    "timezone",
    "datestyle",
    "application_name",
    "statement_timeout",
    "my.own",
    "role",
    "client_min_messages",
    "default_transaction_isolation"
  };

  private static final String[][] VALUES = {
    {"'3MB'", "5000", "'oops'"},
    {"public", "pg_catalog, public", "'$user', \"Odd\"", "''"},
    {"'Europe/Berlin'", "'utc'", "-7", "'nowhere'"},
    {"'ISO, DMY'", "german", "sql"},
    {"one", "'two words'", "''"},
    {"'77s'", "99000"},
    {"x", "'y z'", "''"},
    {"settler", "none", "nobody_at_all"},
    {"warning", "error"},
    {"'repeatable read'", "'read committed'"},
  };

  private static final String FINGERPRINT =
      "SELECT "
          + java.util.Arrays.stream(NAMES)
              .map(name -> "coalesce(current_setting('" + name + "', true), '')")
              .collect(Collectors.joining(", "))
          + ", current_user, session_user";

  private static final List<Map<String, String>> STARTUPS =
      List.of(
          Map.of(),
          Map.of("application_name", "starter", "TimeZone", "Asia/Tokyo"),
          Map.of("options", "-c work_mem=2MB -c my.own=first"));

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

    /** Says the same to both, which must answer the same; the transaction's status then. */
    byte say(String sql, boolean extended) throws IOException {
      said.add((extended ? "[extended] " : "") + sql);
      List<Message> one = ask(direct, sql, extended, heardDirect);
      List<Message> two = ask(through, sql, extended, heardThrough);
      assertThat(shown(two)).as("%s", said).isEqualTo(shown(one));
      return one.getLast().body()[0];
    }

    void compare() throws IOException {
      said.add("(compare)");
      List<Message> one = ask(direct, FINGERPRINT, false, heardDirect);
      List<Message> two = ask(through, FINGERPRINT, false, heardThrough);
      assertThat(shown(two)).as("%s", said).isEqualTo(shown(one));
      assertThat(heardThrough).as("parameters told behind %s", said).isEqualTo(heardDirect);
    }

    @Override
    public void close() throws IOException {
      direct.close();
      through.close();
    }
  }

  private static List<Message> ask(
      Wire wire, String sql, boolean extended, Map<String, String> heard) throws IOException {
    if (extended) {
      wire.send(Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync());
    } else {
      wire.send(Send.query(sql));
    }
    List<Message> replies = new ArrayList<>();
    do {
      try {
        replies.add(wire.read());
      } catch (java.io.EOFException e) {
        throw new AssertionError("closed behind " + shown(replies) + " for " + sql, e);
      }
    } while (replies.getLast().type() != 'Z');
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

  private static List<String> shown(List<Message> replies) {
    return replies.stream()
        .filter(each -> each.type() != 'S' && each.type() != 'N')
        .map(
            each ->
                switch (each.type()) {
                  case 'E' -> "E " + each.sqlstate() + (fatal(each) ? " " + each.field('M') : "");
                  case 'D' -> "D " + each.row();
                  case 'C', 'Z' ->
                      each.type()
                          + " "
                          + new String(each.body(), java.nio.charset.StandardCharsets.UTF_8);
                  default -> "" + each.type();
                })
        .toList();
  }

  private static boolean fatal(Message error) {
    return "FATAL".equals(error.field('V'));
  }

  private static String pick(Random random, String... from) {
    return from[random.nextInt(from.length)];
  }

  private static String statement(Random random) {
    int which = random.nextInt(NAMES.length);
    String name = NAMES[which];
    String value = pick(random, VALUES[which]);
    String constant = value.startsWith("'") ? value : "'" + value.replace("'", "''") + "'";
    String savepoint = pick(random, "a", "b", "\"B\"", "savepoint");
    return switch (random.nextInt(24)) {
      case 0, 1, 2, 3 -> "SET " + name + " = " + value;
      case 4 -> "SET SESSION " + name + " TO " + value;
      case 5 -> "SET LOCAL " + name + " = " + value;
      case 6 -> "RESET " + name;
      case 7 -> "SET " + name + " TO DEFAULT";
      case 8 -> "RESET ALL";
      case 9 -> "SELECT set_config('" + name + "', " + constant + ", false)";
      case 10 -> "SELECT set_config('" + name + "', " + constant + ", true)";
      case 11 -> "SELECT set_config('" + name + "', " + constant + " || '', false)";
      case 12, 13 -> "BEGIN";
      case 14 -> "COMMIT";
      case 15 -> "ROLLBACK";
      case 16, 17 -> "SAVEPOINT " + savepoint;
      case 18, 19 -> "ROLLBACK TO SAVEPOINT " + savepoint;
      case 20 -> "RELEASE SAVEPOINT " + savepoint;
      case 21 -> "SELECT 1/0";
      case 22 -> pick(random, "COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "DISCARD ALL");
      default ->
          pick(random, "SET ROLE settler", "RESET ROLE", "SET TIME ZONE LOCAL", "SET NAMES 'utf8'");
    };
  }

  /**
   * Several in one string; without SET LOCAL behind a RESET for a session with start-up options: to
   * these Howdah leads it back only behind the string.
   */
  private static String several(Random random, boolean startup) {
    List<String> statements = new ArrayList<>();
    boolean reset = false;
    for (int i = 2 + random.nextInt(4); i > 0; i--) {
      String one = statement(random);
      reset |= one.startsWith("RESET") || one.endsWith("DEFAULT") || one.endsWith("ZONE LOCAL");
      boolean local = one.startsWith("SET LOCAL") || one.endsWith("true)");
      if (!(startup && reset && local)) {
        statements.add(one);
      }
    }
    return String.join("; ", statements);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aClientSeesWhatItsTwinSees(long seed) throws IOException {
    Random random = new Random(seed);
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start()) {
      for (int i = 0; i < SEQUENCES; i++) {
        sequence(howdah, random, "seed " + seed + ", sequence " + i);
      }
      assertThat(howdah.events().pins()).isEmpty();
    }
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
        if (elsewhere == 2 && !inTransaction) {
          // Both server connections are in transactions: this one would wait for ever.
          continue;
        }
        boolean many = random.nextInt(4) == 0;
        String sql = many ? several(random, who > 0) : statement(random);
        byte now = pairs.get(who).say(sql, !many && random.nextInt(3) == 0);
        status.put(who, now);
        if (now != 'E') {
          pairs.get(who).compare();
        }
      }
      for (int i = 0; i < pairs.size(); i++) {
        if (status.getOrDefault(i, (byte) 'I') != 'I') {
          pairs.get(i).say("ROLLBACK", false);
        }
      }
      for (Pair each : pairs) {
        each.compare();
        each.say("SHOW ALL", false);
      }
    } finally {
      for (Pair each : pairs) {
        each.close();
      }
    }
  }
}
