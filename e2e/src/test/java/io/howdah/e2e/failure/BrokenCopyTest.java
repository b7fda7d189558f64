package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Conversation;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a client must not say within a COPY FROM STDIN: PostgreSQL says what was wrong, and that it
 * lost the protocol's synchronization, and ends the connection. So does Howdah, also where the
 * message is one that it would have answered itself, and where the client did not wait until the
 * COPY began.
 */
class BrokenCopyTest {
  private static final int INT4PL = 177;
  private static Howdah transaction;
  private static Howdah session;

  /** What breaks it. */
  enum Breaking {
    QUERY(Send.query("SELECT 1")),
    SETTING(Send.query("SET howdah.route = 'primary'")),
    PARSE(Send.parse("", "SELECT 2")),
    PARSE_OF_WHAT_IS_THERE(Send.parse("other", "SELECT 'known'")),
    BIND(Send.bind("", "known")),
    BIND_OF_NOTHING(Send.bind("", "unknown")),
    DESCRIBE_STATEMENT(Send.describeStatement("known")),
    DESCRIBE_PORTAL(Send.describePortal("")),
    EXECUTE(Send.execute("", 0)),
    CLOSE_STATEMENT(Send.closeStatement("known")),
    CLOSE_PORTAL(Send.closePortal("p")),
    FUNCTION_CALL(Send.functionCall(INT4PL, "40", "2"));

    private final byte[] message;

    Breaking(byte[] message) {
      this.message = message;
    }
  }

  /** How the COPY comes about, and what the client knows of it by then. */
  enum Copy {
    SIMPLE(true, Send.query("COPY broken FROM STDIN")),
    SIMPLE_UNHEARD(false, Send.query("COPY broken FROM STDIN")),
    ONE_OF_SEVERAL(true, Send.query("INSERT INTO broken VALUES (1); COPY broken FROM STDIN")),
    ONE_OF_SEVERAL_UNHEARD(
        false, Send.query("INSERT INTO broken VALUES (1); COPY broken FROM STDIN")),
    EXTENDED(true, extended()),
    EXTENDED_UNHEARD(false, extended()),
    EXTENDED_WITH_SYNC(true, extended(), Send.sync()),
    EXTENDED_WITH_SYNC_UNHEARD(false, extended(), Send.sync()),
    BY_EXECUTE(true, Send.parse("c", "COPY broken FROM STDIN"), Send.query("EXECUTE c")),
    BY_EXECUTE_UNHEARD(false, Send.parse("c", "COPY broken FROM STDIN"), Send.query("EXECUTE c"));

    private final boolean heard;
    private final byte[][] messages;

    Copy(boolean heard, byte[]... messages) {
      this.heard = heard;
      this.messages = messages;
    }

    private static byte[] extended() {
      byte[] parse = Send.parse("", "COPY broken FROM STDIN");
      byte[] bind = Send.bind("", "");
      byte[] execute = Send.execute("", 0);
      byte[] all = new byte[parse.length + bind.length + execute.length];
      System.arraycopy(parse, 0, all, 0, parse.length);
      System.arraycopy(bind, 0, all, parse.length, bind.length);
      System.arraycopy(execute, 0, all, parse.length + bind.length, execute.length);
      return all;
    }
  }

  @BeforeAll
  static void start() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS broken",
            "CREATE TABLE broken (id int)",
            "GRANT ALL ON broken TO app");
    transaction = Howdah.of(PoolMode.TRANSACTION).poolSize(2).start();
    session = Howdah.of(PoolMode.SESSION).start();
  }

  @AfterAll
  static void stop() {
    transaction.close();
    session.close();
  }

  static Stream<Arguments> ways() {
    return Stream.of(Copy.values())
        .flatMap(
            copy ->
                Stream.of(Breaking.values())
                    .flatMap(
                        breaking ->
                            Stream.of(PoolMode.TRANSACTION, PoolMode.SESSION)
                                .map(mode -> Arguments.of(copy, breaking, mode))));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void itEndsAsPostgresEndsIt(Copy copy, Breaking breaking, PoolMode mode) throws IOException {
    Howdah howdah = mode == PoolMode.SESSION ? session : transaction;
    List<String> direct = run(Target.DIRECT, howdah, copy, breaking);
    assertThat(direct).anyMatch(each -> each.contains("protocol synchronization was lost"));
    assertThat(run(Target.HOWDAH, howdah, copy, breaking)).isEqualTo(direct);
    try (Wire next = howdah.wire()) {
      assertThat(next.value("SELECT count(*) FROM broken")).isEqualTo("0");
    }
  }

  private static List<String> run(Target target, Howdah howdah, Copy copy, Breaking breaking)
      throws IOException {
    List<Message> heard = new ArrayList<>();
    try (Wire wire = Wire.login(target.address(howdah), Map.of())) {
      wire.send(Send.parse("known", "SELECT 'known'"), Send.describeStatement("known"));
      wire.send(Send.sync());
      heard.addAll(wire.ready());
      wire.send(copy.messages);
      if (copy.heard) {
        heard.addAll(wire.until('G'));
        wire.send(Send.copyData("1\n"));
      }
      wire.send(breaking.message);
      heard.addAll(wire.toEnd());
    }
    return heard.stream().map(Conversation::line).toList();
  }
}
