package io.howdah.e2e.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Await;
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
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A side that is slow makes the other wait; Howdah holds only a little of what is between them. */
class BackPressureTest {
  /** A result of 1 GB. */
  private static final int ROWS = 1_000_000;

  private static final int ROW_BYTES = 1000;

  /** COPY data of 1 GB. */
  private static final int WRITTEN_LINES = 128_000;

  private static final int LINE_BYTES = 8192;
  private static final int LINES_A_BURST = 16;
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);
  private static final int LOOK_EVERY_ROWS = 100_000;

  /** What one slow session may cost; Netty takes direct memory in chunks of 4 MB. */
  private static final long ALLOWED_BYTES = 12L << 20;

  @BeforeAll
  static void createTable() {
    Servers.shared()
        .prepare(
            "DROP TABLE IF EXISTS poured",
            "CREATE UNLOGGED TABLE poured (id serial, label text, length int)",
            "ALTER TABLE poured OWNER TO app",
            // Takes its time, and keeps of each line only how long it was.
            "CREATE OR REPLACE FUNCTION swallow_slowly() RETURNS trigger LANGUAGE plpgsql AS $$"
                + " BEGIN IF NEW.id % 500 = 0 THEN PERFORM pg_sleep(0.005); END IF;"
                + " NEW.length := length(NEW.label); NEW.label := NULL; RETURN NEW; END $$",
            "CREATE TRIGGER slowly BEFORE INSERT ON poured"
                + " FOR EACH ROW EXECUTE FUNCTION swallow_slowly()");
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
        Await.until(
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

  /**
   * 1 GB of COPY data, which the server at first does not read at all, for the table is locked, and
   * then takes with many pauses: the client must be the one that waits.
   */
  @Test
  void aWriterFasterThanTheServer() throws Exception {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).splitReads(false).start();
        Wire holder = howdah.wire();
        Wire writer = howdah.wire()) {
      holder.query("BEGIN");
      holder.query("LOCK TABLE poured IN ACCESS EXCLUSIVE MODE");
      byte[] burst = lines();
      long before = memory();
      Thread pouring =
          Thread.startVirtualThread(
              () -> {
                try {
                  writer.send(Send.query("COPY poured (label) FROM STDIN"));
                  for (int i = 0; i < WRITTEN_LINES / LINES_A_BURST; i++) {
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
      long most = 0;
      do {
        most = Math.max(most, memory() - before);
        assertThat(holder.value("SELECT 'fine', txid_current()")).isEqualTo("fine");
      } while (!pouring.join(LOOK_EVERY));
      assertThat(most).isLessThan(ALLOWED_BYTES);
      var replies = writer.ready();
      assertThat(replies.stream().filter(each -> each.type() == 'C').findFirst().orElseThrow())
          .hasToString("C COPY " + WRITTEN_LINES + "\\00");
      assertThat(holder.value("SELECT sum(length) FROM poured"))
          .isEqualTo("" + (long) WRITTEN_LINES * LINE_BYTES);
      assertThat(memory() - before).isLessThan(ALLOWED_BYTES);
    }
  }

  /** CopyData messages of one line each. */
  private static byte[] lines() {
    byte[] line = new byte[LINE_BYTES + 1];
    Arrays.fill(line, (byte) 'x');
    line[LINE_BYTES] = '\n';
    byte[] data = Send.copyData(line);
    byte[] burst = new byte[data.length * LINES_A_BURST];
    for (int i = 0; i < LINES_A_BURST; i++) {
      System.arraycopy(data, 0, burst, i * data.length, data.length);
    }
    return burst;
  }
}
