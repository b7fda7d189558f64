package io.howdah.e2e.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.harness.Target;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** "cached plan must not change result type": a table changes under prepared statements. */
class OutdatedPlanTest {
  private static final byte[][] DESCRIBED = {
    Send.bind("", "p"), Send.describePortal(""), Send.execute("", 0), Send.sync()
  };
  private static final byte[][] BLIND = {Send.bind("", "p"), Send.execute("", 0), Send.sync()};

  private ChangingTable table;

  @BeforeEach
  void start() {
    table = new ChangingTable();
  }

  @AfterEach
  void stop() {
    table.close();
  }

  private static List<Character> types(List<Message> messages) {
    return messages.stream().map(Message::type).toList();
  }

  /** A client that asks for the row's type each time gets the new one. PostgreSQL says an error. */
  @Test
  void whoAsksForTheTypeEachTimeNoticesNothing() throws IOException {
    try (Wire wire = table.wire(Target.HOWDAH)) {
      wire.send(Send.parse("p", ChangingTable.SELECT), Send.sync());
      wire.ready();
      for (int i = 0; i < 5; i++) {
        wire.send(DESCRIBED);
        List<Message> replies = wire.ready();
        assertThat(types(replies)).containsExactly('2', 'T', 'D', 'C', 'Z');
        assertThat(replies.get(2).row()).hasSize(table.columns + 1);
        table.change();
      }
      assertThat(table.howdah.events().replays()).hasSize(4).containsOnly("an outdated plan 0A000");
    }
  }

  @Test
  void whoNeverAskedForItNoticesNothing() throws IOException {
    try (Wire wire = table.wire(Target.HOWDAH)) {
      wire.send(Send.parse("p", ChangingTable.SELECT), Send.sync());
      wire.ready();
      for (int i = 0; i < 5; i++) {
        wire.send(BLIND);
        List<Message> replies = wire.ready();
        assertThat(types(replies)).containsExactly('2', 'D', 'C', 'Z');
        assertThat(replies.get(1).row()).hasSize(table.columns + 1);
        table.change();
      }
    }
  }

  /** What the server takes a parameter for, whose type the client leaves open, is no memory. */
  @ParameterizedTest
  @EnumSource(Target.class)
  void aParametersTypeIsThatOfTheTableAsItIsNow(Target target) throws IOException {
    Servers.shared().prepare("DROP TABLE IF EXISTS retyped");
    List<Message> told = new ArrayList<>();
    for (String type : List.of("date", "timestamp", "text")) {
      try (Wire wire = table.wire(target)) {
        wire.query("CREATE TABLE retyped (c " + type + ")");
        wire.send(
            Send.parse("p", "INSERT INTO retyped VALUES ($1)"),
            Send.describeStatement("p"),
            Send.sync());
        told.addAll(wire.ready().stream().filter(each -> each.type() == 't').toList());
        wire.query("DROP TABLE retyped");
      }
    }
    assertThat(told)
        .extracting(each -> ByteBuffer.wrap(each.body()).getInt(2))
        .as("OIDs of date, timestamp, text")
        .containsExactly(1082, 1114, 25);
  }

  /** The row's type that a client was told once is all it knows: it must hear of the change. */
  @ParameterizedTest
  @EnumSource(Target.class)
  void whoAskedOnceIsToldAndCanPrepareAgain(Target target) throws IOException {
    try (Wire wire = table.wire(target)) {
      wire.send(Send.parse("p", ChangingTable.SELECT), Send.describeStatement("p"), Send.sync());
      assertThat(types(wire.ready())).containsExactly('1', 't', 'T', 'Z');
      wire.send(BLIND);
      assertThat(types(wire.ready())).containsExactly('2', 'D', 'C', 'Z');
      table.change();
      wire.send(BLIND);
      List<Message> refused = wire.ready();
      assertThat(types(refused)).containsExactly('E', 'Z');
      assertThat(refused.getFirst().sqlstate()).isEqualTo("0A000");
      assertThat(refused.getFirst().field('R')).isEqualTo("RevalidateCachedQuery");
      wire.send(BLIND);
      assertThat(types(wire.ready())).as("and again").containsExactly('E', 'Z');
      wire.send(
          Send.closeStatement("p"),
          Send.parse("p", ChangingTable.SELECT),
          Send.describeStatement("p"),
          Send.sync());
      assertThat(types(wire.ready())).containsExactly('3', '1', 't', 'T', 'Z');
      wire.send(BLIND);
      List<Message> replies = wire.ready();
      assertThat(types(replies)).containsExactly('2', 'D', 'C', 'Z');
      assertThat(replies.get(1).row()).hasSize(2);
    }
    assertThat(table.howdah.events().replays()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void inATransactionItIsTold(Target target) throws IOException {
    try (Wire wire = table.wire(target)) {
      wire.send(Send.parse("p", ChangingTable.SELECT), Send.sync());
      wire.ready();
      wire.send(DESCRIBED);
      wire.ready();
      table.change();
      wire.query("BEGIN");
      wire.send(DESCRIBED);
      List<Message> replies = wire.ready();
      assertThat(types(replies)).containsExactly('E', 'Z');
      assertThat(replies.getLast().body()).containsExactly('E');
      wire.query("ROLLBACK");
    }
  }

  /** What ran in the batch before may have had an effect. */
  @ParameterizedTest
  @EnumSource(Target.class)
  void behindAnEffectItIsTold(Target target) throws IOException {
    try (Wire wire = table.wire(target)) {
      wire.send(
          Send.parse("w", "INSERT INTO outdated SELECT 5 WHERE false"),
          Send.parse("p", ChangingTable.SELECT),
          Send.sync());
      wire.ready();
      wire.send(DESCRIBED);
      wire.ready();
      table.change();
      wire.send(
          Send.bind("", "w"),
          Send.execute("", 0),
          Send.bind("", "p"),
          Send.describePortal(""),
          Send.execute("", 0),
          Send.sync());
      assertThat(types(wire.ready())).containsExactly('2', 'C', 'E', 'Z');
    }
    assertThat(table.howdah.events().replays()).isEmpty();
  }

  /** EXECUTE of SQL is told where the server connection has the statement since before. */
  @ParameterizedTest
  @EnumSource(Target.class)
  void theSqlCommandIsTold(Target target) throws IOException {
    try (Howdah one = Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).start();
        Wire wire = Wire.login(target.address(one), Map.of())) {
      wire.query("PREPARE s AS " + ChangingTable.SELECT);
      wire.query("EXECUTE s");
      table.change();
      assertThat(types(wire.query("EXECUTE s"))).containsExactly('E', 'Z');
    }
  }

  /** Many clients, few server connections: each of these has its own outdated plan. */
  @Test
  void manyClientsWhileTheTableChanges() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger reads = new AtomicInteger();
    List<java.util.concurrent.Future<Void>> clients = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int i = 0; i < 8; i++) {
        clients.add(threads.submit(reader(i % 2 == 0, over, reads)));
      }
      for (int i = 0; i < 8; i++) {
        int before = reads.get();
        Await.until(reads::get, count -> assertThat(count).isGreaterThan(before + 100));
        table.change();
      }
      over.set(true);
      for (java.util.concurrent.Future<Void> each : clients) {
        each.get();
      }
    }
    assertThat(table.howdah.events().replays()).hasSizeGreaterThanOrEqualTo(8);
  }

  private Callable<Void> reader(boolean parses, AtomicBoolean over, AtomicInteger reads) {
    byte[][] parsed = {
      Send.closeStatement("p"),
      Send.parse("p", ChangingTable.SELECT),
      Send.bind("", "p"),
      Send.describePortal(""),
      Send.execute("", 0),
      Send.sync()
    };
    return () -> {
      try (Wire wire = table.howdah.wire()) {
        wire.send(Send.parse("p", ChangingTable.SELECT), Send.sync());
        wire.ready();
        while (!over.get()) {
          wire.send(parses ? parsed : DESCRIBED);
          List<Message> replies = wire.ready();
          assertThat(types(replies)).as("%s", replies).endsWith('2', 'T', 'D', 'C', 'Z');
          int width = replies.get(replies.size() - 3).row().size();
          assertThat(replies.get(replies.size() - 4).body()[1]).isEqualTo((byte) width);
          reads.incrementAndGet();
        }
      }
      return null;
    };
  }
}
