package io.howdah.e2e.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients of Howdah hear what clients of PostgreSQL hear, whatever they say, and leave the same
 * rows behind. {@code -Dconversations=5000} holds so many in all, {@code -Dconversations.seed=7}
 * begins at another seed: each has its own, which is printed when it differs, with what was said.
 * {@code -Dconversations.complaints=5} goes on after the first few.
 */
@Timeout(value = 4, unit = TimeUnit.HOURS)
class ConversationTest {
  /** As many as take two minutes. */
  private static final int COUNT = Integer.getInteger("conversations", 4_000);

  private static final long FIRST = Long.getLong("conversations.seed", 1);
  private static final int COMPLAINTS = Integer.getInteger("conversations.complaints", 1);

  /** So many are held at once: their clients wait much of the time. */
  private static final int ROOMS = Integer.getInteger("conversations.rooms", 4);

  @BeforeAll
  static void prepare() {
    Room.prepare(Servers.shared(), ROOMS);
  }

  @Test
  void inTransactionMode() throws InterruptedException {
    compare(
        () -> Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false), Manner.ON_PRIMARY, 40);
  }

  /**
   * Few statements are kept on a server connection, and each is looked at when it is given back.
   */
  @Test
  void withFewStatementsKept() throws InterruptedException {
    compare(
        () ->
            Howdah.of(PoolMode.TRANSACTION)
                .poolSize(2)
                .splitReads(false)
                .maxServerPreparedStatements(1)
                .reuseUnnamedPlans(true)
                .leakCheckRate(1),
        Manner.ON_PRIMARY,
        20);
  }

  @Test
  void withReadsOnReplicas() throws InterruptedException {
    compare(() -> Howdah.of(PoolMode.TRANSACTION).poolSize(2), Manner.READS_ON_REPLICAS, 16);
  }

  @Test
  void inSessionMode() throws InterruptedException {
    compare(
        () -> Howdah.of(PoolMode.SESSION).poolSize(Dialogue.CLIENTS).splitReads(false),
        Manner.ON_PRIMARY,
        12);
  }

  @Test
  void inStatementMode() throws InterruptedException {
    compare(
        () -> Howdah.of(PoolMode.STATEMENT).poolSize(2).splitReads(false),
        Manner.WITHOUT_TRANSACTIONS,
        12);
  }

  /**
   * @param percent the share of all conversations
   */
  private static void compare(Supplier<HowdahSpec> spec, Manner manner, int percent)
      throws InterruptedException {
    List<String> complaints = new CopyOnWriteArrayList<>();
    Crashes crashes = new Crashes();
    AtomicLong next = new AtomicLong(FIRST);
    long end = FIRST + Math.max(1, COUNT * percent / 100);
    try (ExecutorService rooms = Executors.newFixedThreadPool(ROOMS)) {
      List<Future<?>> all =
          IntStream.range(0, ROOMS)
              .<Future<?>>mapToObj(
                  i ->
                      rooms.submit(
                          () ->
                              compareIn(
                                  () -> new Comparison(spec.get(), manner, new Room(i), crashes),
                                  next,
                                  end,
                                  complaints)))
              .toList();
      for (Future<?> each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    }
    assertThat(complaints).as("conversations that differ").isEmpty();
    crashes.check(end - FIRST);
  }

  private static void compareIn(
      Supplier<Comparison> room, AtomicLong next, long end, List<String> complaints) {
    try (Comparison comparison = room.get()) {
      for (long seed = next.getAndIncrement();
          seed < end && complaints.size() < COMPLAINTS;
          seed = next.getAndIncrement()) {
        String complaint = comparison.complaint(seed);
        if (!complaint.isEmpty()) {
          System.out.println(complaint);
          complaints.add(complaint);
        }
      }
    }
  }
}
