package io.howdah.backend.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.ledger.ReplyLedger.Entry;
import io.howdah.backend.statement.ShapeQuestion;
import io.howdah.backend.statement.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which prepared statements a server has, whatever becomes of the messages that ask for them. */
class ServerStatementsTest {
  private static final ShapeQuestion.Surprise ANY = _ -> {};

  private final ConnectionScene scene = new ConnectionScene();

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void aStatementIsPreparedOnceAndTheOldestIsClosed() {
    Statement a = ConnectionScene.statement("SELECT 'a'");
    Statement b = ConnectionScene.statement("SELECT 'b'");
    Statement c = ConnectionScene.statement("SELECT 'c'");
    scene.connection.statements().ensure(a, true, ANY);
    scene.connection.statements().ensure(a, true, ANY);
    assertThat(scene.sent()).isEqualTo("P");
    scene.connection.statements().ensure(b, true, ANY);
    scene.asks(Entry.SYNC);
    scene.says(ConnectionScene.bodyless("11"), ConnectionScene.ready('I'));
    scene.connection.statements().ensure(a, true, ANY);
    assertThat(scene.sent()).isEqualTo("P");
    scene.connection.statements().ensure(c, true, ANY);
    assertThat(scene.sent()).as("b was used least recently").isEqualTo("CP");
    scene.asks(Entry.SYNC);
    scene.says(ConnectionScene.bodyless("31"), ConnectionScene.ready('I'));
    scene.connection.statements().ensure(a, true, ANY);
    scene.connection.statements().ensure(c, true, ANY);
    assertThat(scene.sent()).isEmpty();
    scene.connection.statements().parseForClient(a, null, true, ANY);
    assertThat(scene.events).contains("1");
    scene.asks(Entry.SYNC);
    scene.says(ConnectionScene.ready('I'));
    assertThat(ConnectionScene.types(scene.said.array())).isEqualTo("ZZ1Z");
  }

  /** In doubt a statement is closed and prepared anew; where that is void, what was there stays. */
  @Test
  void aDoubtfulStatementWhoseCloseWasVoidIsStillThere() {
    Statement a = ConnectionScene.statement("SELECT 'a'");
    scene.connection.statements().ensure(a, true, ANY);
    scene.asks(Entry.SYNC, Entry.BIND);
    scene.connection.statements().ensure(a, true, ANY);
    scene.asks(Entry.SYNC);
    assertThat(scene.sent()).isEqualTo("PCP");
    scene.says(
        ConnectionScene.bodyless("1"),
        ConnectionScene.ready('I'),
        ConnectionScene.error("ERROR", "26000"),
        ConnectionScene.ready('I'));
    scene.connection.statements().ensure(a, true, ANY);
    assertThat(scene.sent()).as("the server has it already").isEmpty();
  }

  @Test
  void anEvictedStatementWhoseCloseWasVoidIsStillThere() {
    Statement a = ConnectionScene.statement("SELECT 'a'");
    Statement b = ConnectionScene.statement("SELECT 'b'");
    Statement c = ConnectionScene.statement("SELECT 'c'");
    scene.connection.statements().ensure(a, true, ANY);
    scene.connection.statements().ensure(b, true, ANY);
    scene.asks(Entry.SYNC);
    scene.says(ConnectionScene.bodyless("11"), ConnectionScene.ready('I'));
    scene.sent();
    scene.asks(Entry.BIND);
    scene.connection.statements().ensure(c, true, ANY);
    scene.connection.statements().ensure(a, true, ANY);
    scene.asks(Entry.SYNC);
    assertThat(scene.sent()).isEqualTo("CPCP");
    scene.says(ConnectionScene.error("ERROR", "26000"), ConnectionScene.ready('I'));
    scene.connection.statements().ensure(a, true, ANY);
    scene.connection.statements().ensure(b, true, ANY);
    assertThat(scene.sent()).as("the server has both").isEmpty();
    assertThat(scene.connection.statements().count()).isEqualTo(2);
  }

  @Test
  void whatIsPreparedBehindDeallocateAllIsThere() {
    Statement a = ConnectionScene.statement("SELECT 'a'");
    Statement b = ConnectionScene.statement("SELECT 'b'");
    scene.connection.statements().ensure(a, true, ANY);
    scene.asks(Entry.SYNC);
    scene.says(ConnectionScene.bodyless("1"), ConnectionScene.ready('I'));
    scene.asks(Entry.EXECUTE);
    scene.connection.statements().ensure(b, true, ANY);
    scene.asks(Entry.SYNC);
    scene.sent();
    scene.says(
        ConnectionScene.tag("DEALLOCATE ALL"),
        ConnectionScene.bodyless("1"),
        ConnectionScene.ready('I'));
    scene.connection.statements().ensure(b, true, ANY);
    assertThat(scene.sent()).isEmpty();
    scene.connection.statements().ensure(a, true, ANY);
    assertThat(scene.sent()).isEqualTo("P");
  }

  @Test
  void aFailedParseIsForgotten() {
    Statement a = ConnectionScene.statement("SELECT a");
    scene.connection.statements().ensure(a, true, ANY);
    scene.asks(Entry.BIND, Entry.SYNC);
    scene.says(ConnectionScene.error("ERROR", "42703"), ConnectionScene.ready('I'));
    assertThat(scene.events).containsExactly("[failed]", "[ready I]", "EZ", "[settled]");
    scene.sent();
    scene.connection.statements().ensure(a, true, ANY);
    assertThat(scene.sent()).isEqualTo("P");
  }
}
