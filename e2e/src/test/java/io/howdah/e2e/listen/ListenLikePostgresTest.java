package io.howdah.e2e.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a session that listens hears of itself, and when, and what it is told that it listens to: as
 * from PostgreSQL itself, though the session has no server connection of its own.
 */
class ListenLikePostgresTest {
  /** Often, because the order would be right now and then by luck. */
  private static final int ROUNDS = 20;

  private static final int MOST_CHANNELS = 5;
  private static Howdah howdah;

  @BeforeAll
  static void start() {
    howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).maxListenChannels(MOST_CHANNELS).start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  /** Without the process that notifies, which differs. */
  private static String shown(Message message) {
    return message.type() == 'A' ? "A " + Heard.of(message) : message.toString();
  }

  private static List<String> play(Target target, String script) throws IOException {
    try (Wire wire = Wire.login(target.address(howdah), Map.of())) {
      wire.query("LISTEN a");
      wire.query("LISTEN \"B b\"");
      List<String> said = new ArrayList<>();
      for (String burst : script.split("\\|\\|")) {
        String[] queries = burst.split("\\|");
        byte[][] bytes = new byte[queries.length][];
        for (int i = 0; i < queries.length; i++) {
          bytes[i] = Send.query(queries[i].strip());
        }
        wire.send(bytes);
        for (int i = 0; i < queries.length; i++) {
          wire.ready().forEach(each -> said.add(shown(each)));
        }
      }
      return said;
    }
  }

  /** Queries are sent one after the other where || stands, at once where | stands. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "NOTIFY a, '1'",
        "NOTIFY a, '1' || SELECT 1",
        "NOTIFY a, '1'; NOTIFY a, '2'; NOTIFY a, '1'; SELECT 'behind'",
        "NOTIFY a, '1'; NOTIFY \"B b\", '2'; NOTIFY nobody, '3'",
        "SELECT pg_notify('a', '1') || SELECT pg_notify('B b', i::text) FROM generate_series(1, 50) i",
        "BEGIN || NOTIFY a, '1' || SELECT 1 || COMMIT || SELECT 2",
        "BEGIN || NOTIFY a, '1' || ROLLBACK || SELECT 2",
        "BEGIN || NOTIFY a, '1' || SELECT 1/0 || COMMIT || SELECT 2",
        "BEGIN; NOTIFY a, '1'; COMMIT; SELECT 1",
        "NOTIFY a, '1'; SELECT 1/0",
        "UNLISTEN a || NOTIFY a, '1' || NOTIFY \"B b\", '2'",
        "UNLISTEN * || NOTIFY a, '1'",
        "PREPARE n AS SELECT pg_notify('a', $1) || EXECUTE n('1') || EXECUTE n('2')",
      })
  void itsOwnNotifications(String script) throws IOException {
    List<String> direct = play(Target.DIRECT, script);
    for (int i = 0; i < ROUNDS; i++) {
      assertThat(play(Target.HOWDAH, script)).isEqualTo(direct);
    }
  }

  /** Sent at once: an answer never overtakes another, and a notification comes before its Z. */
  @Test
  void pipelined() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      try (Wire wire = Wire.login(howdah.address(), Map.of())) {
        wire.query("LISTEN a");
        wire.send(
            Send.query("NOTIFY a, '1'"),
            Send.query("SELECT 'x'"),
            Send.parse("", "NOTIFY a, '2'"),
            Send.bind("", ""),
            Send.execute("", 0),
            Send.sync(),
            Send.query("SELECT repeat('y', 200000)"),
            Send.query("NOTIFY a, '3'"));
        List<Message> said = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          said.addAll(wire.ready());
        }
        assertThat(said.stream().filter(each -> each.type() == 'A').map(Heard::of))
            .containsExactly("a 1", "a 2", "a 3");
        assertThat(said.stream().filter(each -> each.type() != 'A').map(each -> each.type() + ""))
            .containsExactly(
                "C", "Z", "T", "D", "C", "Z", "1", "2", "C", "Z", "T", "D", "C", "Z", "C", "Z");
        List<String> shown = said.stream().map(ListenLikePostgresTest::shown).toList();
        assertThat(shown.indexOf("A a 1")).isLessThan(2);
        assertThat(shown.get(shown.size() - 1)).isEqualTo("Z I");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT pg_listening_channels()",
        "SELECT * FROM pg_listening_channels() ORDER BY 1",
        "SELECT count(*), max(c) FROM pg_catalog.pg_listening_channels() AS c WHERE c <> 'x'",
        "SELECT pg_listening_channels() || UNLISTEN a || SELECT pg_listening_channels()",
        "LISTEN c || SELECT count(*) FROM pg_listening_channels() || SELECT 1",
        "UNLISTEN * || SELECT pg_listening_channels()",
        "SELECT 1 || SELECT pg_listening_channels() | SELECT 2 | SELECT 3",
      })
  void whatItListensTo(String script) throws IOException {
    assertThat(play(Target.HOWDAH, script)).isEqualTo(play(Target.DIRECT, script));
  }

  @Test
  void whatItListensToInTheExtendedProtocol() throws IOException {
    List<List<String>> both = new ArrayList<>();
    for (Target target : Target.values()) {
      try (Wire wire = Wire.login(target.address(howdah), Map.of())) {
        wire.query("LISTEN a");
        List<String> said = new ArrayList<>();
        wire.send(
            Send.parse("s", "SELECT pg_listening_channels()"),
            Send.bind("", "s"),
            Send.describePortal(""),
            Send.execute("", 0),
            Send.sync());
        wire.ready().forEach(each -> said.add(each.toString()));
        wire.query("LISTEN b");
        wire.query("UNLISTEN a");
        wire.send(Send.bind("", "s"), Send.execute("", 0), Send.sync());
        wire.ready().forEach(each -> said.add(each.toString()));
        both.add(said);
      }
    }
    assertThat(both.getLast()).isEqualTo(both.getFirst());
  }

  /** Nothing of it stays on the server connection. */
  @Test
  void otherSessionsDoNotListen() throws IOException {
    try (Wire wire = howdah.wire();
        Wire other = howdah.wire()) {
      wire.query("LISTEN mine");
      assertThat(wire.value("SELECT pg_listening_channels()")).isEqualTo("mine");
      for (int i = 0; i < 10; i++) {
        assertThat(
                other.value("/* howdah: primary */ SELECT count(*) FROM pg_listening_channels()"))
            .isEqualTo("0");
      }
      wire.query("CREATE TEMP TABLE pin (id int)");
      assertThat(wire.value("SELECT pg_listening_channels()")).isEqualTo("mine");
      other.query("NOTIFY mine, 'once'");
      assertThat(Heard.of(wire.until('A').getLast())).isEqualTo("mine once");
      assertThat(wire.query("SELECT 1")).noneMatch(each -> each.type() == 'A');
    }
  }

  @Test
  void tooManyChannels() throws IOException {
    try (Wire wire = howdah.wire();
        Wire other = howdah.wire()) {
      for (int i = 0; i < MOST_CHANNELS; i++) {
        assertThat(wire.query("LISTEN c" + i)).noneMatch(each -> each.type() == 'E');
      }
      assertThat(wire.query("LISTEN c0")).noneMatch(each -> each.type() == 'E');
      List<Message> replies = wire.query("LISTEN c5");
      assertThat(replies).extracting(Message::type).containsExactly('E', 'Z');
      assertThat(replies.getFirst().sqlstate()).isEqualTo("54000");
      assertThat(replies.getFirst().field('V')).isEqualTo("ERROR");
      assertThat(replies.getFirst().field('D')).contains("clients.max-listen-channels");
      assertThat(replies.getFirst().field('H')).contains("UNLISTEN");
      wire.send(Send.parse("", "LISTEN c6"), Send.bind("", ""), Send.execute("", 0), Send.sync());
      assertThat(wire.ready()).extracting(Message::type).containsExactly('1', '2', 'E', 'Z');
      wire.query("UNLISTEN c4");
      assertThat(wire.query("LISTEN c7")).noneMatch(each -> each.type() == 'E');
      other.query("NOTIFY c5");
      other.query("NOTIFY c7");
      assertThat(Heard.of(wire.until('A').getLast())).isEqualTo("c7 ");
    }
  }
}
