package io.howdah.e2e.cancel;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.ServerSessions;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many clients on few server connections, cancels at random moments: before a request has a
 * connection, while it runs, when it has just ended. Whoever hears 57014 must have asked for it
 * since its request before.
 */
class CancelStressTest {
  private static final int CLIENTS = 24;
  private static final int REQUESTS = 60;

  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger spared = new AtomicInteger();

  @ParameterizedTest
  @EnumSource(
      value = PoolMode.class,
      names = {"TRANSACTION", "SESSION"})
  void nobodyIsHitByAnothersCancel(PoolMode mode) throws Exception {
    int pool = mode == PoolMode.SESSION ? CLIENTS : 4;
    try (Howdah howdah = Howdah.of(mode).poolSize(pool).splitReads(false).start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Client client = new Client(howdah, threads, i);
        clients.add(
            threads.submit(
                () -> {
                  client.work();
                  return null;
                }));
      }
      for (Future<?> each : clients) {
        each.get();
      }
      assertThat(cancelled).as("requests that were cancelled").hasPositiveValue();
      assertThat(spared).as("requests that were not").hasPositiveValue();
    }
    ServerSessions.awaitIdle();
  }

  /** Every third client never asks for a cancel; the others do for about half of their requests. */
  private final class Client {
    private final Howdah howdah;
    private final ExecutorService threads;
    private final int number;
    private final Random random;
    private final List<Future<?>> cancels = new ArrayList<>();
    private Wire wire;

    Client(Howdah howdah, ExecutorService threads, int number) {
      this.howdah = howdah;
      this.threads = threads;
      this.number = number;
      this.random = new Random(number);
    }

    void work() throws Exception {
      try (Wire own = howdah.wire()) {
        wire = own;
        for (int i = 0; i < REQUESTS; i++) {
          boolean asks = number % 3 != 0 && random.nextBoolean();
          boolean pipelined = random.nextInt(4) == 0;
          send(i, pipelined);
          if (asks) {
            for (int n = random.nextInt(3); n >= 0; n--) {
              cancels.add(threads.submit(this::cancel));
            }
          }
          hear(i, asks);
          if (pipelined) {
            hear(i, asks);
          }
          // What was asked for this request must not count for the next.
          for (Future<?> each : cancels) {
            each.get();
          }
          cancels.clear();
        }
      }
    }

    private Void cancel() throws Exception {
      Thread.sleep(ThreadLocalRandom.current().nextInt(12));
      wire.cancel(howdah.address());
      return null;
    }

    private void send(int i, boolean pipelined) throws IOException {
      String sql =
          "SELECT '" + number + "." + i + "' FROM pg_sleep(0.00" + random.nextInt(1, 9) + ")";
      byte[] request =
          random.nextBoolean()
              ? Send.query(sql)
              : join(Send.parse("", sql), Send.bind("", ""), Send.execute("", 0), Send.sync());
      wire.send(pipelined ? join(request, request) : request);
    }

    private void hear(int i, boolean asked) throws IOException {
      List<Message> replies = wire.ready();
      Message error = replies.stream().filter(each -> each.type() == 'E').findFirst().orElse(null);
      if (error != null) {
        assertThat(asked).as("cancelled without having asked: " + error).isTrue();
        assertThat(error.sqlstate()).as(error.toString()).isEqualTo("57014");
        cancelled.incrementAndGet();
      } else {
        spared.incrementAndGet();
        assertThat(replies.stream().filter(each -> each.type() == 'D').toList())
            .singleElement()
            .satisfies(row -> assertThat(row.row()).containsExactly(number + "." + i));
      }
    }

    private byte[] join(byte[]... parts) {
      java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
      for (byte[] each : parts) {
        all.writeBytes(each);
      }
      return all.toByteArray();
    }
  }

  /**
   * Thousands of cancels for a few sessions that wait or work, and then all go on as if nothing
   * were.
   */
  @org.junit.jupiter.api.Test
  void aStorm() throws Exception {
    try (Howdah howdah = Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false).start();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        Wire working = howdah.wire();
        Wire bystander = howdah.wire();
        Wire waiting = howdah.wire()) {
      bystander.query("BEGIN");
      working.send(Send.query("SELECT pg_sleep(600), txid_current() /* in the storm */"));
      ServerSessions.awaitRunning("in the storm");
      waiting.send(Send.query("SELECT pg_sleep(600), 'waits', txid_current()"));
      List<Future<?>> storm = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        Wire aimed = i % 2 == 0 ? working : waiting;
        storm.add(
            threads.submit(
                () -> {
                  aimed.cancel(howdah.address());
                  return null;
                }));
      }
      for (Wire hit : List.of(working, waiting)) {
        List<Message> replies = hit.ready();
        assertThat(replies.get(replies.size() - 2).sqlstate()).isEqualTo("57014");
      }
      for (int i = 0; i < 50; i++) {
        assertThat(bystander.value("SELECT 'untouched', txid_current()")).isEqualTo("untouched");
      }
      for (Future<?> each : storm) {
        each.get();
      }
      bystander.query("COMMIT");
      for (Wire each : List.of(working, waiting, bystander)) {
        assertThat(each.value("SELECT 'fine', txid_current()")).isEqualTo("fine");
      }
    }
    ServerSessions.awaitIdle();
  }
}
