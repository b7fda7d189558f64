package io.howdah.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** LISTEN and NOTIFY of many clients over one connection. */
class ListenTest {
  private static final int CLIENTS = 300;
  private static final int RACES = 2000;
  private static Howdah howdah;

  private Wire listener;
  private Wire other;

  @BeforeAll
  static void start() {
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).start();
  }

  @AfterAll
  static void stop() {
    assertThat(howdah.events().pins()).noneSatisfy(pin -> assertThat(pin).contains("LISTEN"));
    howdah.close();
  }

  @BeforeEach
  void connect() throws IOException {
    listener = howdah.wire();
    other = howdah.wire();
  }

  @AfterEach
  void disconnect() throws IOException {
    listener.close();
    other.close();
  }

  /** The next notification: its channel and payload. Whatever else comes must be answers. */
  private static String heard(Wire wire) throws IOException {
    return Heard.of(wire.until('A').getLast());
  }

  /** All that was heard up to this payload on the channel "end". */
  private List<String> heardUntil(Wire wire, String end) throws IOException {
    List<String> all = new ArrayList<>();
    String each = heard(wire);
    while (!each.equals("end " + end)) {
      all.add(each);
      each = heard(wire);
    }
    return all;
  }

  @Test
  void hundredsOfClientsShareOneConnection() throws IOException {
    List<Wire> clients = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        Wire client = howdah.wire();
        clients.add(client);
        client.query("LISTEN everybody");
        client.query("LISTEN own" + i);
      }
      try (Db db = Servers.shared().superuser(Servers.shared().primary())) {
        assertThat(
                db.value(
                    "SELECT count(*) FROM pg_stat_activity"
                        + " WHERE application_name = 'howdah listen' AND datname = 'app'"))
            .isEqualTo("1");
      }
      for (int n = 0; n < 20; n++) {
        other.query("NOTIFY everybody, '" + n + "'");
        other.query("NOTIFY own" + n + ", 'you'");
      }
      other.query("NOTIFY everybody, 'end'");
      for (int i = 0; i < CLIENTS; i++) {
        List<String> expected = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
          expected.add("everybody " + n);
          if (n == i) {
            expected.add("own" + i + " you");
          }
        }
        expected.add("everybody end");
        List<String> got = new ArrayList<>();
        while (got.size() < expected.size()) {
          got.add(heard(clients.get(i)));
        }
        assertThat(got).isEqualTo(expected);
      }
    } finally {
      for (Wire each : clients) {
        each.close();
      }
    }
  }

  /** From the moment in which a client hears that it listens, it misses nothing. */
  @Test
  void whatIsNotifiedAfterTheAnswerArrives() throws IOException {
    try (Db direct =
        Db.open(Servers.shared().primary(), Servers.DATABASE, Servers.USER, Servers.PASSWORD)) {
      for (int i = 0; i < RACES; i++) {
        // Channels that are new to the shared connection, that it has, and that it is dropping.
        String channel = "race" + i % 7;
        assertThat(listener.query("LISTEN " + channel)).noneMatch(each -> each.type() == 'E');
        direct.run("NOTIFY " + channel + ", '" + i + "'");
        assertThat(heard(listener)).isEqualTo(channel + " " + i);
        listener.query(i % 3 == 0 ? "UNLISTEN *" : "UNLISTEN " + channel);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = PoolMode.class,
      names = {"SESSION", "STATEMENT"})
  void otherPoolModes(PoolMode mode) throws IOException {
    try (Howdah another = Howdah.of(mode).start();
        Wire one = another.wire();
        Wire two = another.wire()) {
      one.query("LISTEN modes");
      two.query("NOTIFY modes, 'x'");
      assertThat(heard(one)).isEqualTo("modes x");
      one.query("UNLISTEN modes");
      one.query("LISTEN \"end\"");
      two.query("NOTIFY modes, 'y'");
      two.query("NOTIFY \"end\", '1'");
      assertThat(heard(one)).isEqualTo("end 1");
    }
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          committed              | BEGIN; LISTEN t; COMMIT                   | t 1
          in one string          | LISTEN t; SELECT 1                        | t 1
          rolled back            | BEGIN; LISTEN t; ROLLBACK                 |
          failed                 | BEGIN; LISTEN t; SELECT 1/0; COMMIT       |
          string failed          | LISTEN t; SELECT 1/0                      |
          taken back             | LISTEN t; UNLISTEN t                      |
          all taken back         | BEGIN; LISTEN t; UNLISTEN *; COMMIT       |
          once more              | BEGIN; LISTEN t; UNLISTEN t; LISTEN t; COMMIT | t 1
          chained                | BEGIN; LISTEN t; COMMIT AND CHAIN; ROLLBACK   | t 1
          savepoint kept         | BEGIN; SAVEPOINT s; LISTEN t; RELEASE s; COMMIT | t 1
          savepoint undone       | BEGIN; SAVEPOINT s; LISTEN t; ROLLBACK TO s; COMMIT |
          syntax error           | LISTEN t t                                |
          """)
  void transactions(String name, String script, String expected) throws IOException {
    for (boolean atOnce : List.of(false, true)) {
      try (Wire wire = howdah.wire()) {
        if (atOnce) {
          byte[][] all =
              List.of(script.split(";")).stream().map(Send::query).toArray(byte[][]::new);
          wire.send(all);
          for (int i = 0; i < all.length; i++) {
            wire.ready();
          }
        } else if (script.startsWith("BEGIN")) {
          for (String each : script.split(";")) {
            wire.query(each);
          }
        } else {
          wire.query(script);
        }
        wire.query("LISTEN \"end\"");
        other.query("NOTIFY t, '1'");
        other.query("NOTIFY \"end\", '1'");
        boolean failsHere = atOnce && name.equals("string failed");
        List<String> wanted =
            failsHere ? List.of("t 1") : expected == null ? List.of() : List.of(expected);
        assertThat(heardUntil(wire, "1")).isEqualTo(wanted);
      }
    }
  }

  @Test
  void notifyInATransaction() throws IOException {
    listener.query("LISTEN n");
    other.query("BEGIN");
    other.query("NOTIFY n, 'lost'");
    other.query("ROLLBACK");
    other.query("BEGIN");
    other.query("NOTIFY n, 'kept'");
    other.query("NOTIFY n, 'kept'"); // PostgreSQL folds equal ones of a transaction.
    other.query("COMMIT");
    other.query("NOTIFY n, 'end'");
    assertThat(heard(listener)).isEqualTo("n kept");
    assertThat(heard(listener)).isEqualTo("n end");
  }

  @Test
  void aTransactionHearsAtItsEnd() throws IOException {
    listener.query("LISTEN late");
    listener.query("BEGIN");
    try (Wire witness = howdah.wire()) {
      witness.query("LISTEN \"end\"");
      for (int i = 0; i < 100; i++) {
        other.query("NOTIFY late, '" + i + "'");
      }
      other.query("NOTIFY late, 'end'");
      // The shared connection has heard all of them once somebody else has heard what came last.
      other.query("NOTIFY \"end\", 'late'");
      assertThat(heard(witness)).isEqualTo("end late");
    }
    List<Message> within = listener.query("SELECT 1");
    assertThat(within).noneMatch(each -> each.type() == 'A');
    listener.send(Send.query("COMMIT"));
    for (int i = 0; i < 100; i++) {
      assertThat(heard(listener)).isEqualTo("late " + i);
    }
    assertThat(heard(listener)).isEqualTo("late end");
  }

  @Test
  void whoListensLaterHearsNothingOfBefore() throws IOException {
    try (Wire early = howdah.wire()) {
      early.query("LISTEN past");
      listener.query("BEGIN");
      listener.query("LISTEN past");
      other.query("NOTIFY past, 'before'");
      assertThat(heard(early)).isEqualTo("past before");
      // Whatever it was told until now was notified before its transaction ended.
      listener.query("SELECT 1");
      listener.query("SELECT 1");
      listener.query("COMMIT");
      other.query("NOTIFY past, 'after'");
      assertThat(heard(listener)).isEqualTo("past after");
    }
  }

  @Test
  void theExtendedProtocolAndPipelines() throws IOException {
    listener.send(
        Send.parse("l", "LISTEN piped"),
        Send.bind("", "l"),
        Send.execute("", 0),
        Send.sync(),
        Send.parse("", "UNLISTEN piped"),
        Send.bind("", ""),
        Send.execute("", 0),
        Send.sync(),
        Send.bind("", "l"),
        Send.execute("", 0),
        Send.parse("", "SELECT 'same batch'"),
        Send.bind("", ""),
        Send.execute("", 0),
        Send.sync(),
        Send.query("SELECT 1"));
    for (int i = 0; i < 4; i++) {
      assertThat(listener.ready()).noneMatch(each -> each.type() == 'E');
    }
    other.query("NOTIFY piped, 'x'");
    assertThat(heard(listener)).isEqualTo("piped x");
  }

  @Test
  void aClientHearsItself() throws IOException {
    listener.query("LISTEN self");
    String pid = listener.value("SELECT pg_backend_pid()");
    assertThat(pid).isNotEmpty();
    List<Message> replies = new ArrayList<>(listener.query("NOTIFY self, 'me'"));
    Message said = replies.stream().filter(each -> each.type() == 'A').findFirst().orElse(null);
    assertThat(Heard.of(said == null ? listener.until('A').getLast() : said)).isEqualTo("self me");
    // And only once.
    listener.query("NOTIFY self, 'again'");
    assertThat(replies.stream().filter(each -> each.type() == 'A').count()).isLessThanOrEqualTo(1);
  }

  @Test
  void namesAreTheServersNames() throws IOException {
    String lengthy = "n".repeat(80);
    listener.query("LISTEN Folded");
    listener.query("LISTEN \"Kept\"");
    listener.query("LISTEN " + lengthy);
    listener.query("LISTEN \"say \"\"ä\"\"\"");
    other.query("NOTIFY FOLDED");
    other.query("NOTIFY kept");
    other.query("NOTIFY \"Kept\"");
    other.query("NOTIFY " + lengthy + "more");
    other.query("SELECT pg_notify('say \"ä\"', '')");
    assertThat(heard(listener)).isEqualTo("folded ");
    assertThat(heard(listener)).isEqualTo("Kept ");
    assertThat(heard(listener)).isEqualTo("n".repeat(63) + " ");
    assertThat(heard(listener)).isEqualTo("say \"ä\" ");
  }

  @Test
  void discardAllEndsListening() throws IOException {
    listener.query("LISTEN gone");
    listener.query("DISCARD ALL");
    listener.query("LISTEN \"end\"");
    other.query("NOTIFY gone");
    other.query("NOTIFY \"end\", '1'");
    assertThat(heardUntil(listener, "1")).isEmpty();
  }

  @Test
  void noNotificationCrossesDatabases() throws IOException {
    Map<String, String> postgres = Map.of("user", Servers.SUPERUSER, "database", "postgres");
    try (Wire elsewhere = Wire.open(howdah.address())) {
      elsewhere.login(postgres, Servers.shared().superuserPassword());
      elsewhere.query("LISTEN shared");
      listener.query("LISTEN shared");
      elsewhere.send(Send.query("NOTIFY shared, 'in postgres'"));
      other.query("NOTIFY shared, 'in app'");
      assertThat(heard(elsewhere)).isEqualTo("shared in postgres");
      assertThat(heard(listener)).isEqualTo("shared in app");
    }
  }

  /** What a client leaves on its server connection is gone before another has it. */
  @Test
  void serverConnectionsListenToNothing() throws IOException {
    listener.query("LISTEN stale");
    for (int i = 0; i < 20; i++) {
      assertThat(other.value("/* howdah: primary */ SELECT count(*) FROM pg_listening_channels()"))
          .isEqualTo("0");
      listener.query("LISTEN stale" + i);
    }
    other.query("NOTIFY stale, 'x'");
    assertThat(heard(listener)).isEqualTo("stale x");
    assertThat(other.query("SELECT 1")).noneMatch(each -> each.type() == 'A');
  }

  @Test
  void aPinnedSessionHearsOnceToo() throws IOException {
    listener.query("CREATE TEMP TABLE pin (id int)");
    listener.query("LISTEN pinned");
    other.query("NOTIFY pinned, '1'");
    other.query("NOTIFY pinned, '2'");
    assertThat(heard(listener)).isEqualTo("pinned 1");
    assertThat(heard(listener)).isEqualTo("pinned 2");
    assertThat(listener.query("SELECT 1")).noneMatch(each -> each.type() == 'A');
  }

  @Test
  void theConsoleShowsIt() throws IOException {
    listener.query("LISTEN console");
    try (Wire console = Wire.open(howdah.address())) {
      console.login(
          Map.of("user", Servers.SUPERUSER, "database", "howdah"),
          Servers.shared().superuserPassword());
      Await.until(
          () -> {
            try {
              return console.query("SHOW LISTENERS").toString();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          },
          shown -> assertThat(shown).contains("app"));
    }
  }
}
