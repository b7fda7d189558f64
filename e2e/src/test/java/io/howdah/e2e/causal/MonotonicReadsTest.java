package io.howdah.e2e.causal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.CausalReads;
import io.howdah.e2e.harness.Await;
import io.howdah.e2e.wire.Message;
import io.howdah.e2e.wire.Wire;
import io.howdah.lab.Postgres;
import io.howdah.lab.StopMode;
import io.howdah.telemetry.PoolCounters.Figure;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A session that has read something reads nothing older afterwards, wherever that read went. What
 * it reads is written past Howdah, so that only its own reads tell what it has seen.
 */
class MonotonicReadsTest extends NumberScene {
  private static final Duration FOR_EVER = Duration.ofMinutes(5);

  /** What a session reads, and the port of the server where it does. */
  private record Seen(int n, String port) {
    static Seen by(Wire wire) {
      try {
        String[] row =
            wire.value("SELECT n || ' ' || current_setting('port') FROM seen").split(" ");
        return new Seen(Integer.parseInt(row[0]), row[1]);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** One replica has what was written last, the other has not. */
  private static int writeFor(Postgres ahead, Postgres behind) {
    // One that has replayed nothing since it was started can't tell for how long it is behind.
    write();
    cluster.awaitReplay();
    behind.pauseReplay();
    int now = write();
    ahead.awaitReplay(cluster.primary());
    return now;
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CausalReads.class,
      names = {"SESSION", "GLOBAL"})
  void aSessionDoesNotGoBackToAReplicaThatIsBehind(CausalReads mode) throws IOException {
    start(mode);
    for (int round = 0; round < 6; round++) {
      Postgres ahead = cluster.replicas().get(round % 2);
      Postgres behind = cluster.replicas().get(1 - round % 2);
      try (Wire wire = howdah.wire()) {
        int now = writeFor(ahead, behind);
        Await.until(() -> Seen.by(wire).n(), seen -> assertThat(seen).isEqualTo(now));
        for (int i = 0; i < 60; i++) {
          assertThat(Seen.by(wire).n()).as("read %d of round %d", i, round).isEqualTo(now);
          if (i % 20 == 0) {
            // Long enough for what is polled now and then to be known.
            pause(150);
          }
        }
      }
      behind.resumeReplay();
    }
  }

  @Test
  void withoutItASessionGoesBack() throws IOException {
    start(CausalReads.OFF);
    int now = writeFor(cluster.replicas().getFirst(), cluster.replicas().getLast());
    try (Wire wire = howdah.wire()) {
      Await.until(() -> Seen.by(wire).n(), seen -> assertThat(seen).isEqualTo(now));
      Await.until(() -> Seen.by(wire).n(), seen -> assertThat(seen).isLessThan(now));
    }
  }

  @Test
  void aReadDoesNotGoBackBehindOneOnThePrimary() throws IOException {
    start(CausalReads.SESSION);
    try (Wire wire = howdah.wire()) {
      cluster.awaitReplay();
      cluster.replicas().forEach(Postgres::pauseReplay);
      int now = write();
      wire.query("BEGIN");
      assertThat(Seen.by(wire).n()).isEqualTo(now);
      wire.query("COMMIT");
      assertThat(Seen.by(wire).n()).isEqualTo(now);
      int later = write();
      assertThat(wire.value("/* howdah: primary */ SELECT n FROM seen")).isEqualTo("" + later);
      for (int i = 0; i < 10; i++) {
        assertThat(Seen.by(wire).n()).isEqualTo(later);
      }
      cluster.replicas().forEach(Postgres::resumeReplay);
      Await.until(
          () -> Seen.by(wire).port(),
          port -> assertThat(port).isNotEqualTo("" + cluster.primary().port()));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = StopMode.class,
      names = {"FAST", "IMMEDIATE"})
  void aSessionDoesNotGoBackWhenItsReplicaStops(StopMode mode) throws IOException {
    start(CausalReads.SESSION);
    Postgres ahead = cluster.replicas().getFirst();
    Postgres behind = cluster.replicas().getLast();
    try (Wire wire = howdah.wire()) {
      int now = writeFor(ahead, behind);
      Await.until(() -> Seen.by(wire).n(), seen -> assertThat(seen).isEqualTo(now));
      ahead.stop(mode);
      for (int i = 0; i < 30; i++) {
        assertThat(Seen.by(wire).n()).isEqualTo(now);
      }
      behind.resumeReplay();
      Await.until(
          () -> Seen.by(wire),
          seen -> assertThat(seen).isEqualTo(new Seen(now, "" + behind.port())));
    }
  }

  /** A replica that comes back is another process: it need not have what it had before. */
  @Test
  void aReplicaThatWasRestartedIsAskedAnew() throws IOException {
    start(CausalReads.SESSION);
    Postgres ahead = cluster.replicas().getFirst();
    Postgres behind = cluster.replicas().getLast();
    try (Wire wire = howdah.wire()) {
      int now = writeFor(ahead, behind);
      Await.until(() -> Seen.by(wire).n(), seen -> assertThat(seen).isEqualTo(now));
      ahead.stop(StopMode.KILL);
      ahead.start();
      ahead.pauseReplay();
      for (int i = 0; i < 30; i++) {
        assertThat(Seen.by(wire).n()).isEqualTo(now);
      }
    }
  }

  /**
   * Reads until each replica has been asked twice where it is, so that the connections for that are
   * open. Before, only the primary can tell what a read has seen that was served by a connection
   * which is not at hand for the next one.
   *
   * @return how often the primary was asked by then
   */
  private long warmUp(Wire wire) {
    Await.until(
        () -> Seen.by(wire).n(),
        _ ->
            assertThat(howdah.count(Figure.CAUSAL_POLL_COUNT))
                .isGreaterThanOrEqualTo(2L * cluster.replicas().size()));
    return howdah.count(Figure.CAUSAL_QUESTION_COUNT);
  }

  /** To keep to a replica is no end in itself: load is shared, also of a session without pauses. */
  @Test
  void theReadsOfABusySessionAreSpread() throws IOException {
    start(CausalReads.SESSION, FOR_EVER);
    try (Wire wire = howdah.wire()) {
      long before = warmUp(wire);
      Set<String> ports = new TreeSet<>();
      Await.until(
          () -> ports.add(Seen.by(wire).port()),
          _ -> {
            for (int i = 0; i < 50; i++) {
              ports.add(Seen.by(wire).port());
            }
            assertThat(ports).hasSize(2);
          });
      assertThat(howdah.count(Figure.CAUSAL_QUESTION_COUNT))
          .as("asked of the primary")
          .isEqualTo(before);
    }
  }

  /** Behind a pause it is known for nothing how far the replicas are. */
  @Test
  void behindAPauseAnyReplicaWillDo() throws IOException {
    start(CausalReads.SESSION, FOR_EVER);
    try (Wire wire = howdah.wire()) {
      long before = warmUp(wire);
      Set<String> ports = new TreeSet<>();
      Await.until(
          () -> {
            write();
            pause(300);
            ports.add(Seen.by(wire).port());
            return ports;
          },
          all -> assertThat(all).hasSize(2));
      assertThat(howdah.count(Figure.CAUSAL_QUESTION_COUNT))
          .as("asked of the primary")
          .isEqualTo(before);
    }
  }

  /** What is asked depends on the time, not on the number of reads. */
  @Test
  void aReadCostsNoMessage() throws IOException {
    start(CausalReads.SESSION, FOR_EVER);
    try (Wire wire = howdah.wire()) {
      long before = warmUp(wire);
      long begin = System.nanoTime();
      long polls = howdah.count(Figure.CAUSAL_POLL_COUNT);
      for (int i = 0; i < 3000; i++) {
        assertThat(wire.query("SELECT n FROM seen")).extracting(Message::type).contains('D');
      }
      long tenths = (System.nanoTime() - begin) / 100_000_000 + 1;
      // Two replicas ten times a second, and once a second a change of replica.
      assertThat(howdah.count(Figure.CAUSAL_POLL_COUNT) - polls)
          .isLessThanOrEqualTo(4 * (tenths + 1));
      assertThat(howdah.count(Figure.CAUSAL_QUESTION_COUNT)).isEqualTo(before);
    }
  }
}
