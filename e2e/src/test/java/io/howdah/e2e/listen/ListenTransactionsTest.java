package io.howdah.e2e.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LISTEN and NOTIFY within transactions. */
class ListenTransactionsTest extends ListenScene {
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
        assertThat(Heard.until(wire, "1")).isEqualTo(wanted);
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
    assertThat(Heard.next(listener)).isEqualTo("n kept");
    assertThat(Heard.next(listener)).isEqualTo("n end");
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
      assertThat(Heard.next(witness)).isEqualTo("end late");
    }
    List<Message> within = listener.query("SELECT 1");
    assertThat(within).noneMatch(each -> each.type() == 'A');
    listener.send(Send.query("COMMIT"));
    for (int i = 0; i < 100; i++) {
      assertThat(Heard.next(listener)).isEqualTo("late " + i);
    }
    assertThat(Heard.next(listener)).isEqualTo("late end");
  }

  @Test
  void whoListensLaterHearsNothingOfBefore() throws IOException {
    try (Wire early = howdah.wire()) {
      early.query("LISTEN past");
      listener.query("BEGIN");
      listener.query("LISTEN past");
      other.query("NOTIFY past, 'before'");
      assertThat(Heard.next(early)).isEqualTo("past before");
      // Whatever it was told until now was notified before its transaction ended.
      listener.query("SELECT 1");
      listener.query("SELECT 1");
      listener.query("COMMIT");
      other.query("NOTIFY past, 'after'");
      assertThat(Heard.next(listener)).isEqualTo("past after");
    }
  }
}
