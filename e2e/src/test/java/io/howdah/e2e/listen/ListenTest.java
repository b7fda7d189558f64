package io.howdah.e2e.listen;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LISTEN and NOTIFY of many clients over one connection. */
class ListenTest extends ListenScene {
  private static final int CLIENTS = 300;
  private static final int RACES = 2000;

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
          got.add(Heard.next(clients.get(i)));
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
        assertThat(Heard.next(listener)).isEqualTo(channel + " " + i);
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
      assertThat(Heard.next(one)).isEqualTo("modes x");
      one.query("UNLISTEN modes");
      one.query("LISTEN \"end\"");
      two.query("NOTIFY modes, 'y'");
      two.query("NOTIFY \"end\", '1'");
      assertThat(Heard.next(one)).isEqualTo("end 1");
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
    assertThat(Heard.next(listener)).isEqualTo("piped x");
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
    assertThat(Heard.next(listener)).isEqualTo("folded ");
    assertThat(Heard.next(listener)).isEqualTo("Kept ");
    assertThat(Heard.next(listener)).isEqualTo("n".repeat(63) + " ");
    assertThat(Heard.next(listener)).isEqualTo("say \"ä\" ");
  }

  @Test
  void discardAllEndsListening() throws IOException {
    listener.query("LISTEN gone");
    listener.query("DISCARD ALL");
    listener.query("LISTEN \"end\"");
    other.query("NOTIFY gone");
    other.query("NOTIFY \"end\", '1'");
    assertThat(Heard.until(listener, "1")).isEmpty();
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
      assertThat(Heard.next(elsewhere)).isEqualTo("shared in postgres");
      assertThat(Heard.next(listener)).isEqualTo("shared in app");
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
    assertThat(Heard.next(listener)).isEqualTo("stale x");
    assertThat(other.query("SELECT 1")).noneMatch(each -> each.type() == 'A');
  }

  @Test
  void aPinnedSessionHearsOnceToo() throws IOException {
    listener.query("CREATE TEMP TABLE pin (id int)");
    listener.query("LISTEN pinned");
    other.query("NOTIFY pinned, '1'");
    other.query("NOTIFY pinned, '2'");
    assertThat(Heard.next(listener)).isEqualTo("pinned 1");
    assertThat(Heard.next(listener)).isEqualTo("pinned 2");
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
