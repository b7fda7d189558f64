package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A Howdah that stops lets what has begun come to its end. */
class DrainTest {
  @Test
  void sessionsEndWhereTheirTransactionsEnd() throws Exception {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).splitReads(false).start();
        Wire idle = howdah.wire();
        Wire working = howdah.wire();
        Wire batching = howdah.wire()) {
      working.query("BEGIN");
      batching.send(
          Send.parse("", "SELECT 1, txid_current()"),
          Send.bind("", ""),
          Send.execute("", 0),
          Send.flush());
      batching.until('C');
      CompletableFuture<Void> drained = howdah.proxy().drain().toCompletableFuture();
      expectShutdown(idle.toEnd());
      // The ports are closed on a loop of their own.
      Await.until(() -> letsIn(howdah), in -> assertThat(in).isFalse());
      assertThat(working.value("SELECT 'still here'")).isEqualTo("still here");
      assertThat(drained).isNotDone();
      working.send(Send.query("COMMIT"));
      List<Message> end = working.toEnd();
      assertThat(end).extracting(Message::type).containsExactly('C', 'Z', 'E');
      expectShutdown(end);
      batching.send(Send.sync());
      end = batching.toEnd();
      assertThat(end).extracting(Message::type).containsExactly('Z', 'E');
      expectShutdown(end);
      drained.get(60, TimeUnit.SECONDS);
    }
  }

  /** SHUTDOWN WAIT_FOR_CLIENTS: nobody is sent away, and nobody is let in. */
  @Test
  void clientsAreAwaited() throws Exception {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).start();
        Wire idle = howdah.wire();
        Wire working = howdah.wire();
        Db console = howdah.console()) {
      working.query("BEGIN");
      CompletableFuture<Void> gone = howdah.proxy().awaitClients().toCompletableFuture();
      // The ports are closed on a loop of their own.
      Await.until(() -> letsIn(howdah), in -> assertThat(in).isFalse());
      assertThat(working.value("SELECT 'still here'")).isEqualTo("still here");
      working.query("COMMIT");
      working.close();
      assertThat(idle.value("SELECT 'still here'")).isEqualTo("still here");
      assertThat(gone).isNotDone();
      idle.close();
      gone.get(60, TimeUnit.SECONDS);
      assertThat(console.value("SHOW VERSION")).as("is no client").isNotEmpty();
    }
  }

  private static boolean letsIn(Howdah howdah) {
    try {
      howdah.wire().close();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static void expectShutdown(List<Message> replies) {
    assertThat(replies.getLast().type()).isEqualTo('E');
    assertThat(replies.getLast().sqlstate()).isEqualTo("57P01");
    assertThat(replies.getLast().field('V')).isEqualTo("FATAL");
  }
}
