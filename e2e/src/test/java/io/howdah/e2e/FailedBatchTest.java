package io.howdah.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Conversation;
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
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is said in a failed transaction, in a failed batch, or behind a COPY that its data made
 * fail, all in one go: the client hears what PostgreSQL says. Random conversations found these.
 */
class FailedBatchTest {
  private static Howdah howdah;

  /** What is said, after {@code before} was said and answered. */
  enum Words {
    A_QUERY_THAT_IS_VOID_LEAVES_THE_UNNAMED_STATEMENT(
        new byte[][] {
          Send.parse("", "SELECT 1/0"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.query("SELECT 1"),
          Send.sync(),
          Send.describeStatement(""),
          Send.sync()
        }),
    A_REFUSED_QUERY_IS_VOID_TOO(
        new byte[][] {
          Send.parse("", "SELECT 1/0"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.query("EXECUTE howdah_1"),
          Send.query("DEALLOCATE howdah_1"),
          Send.sync()
        }),
    A_REFUSED_QUERY_LEAVES_NO_UNNAMED_STATEMENT(
        new byte[][] {
          Send.parse("", "SELECT 1"),
          Send.query("EXECUTE howdah_1"),
          Send.describeStatement(""),
          Send.sync()
        }),
    A_REFUSED_QUERY_LEAVES_ITS_PORTAL(
        new byte[][] {
          Send.query("BEGIN"), Send.query("DEALLOCATE howdah_1"), Send.execute("", 0), Send.sync()
        }),
    A_PARSE_OF_WHAT_THE_SERVER_HAS(
        new byte[][] {
          Send.query("BEGIN"),
          Send.query("SELECT 1/0"),
          Send.parse("again", "INSERT INTO failed_batch VALUES (1)"),
          Send.sync()
        },
        Send.parse("known", "INSERT INTO failed_batch VALUES (1)"),
        Send.sync()),
    A_DESCRIPTION_OF_WHAT_MAY_BE_GONE(
        new byte[][] {Send.describeStatement("known"), Send.sync()},
        Send.parse("known", "INSERT INTO failed_batch VALUES (1)"),
        Send.sync(),
        Send.query("BEGIN"),
        Send.query("SELECT 1/0; DEALLOCATE ALL")),
    THE_UNNAMED_STATEMENT_BEHIND_DEALLOCATE_ALL(
        new byte[][] {
          Send.parse("", "INSERT INTO failed_batch VALUES (1)"),
          Send.parse("all", "DEALLOCATE ALL"),
          Send.bind("p", "all"),
          Send.execute("p", 0),
          Send.describeStatement(""),
          Send.sync()
        }),
    A_PARSE_BEHIND_A_COPY_THAT_FAILED(
        new byte[][] {
          Send.copyData("no number\n"),
          Send.parse("", "SELECT 'behind'"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync()
        },
        Send.query("COPY failed_batch FROM STDIN")),
    A_QUERY_BEHIND_A_COPY_THAT_FAILED(
        new byte[][] {Send.copyData("no number\n"), Send.query("SELECT 'behind'")},
        Send.query("COPY failed_batch FROM STDIN")),
    A_PARSE_BEHIND_A_COPY_OF_A_BATCH_THAT_FAILED(
        new byte[][] {
          Send.copyData("no number\n"), Send.parse("", "SELECT 'void'"), Send.sync(), Send.sync()
        },
        Send.parse("", "COPY failed_batch FROM STDIN"),
        Send.bind("", ""),
        Send.execute("", 0));

    private final byte[][] messages;
    private final byte[][] before;

    Words(byte[][] messages, byte[]... before) {
      this.messages = messages;
      this.before = before;
    }
  }

  @BeforeAll
  static void start() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS failed_batch",
            "CREATE TABLE failed_batch (id int)",
            "GRANT ALL ON failed_batch TO app");
    howdah =
        Howdah.of(PoolMode.TRANSACTION)
            .poolSize(2)
            .splitReads(false)
            .reuseUnnamedPlans(true)
            .start();
  }

  @AfterAll
  static void stop() {
    howdah.close();
  }

  @ParameterizedTest
  @EnumSource
  void soundsAlike(Words words) throws IOException {
    List<String> direct = new ArrayList<>();
    try (Wire wire = Wire.login(Servers.shared().primary(), Map.of())) {
      direct.addAll(heard(wire, words));
    }
    try (Wire wire = howdah.wire()) {
      assertThat(heard(wire, words)).isEqualTo(direct);
    }
  }

  private static List<String> heard(Wire wire, Words words) throws IOException {
    for (byte[] each : words.before) {
      wire.send(each);
      if (each[0] == 'S' || each[0] == 'Q' && !isCopy(each)) {
        wire.ready();
      }
    }
    if (words.messages[0][0] == 'd') {
      wire.until('G');
    }
    wire.send(words.messages);
    wire.send(Send.query("ROLLBACK"), Send.query("SELECT 'the end'"));
    List<String> heard = new ArrayList<>();
    boolean end = false;
    while (!end) {
      for (Message each : wire.ready()) {
        heard.add(Conversation.line(each));
        end |= each.type() == 'D' && each.row().contains("the end");
      }
    }
    return heard;
  }

  private static boolean isCopy(byte[] query) {
    return query[5] == 'C';
  }

  /**
   * Nothing can be brought to a server in a failed transaction: not the statement of SQL's PREPARE
   * that this server connection lacks, and an Execute might use.
   */
  @Test
  void aPortalThatDoesNotExist() throws IOException {
    try (Wire one = howdah.wire();
        Wire two = howdah.wire();
        Wire direct = Wire.login(Servers.shared().primary(), Map.of())) {
      one.query("PREPARE mine AS SELECT 1");
      // Whichever it was prepared on, one of the two is begun on the other.
      two.query("BEGIN");
      assertThat(nothing(one)).isEqualTo("34000");
      two.query("ROLLBACK");
      one.query("BEGIN");
      two.query("PREPARE mine AS SELECT 2");
      one.query("ROLLBACK");
      two.query("BEGIN");
      assertThat(nothing(one)).isEqualTo("34000");
      assertThat(nothing(direct)).isEqualTo("34000");
    }
  }

  private static String nothing(Wire wire) throws IOException {
    wire.query("BEGIN");
    wire.query("SELECT 1/0");
    wire.send(Send.execute("nothing", 0), Send.sync());
    String code = wire.ready().getFirst().sqlstate();
    wire.query("ROLLBACK");
    return code;
  }
}
