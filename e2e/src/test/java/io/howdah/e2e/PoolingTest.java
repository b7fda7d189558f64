package io.howdah.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many clients on few server connections. */
class PoolingTest {
  private static final int CLIENTS = 500;
  private static final int POOL_SIZE = 10;
  private static final int ROUNDS = 6;

  @BeforeAll
  static void createTable() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS visits",
            "CREATE TABLE visits (client int, round int)",
            "ALTER TABLE visits OWNER TO app");
  }

  /** Every client works in simple and extended queries and transactions, all at the same time. */
  @Test
  void fiveHundredClientsOnTenConnectionsANode() throws Exception {
    List<HostPort> nodes = new ArrayList<>(Servers.shared().replicas());
    nodes.add(Servers.shared().primary());
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger most = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(POOL_SIZE).start()) {
      Future<?> watch = threads.submit(() -> watch(nodes, over, most));
      List<Callable<Void>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        clients.add(() -> work(howdah, client));
      }
      try {
        for (Future<Void> each : threads.invokeAll(clients)) {
          each.get();
        }
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause());
      } finally {
        over.set(true);
        watch.get();
      }
    }
    assertThat(most.get()).as("server connections on one node").isBetween(1, POOL_SIZE);
    try (Db db = Servers.shared().superuser(Servers.shared().primary())) {
      assertThat(db.value("SELECT count(*) FROM visits"))
          .isEqualTo(Integer.toString(CLIENTS * ROUNDS));
      assertThat(db.value("SELECT count(*) FROM (SELECT DISTINCT client, round FROM visits) v"))
          .isEqualTo(Integer.toString(CLIENTS * ROUNDS));
    }
  }

  private static void watch(List<HostPort> nodes, AtomicBoolean over, AtomicInteger most) {
    List<Db> watchers = nodes.stream().map(Servers.shared()::superuser).toList();
    while (!over.get()) {
      for (Db each : watchers) {
        most.accumulateAndGet(ServerSessions.count(each), Math::max);
      }
    }
    watchers.forEach(Db::close);
  }

  private static Void work(Howdah howdah, int client) throws IOException {
    try (Wire wire = howdah.wire()) {
      for (int round = 0; round < ROUNDS; round++) {
        String mine = "client " + client + " round " + round;
        assertThat(wire.value("SELECT '" + mine + "'")).isEqualTo(mine);
        wire.send(
            Send.parse("s" + round, "SELECT $1 || '!' || $2"),
            Send.bind("", "s" + round, mine, Integer.toString(client)),
            Send.execute("", 0),
            Send.sync());
        assertThat(onlyRow(wire.ready())).isEqualTo(mine + "!" + client);
        wire.send(
            Send.query("BEGIN"),
            Send.query("INSERT INTO visits VALUES (" + client + ", " + round + ") RETURNING 'w'"),
            Send.query("SELECT count(*) FROM visits WHERE client = " + client),
            Send.query("COMMIT"));
        wire.ready();
        wire.ready();
        assertThat(onlyRow(wire.ready())).isEqualTo(Integer.toString(round + 1));
        wire.ready();
      }
      wire.send(Send.terminate());
    }
    return null;
  }

  private static String onlyRow(List<Message> replies) {
    List<Message> rows = replies.stream().filter(each -> each.type() == 'D').toList();
    assertThat(rows).as(replies.toString()).hasSize(1);
    return rows.getFirst().row().getFirst();
  }
}
