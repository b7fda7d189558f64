package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The last bytes that a client sends for a request: those that come late, and those before a
 * goodbye.
 */
class LastWordsTest {
  @BeforeAll
  static void createTable() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS last_words",
            "CREATE TABLE last_words (id int, label text)",
            "ALTER TABLE last_words OWNER TO app");
  }

  private static Howdah oneConnection() {
    return Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start();
  }

  @Test
  void noOtherClientSpeaksIntoAMessageThatIsNotWhole() throws IOException {
    byte[] late = Send.copyData("2\t" + "x".repeat(200_000));
    try (Howdah howdah = oneConnection();
        Wire one = howdah.wire();
        Wire two = howdah.wire()) {
      one.send(Send.query("COPY last_words FROM STDIN"));
      one.until('G');
      one.send(Send.copyData("no number\tone\n"), Arrays.copyOf(late, 100_000));
      assertThat(one.ready()).extracting(m -> m.type()).contains('E', 'Z');
      // The server has answered all of it, and still reads the message that was cut.
      two.send(Send.query("SELECT 'for two'"));
      one.send(Arrays.copyOfRange(late, 100_000, late.length));
      assertThat(two.ready().toString()).contains("for two");
      assertThat(one.value("SELECT 'for one'")).isEqualTo("for one");
    }
  }

  @Test
  void aClientThatGoesWithinItsLateMessageTakesTheConnectionAlong() throws IOException {
    byte[] late = Send.copyData("2\t" + "x".repeat(200_000));
    try (Howdah howdah = oneConnection();
        Wire two = howdah.wire()) {
      try (Wire one = howdah.wire()) {
        one.send(Send.query("COPY last_words FROM STDIN"));
        one.until('G');
        one.send(Send.copyData("no number\tone\n"), Arrays.copyOf(late, 100_000));
        one.ready();
        one.vanish();
      }
      assertThat(two.value("SELECT 'for two'")).isEqualTo("for two");
    }
  }

  @Test
  void whatIsAskedBeforeAGoodbyeIsDone() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start();
        Wire reader = howdah.wire()) {
      try (Wire one = howdah.wire()) {
        one.send(
            concat(
                Send.query("INSERT INTO last_words SELECT 77, 'bye' FROM pg_sleep(0.2)"),
                Send.terminate()));
      }
      Await.until(() -> count(reader), found -> assertThat(found).isEqualTo("1"));
    }
  }

  private static String count(Wire reader) {
    try {
      return reader.value("SELECT count(*) FROM last_words WHERE id = 77");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Where a client may say goodbye though the server still waits for more of it. */
  enum Unfinished {
    A_COPY {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(Send.query("COPY last_words FROM STDIN"));
        wire.until('G');
      }
    },
    /** Not even answered: the server keeps what it says until Flush or Sync. */
    A_PARSE {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(Send.parse("", "SELECT 1"));
      }
    },
    A_WRITE {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(
            Send.parse("", "INSERT INTO last_words VALUES (78, 'void')"),
            Send.bind("", ""),
            Send.execute("", 0));
      }
    },
    A_BATCH_BEHIND_A_QUERY {
      @Override
      void reach(Wire wire) throws IOException {
        wire.send(
            Send.query("SELECT 1 FROM pg_sleep(0.1)"), Send.parse("", "SELECT 1"), Send.flush());
      }
    };

    abstract void reach(Wire wire) throws IOException;
  }

  @ParameterizedTest
  @EnumSource
  void aGoodbyeWithinSomethingFreesTheConnection(Unfinished what) throws IOException {
    try (Howdah howdah = oneConnection();
        Wire next = howdah.wire()) {
      try (Wire one = howdah.wire()) {
        what.reach(one);
        one.send(Send.terminate());
      }
      assertThat(next.value("SELECT count(*) FROM last_words WHERE id = 78")).isEqualTo("0");
    }
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
