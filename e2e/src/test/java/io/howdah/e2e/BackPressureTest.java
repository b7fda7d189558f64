package io.howdah.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A side that is slow makes the other wait; Howdah holds only a little of what is between them. */
class BackPressureTest {
  /** A result of 1 GB. */
  private static final int ROWS = 1_000_000;

  private static final int ROW_BYTES = 1000;
  private static final int WRITTEN_ROWS = 200_000;
  private static final int LOOK_EVERY_ROWS = 100_000;

  /** What one slow session may cost; Netty takes direct memory in chunks of 4 MB. */
  private static final long ALLOWED_BYTES = 12L << 20;

  @BeforeAll
  static void createTable() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS poured",
            "CREATE UNLOGGED TABLE poured (label text)",
            "ALTER TABLE poured OWNER TO app");
  }

  /** All of this process: the heap that is in use, and what is outside of it. */
  private static long memory() {
    System.gc();
    long buffers =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
        + buffers
        + PlatformDependent.usedDirectMemory();
  }

  @Test
  void aSlowReader() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).splitReads(false).start();
        Wire other = howdah.wire();
        Wire slow = howdah.wire()) {
      long before = memory();
      slow.send(
          Send.query(
              "SELECT repeat('x', " + ROW_BYTES + ") FROM generate_series(1, " + ROWS + ")"));
      slow.until('T');
      long most = 0;
      int rows = 0;
      char type;
      do {
        Message message = slow.read();
        type = message.type();
        if (type == 'D') {
          rows++;
          if (rows % LOOK_EVERY_ROWS == 0) {
            // While this client is not reading, another works.
            for (int i = 0; i < 50; i++) {
              assertThat(other.value("SELECT 'fine', txid_current()")).isEqualTo("fine");
            }
            most = Math.max(most, memory() - before);
          }
        }
      } while (type != 'Z');
      assertThat(rows).isEqualTo(ROWS);
      assertThat(most).isLessThan(ALLOWED_BYTES);
    }
  }

  /** The client stops for good after a row: the server must be the one that waits. */
  @Test
  void aReaderThatStops() throws IOException {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).splitReads(false).start();
        Wire other = howdah.wire();
        Wire stopped = howdah.wire()) {
      long before = memory();
      stopped.send(
          Send.query(
              "SELECT repeat('x', " + ROW_BYTES + ") FROM generate_series(1, " + ROWS + ")"));
      stopped.until('D');
      try (var superuser = Servers.shared().superuser(Servers.shared().primary())) {
        io.howdah.e2e.harness.Await.until(
            () ->
                superuser.column(
                    "SELECT wait_event FROM pg_stat_activity WHERE usename = 'app'"
                        + " AND state = 'active'"),
            events -> assertThat(events).containsExactly("ClientWrite"));
      }
      for (int i = 0; i < 100; i++) {
        assertThat(other.value("SELECT 'fine'")).isEqualTo("fine");
      }
      assertThat(memory() - before).isLessThan(ALLOWED_BYTES);
      stopped.vanish();
      ServerSessions.awaitIdle();
    }
  }

  /** The server does not read, for the table is locked: the client must be the one that waits. */
  @Test
  void aWriterFasterThanTheServer() throws Exception {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).splitReads(false).start();
        Wire holder = howdah.wire();
        Wire writer = howdah.wire()) {
      holder.query("BEGIN");
      holder.query("LOCK TABLE poured IN ACCESS EXCLUSIVE MODE");
      long before = memory();
      byte[] line = new byte[ROW_BYTES];
      Arrays.fill(line, (byte) 'x');
      line[line.length - 1] = '\n';
      byte[] data = Send.copyData(line);
      byte[] burst = new byte[data.length * 100];
      for (int i = 0; i < 100; i++) {
        System.arraycopy(data, 0, burst, i * data.length, data.length);
      }
      Thread pouring =
          Thread.startVirtualThread(
              () -> {
                try {
                  writer.send(Send.query("COPY poured FROM STDIN"));
                  for (int i = 0; i < WRITTEN_ROWS / 100; i++) {
                    writer.send(burst);
                  }
                  writer.send(Send.copyDone());
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      ServerSessions.awaitRunning("COPY poured");
      for (int i = 0; i < 100; i++) {
        assertThat(holder.value("SELECT 'fine'")).isEqualTo("fine");
      }
      assertThat(memory() - before).isLessThan(ALLOWED_BYTES);
      holder.query("COMMIT");
      pouring.join();
      var replies = writer.ready();
      assertThat(replies.stream().filter(each -> each.type() == 'C').findFirst().orElseThrow())
          .hasToString("C COPY " + WRITTEN_ROWS + "\\00");
      assertThat(memory() - before).isLessThan(ALLOWED_BYTES);
    }
  }
}
