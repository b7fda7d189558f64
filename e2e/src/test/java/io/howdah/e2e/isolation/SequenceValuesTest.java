package io.howdah.e2e.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** currval and lastval in transaction mode: one's own value or an error, never another's. */
class SequenceValuesTest {
  private static final String INSERT = "INSERT INTO numbered (who) VALUES ('x')";

  @BeforeEach
  void prepare() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS numbered",
            "CREATE TABLE numbered (id serial, who text)",
            "ALTER TABLE numbered OWNER TO app");
  }

  private static Howdah howdah(int connections) {
    return Howdah.of(PoolMode.TRANSACTION).poolSize(connections).splitReads(false).start();
  }

  /** The value, or the SQLSTATE of the error. */
  private static String ask(Wire wire, boolean extended, String sql) throws IOException {
    if (extended) {
      wire.send(Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync());
    } else {
      wire.send(Send.query(sql));
    }
    List<Message> replies = wire.ready();
    for (Message each : replies) {
      if (each.type() == 'D') {
        return each.row().getFirst();
      }
      if (each.type() == 'E') {
        return each.sqlstate();
      }
    }
    throw new AssertionError(replies);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void behindOnesOwnInsert(boolean extended) throws IOException {
    try (Howdah howdah = howdah(2);
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      a.query(INSERT);
      assertThat(ask(b, extended, "SELECT 5")).isEqualTo("5");
      assertThat(ask(a, extended, "SELECT lastval()")).isEqualTo("1");
      assertThat(ask(a, extended, "SELECT currval('numbered_id_seq')")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void neverAnothers(boolean extended) throws IOException {
    try (Howdah howdah = howdah(1);
        Wire a = howdah.wire();
        Wire b = howdah.wire();
        Wire c = howdah.wire()) {
      a.query(INSERT);
      assertThat(ask(b, extended, "SELECT lastval()")).isEqualTo("55000");
      assertThat(ask(a, extended, "SELECT lastval()")).as("b had it forgotten").isEqualTo("55000");
      c.query("BEGIN");
      assertThat(ask(c, extended, "SELECT lastval()")).isEqualTo("55000");
      c.query("ROLLBACK");
      a.query(INSERT);
      b.query("UPDATE numbered SET who = 'b'");
      assertThat(ask(b, extended, "SELECT lastval()")).isEqualTo("55000");
      b.query(INSERT);
      assertThat(ask(b, extended, "SELECT lastval()")).isEqualTo("3");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void isLedBackToWhereItWrote(boolean extended) throws IOException {
    try (Howdah howdah = howdah(2);
        Wire a = howdah.wire();
        Wire b = howdah.wire();
        Wire c = howdah.wire()) {
      // Both connections are there; a's is used before b's, and so lies beneath it.
      b.query("BEGIN");
      a.query(INSERT);
      b.query("COMMIT");
      b.query("SET work_mem = '7MB'");
      assertThat(ask(a, extended, "SELECT lastval()")).isEqualTo("1");
      assertThat(ask(c, extended, "SELECT 1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void withinOneRequestOrTransaction(boolean extended) throws IOException {
    try (Howdah howdah = howdah(1);
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      a.query(INSERT);
      assertThat(ask(b, extended, "INSERT INTO numbered (who) VALUES ('y') RETURNING lastval()"))
          .isEqualTo("2");
    }
    prepare();
    try (Howdah howdah = howdah(1);
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      a.query(INSERT);
      b.query("BEGIN");
      b.query(INSERT);
      assertThat(ask(b, extended, "SELECT lastval()")).isEqualTo("2");
      b.query("COMMIT");
      assertThat(howdah.events().pins()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void neverAnothersFromTheFirstQuestionOn(boolean extended) throws IOException {
    try (Howdah howdah = howdah(1);
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      a.query(INSERT);
      b.query("UPDATE numbered SET who = 'b'");
      assertThat(ask(b, extended, "SELECT lastval()")).isEqualTo("55000");
      a.query(INSERT);
      b.query("BEGIN");
      b.query("UPDATE numbered SET who = 'b'");
      assertThat(ask(b, extended, "SELECT lastval()")).isEqualTo("55000");
      b.query("ROLLBACK");
    }
  }

  @Test
  void leavesAStatementAloneThatWantsToBe() throws IOException {
    try (Howdah howdah = howdah(1);
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      a.query(INSERT);
      b.send(
          Send.parse("", "VACUUM numbered"), Send.bind("", ""), Send.execute("", 0), Send.sync());
      assertThat(b.ready()).noneMatch(each -> each.type() == 'E');
      a.query(INSERT);
      b.send(Send.parse("v", "VACUUM numbered"), Send.sync());
      b.ready();
      a.query(INSERT);
      b.send(Send.bind("", "v"), Send.execute("", 0), Send.sync());
      assertThat(b.ready()).noneMatch(each -> each.type() == 'E');
    }
  }

  @Test
  void isNotHeardOfWhereTheTransactionBeforeFailed() throws IOException {
    try (Howdah howdah = howdah(1);
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      a.query(INSERT);
      b.send(
          Send.closeStatement("t"),
          Send.flush(),
          Send.closeStatement("t"),
          Send.parse("s", "BEGIN"),
          Send.bind("p", "s"),
          Send.execute("p", 0),
          Send.bind("p", "s"),
          Send.sync(),
          Send.parse("", "BAD"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.bind("p", "s"),
          Send.sync());
      assertThat(errors(b.ready())).containsExactly("42P03");
      assertThat(errors(b.ready())).containsExactly("42601");
      b.query("ROLLBACK");
    }
  }

  private static List<String> errors(List<Message> replies) {
    return replies.stream().filter(each -> each.type() == 'E').map(Message::sqlstate).toList();
  }

  @Test
  void inOneBatchBehindBegin() throws IOException {
    try (Howdah howdah = howdah(1);
        Wire a = howdah.wire();
        Wire b = howdah.wire()) {
      a.query(INSERT);
      b.send(
          Send.parse("", "BEGIN"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.parse("", "SELECT lastval()"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.sync());
      assertThat(b.ready().stream().filter(each -> each.type() == 'E').findFirst())
          .get()
          .extracting(Message::sqlstate)
          .isEqualTo("55000");
      b.query("ROLLBACK");
      assertThat(b.value("SELECT 1")).isEqualTo("1");
    }
  }
}
