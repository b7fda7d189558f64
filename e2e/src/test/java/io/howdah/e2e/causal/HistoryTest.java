package io.howdah.e2e.causal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.CausalReads;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.OwnCluster;
import io.howdah.e2e.harness.Servers;
import io.howdah.lab.Cluster;
import io.howdah.lab.ClusterSpec;
import io.howdah.telemetry.PoolCounters.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many sessions write and read back while replay is delayed and stopped and replicas are killed.
 * The same history that is faultless with causal reads has stale reads without them: which shows
 * that it would find some.
 *
 * <p>{@code -Dcausal.pairs} says how many pairs of a write and its reads there are at least.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class HistoryTest {
  private static final int RIDERS = 24;
  private static final int CONNECTIONS = 6;
  private static final long PAIRS = Long.getLong("causal.pairs", 3000);
  private static final long SEED = Long.getLong("causal.seed", System.nanoTime());
  private static OwnCluster own;
  private static Cluster cluster;

  @BeforeAll
  static void startCluster() {
    own =
        OwnCluster.start(
            ClusterSpec.ofReplicas(2),
            """
            CREATE TABLE history (id int PRIMARY KEY, version bigint NOT NULL);
            INSERT INTO history SELECT i, 0 FROM generate_series(1, 1000) i;
            GRANT ALL ON history TO app;
            CREATE FUNCTION history_set(of int, to_version bigint) RETURNS bigint LANGUAGE sql AS
              'UPDATE history SET version = to_version WHERE id = of RETURNING version';
            CREATE FUNCTION history_set_unflushed(of int, to_version bigint) RETURNS bigint LANGUAGE sql AS
              'SELECT set_config(''synchronous_commit'', ''off'', true);
               UPDATE history SET version = to_version WHERE id = of RETURNING version'""");
    cluster = own.cluster();
  }

  @AfterAll
  static void stopCluster() {
    if (own != null) {
      own.close();
    }
  }

  @Test
  void aSessionReadsItsOwnWrites() throws Exception {
    Figures figures = history(CausalReads.SESSION, false, PAIRS);
    assertThat(figures.examples()).isEmpty();
    assertThat(figures.onReplica.get()).as("reads on replicas").isPositive();
  }

  /** How it costs where nothing is wrong; the figures are printed. */
  @ParameterizedTest
  @EnumSource(CausalReads.class)
  void inCalmWeather(CausalReads mode) throws Exception {
    Figures figures = history(mode, false, PAIRS / 3, false);
    if (mode != CausalReads.OFF) {
      assertThat(figures.examples()).isEmpty();
    }
  }

  /** Sessions that write nothing watch a number grow that is written past Howdah. */
  @Test
  void noSessionGoesBack() throws Exception {
    Figures figures = watched(CausalReads.SESSION);
    assertThat(figures.examples()).isEmpty();
    assertThat(figures.onReplica.get()).as("reads on replicas").isPositive();
  }

  @Test
  void withoutItSessionsGoBack() throws Exception {
    assertThat(watched(CausalReads.OFF).stale.get()).isPositive();
  }

  private static Figures watched(CausalReads mode) throws Exception {
    Figures figures = new Figures();
    Troubles troubles = new Troubles(cluster, SEED);
    try (Howdah howdah = own.howdah().poolSize(CONNECTIONS).causalReads(mode).start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> trouble =
          threads.submit(
              () -> {
                troubles.run(() -> figures.pairs.get() < PAIRS);
                return null;
              });
      BooleanSupplier goOn = () -> figures.pairs.get() < PAIRS || !trouble.isDone();
      List<Future<?>> watchers = new ArrayList<>();
      watchers.add(
          threads.submit(
              () -> {
                Watcher.write(cluster.primary(), goOn);
                return null;
              }));
      for (int i = 1; i <= RIDERS; i++) {
        Watcher watcher = new Watcher(howdah, figures, SEED + i);
        watchers.add(
            threads.submit(
                () -> {
                  watcher.watch(goOn);
                  return null;
                }));
      }
      await(watchers, figures);
      trouble.get();
      System.out.printf(
          "%s, watched, seed %d, %d kills: %s; %d questions to the primary, %d to replicas %s%n",
          mode,
          SEED,
          troubles.kills(),
          figures,
          howdah.count(Figure.CAUSAL_QUESTION_COUNT),
          howdah.count(Figure.CAUSAL_POLL_COUNT),
          figures.examples());
    }
    return figures;
  }

  @Test
  void withoutItReadsAreStale() throws Exception {
    Figures figures = history(CausalReads.OFF, false, PAIRS / 3);
    assertThat(figures.stale.get()).isPositive();
  }

  @Test
  void globallyAReadSeesWhatAnotherSessionWasTold() throws Exception {
    Figures figures = history(CausalReads.GLOBAL, true, PAIRS / 3);
    assertThat(figures.examples()).isEmpty();
    assertThat(figures.onReplica.get()).as("reads on replicas").isPositive();
  }

  @Test
  void aSessionNeedNotSeeWhatAnotherWasTold() throws Exception {
    Figures figures = history(CausalReads.SESSION, true, PAIRS / 3);
    assertThat(figures.stale.get()).isPositive();
  }

  private static Figures history(CausalReads mode, boolean readsElsewhere, long pairs)
      throws Exception {
    return history(mode, readsElsewhere, pairs, true);
  }

  private static Figures history(
      CausalReads mode, boolean readsElsewhere, long pairs, boolean troubled) throws Exception {
    Figures figures = new Figures();
    Troubles troubles = new Troubles(cluster, SEED);
    long[] questions = new long[2];
    cluster.primary().execute(Servers.DATABASE, "UPDATE history SET version = 0");
    cluster.awaitReplay();
    try (Howdah howdah = own.howdah().poolSize(CONNECTIONS).causalReads(mode).start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> trouble =
          threads.submit(
              () -> {
                if (troubled) {
                  troubles.run(() -> figures.pairs.get() < pairs);
                }
                return null;
              });
      BooleanSupplier goOn = () -> figures.pairs.get() < pairs || !trouble.isDone();
      List<Future<?>> riders = new ArrayList<>();
      for (int i = 1; i <= RIDERS; i++) {
        Rider rider = new Rider(howdah, i, readsElsewhere, figures, SEED + i);
        riders.add(
            threads.submit(
                () -> {
                  rider.ride(goOn);
                  return null;
                }));
      }
      await(riders, figures);
      trouble.get();
      questions[0] = howdah.count(Figure.CAUSAL_QUESTION_COUNT);
      questions[1] = howdah.count(Figure.CAUSAL_POLL_COUNT);
    } finally {
      System.out.printf(
          "%s%s%s, seed %d, %d kills: %s; %d questions to the primary, %d to replicas %s%n",
          mode,
          troubled ? "" : ", calm",
          readsElsewhere ? ", read in another session" : "",
          SEED,
          troubles.kills(),
          figures,
          questions[0],
          questions[1],
          figures.examples());
    }
    return figures;
  }

  /** A rider that fails ends the history for all. */
  private static void await(List<Future<?>> riders, Figures figures)
      throws InterruptedException, ExecutionException {
    for (Future<?> rider : riders) {
      try {
        rider.get();
      } catch (ExecutionException e) {
        figures.pairs.set(Long.MAX_VALUE / 2);
        throw e;
      }
    }
  }
}
