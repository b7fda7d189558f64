package io.howdah.e2e.causal;

import io.howdah.lab.Cluster;
import io.howdah.lab.Postgres;
import io.howdah.lab.StopMode;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Delays and stops replay, and kills replicas, at random. */
final class Troubles {
  private final List<Postgres> replicas;
  private final Random random;
  private int kills;

  Troubles(Cluster cluster, long seed) {
    this.replicas = cluster.replicas();
    this.random = new Random(seed);
  }

  /** Goes on for as long as it is told to, and at least once through all; leaves none behind. */
  void run(BooleanSupplier goOn) throws InterruptedException {
    for (int turn = 0; turn < 8 || goOn.getAsBoolean(); turn++) {
      Postgres one = replicas.get(random.nextInt(replicas.size()));
      switch (turn % 8) {
        case 0 -> delay(one, 5);
        case 1 -> paused(List.of(one));
        case 2 -> delay(one, 100);
        case 3 -> paused(replicas);
        case 4 -> killed(one);
        case 5 -> delay(one, 0);
        case 6 -> replicas.forEach(each -> delay(each, 15));
        default -> replicas.forEach(each -> delay(each, 0));
      }
      Thread.sleep(100 + random.nextInt(400));
    }
    replicas.forEach(each -> delay(each, 0));
  }

  int kills() {
    return kills;
  }

  private void delay(Postgres replica, int millis) {
    replica.execute("ALTER SYSTEM SET recovery_min_apply_delay = " + millis);
    replica.reload();
  }

  private void paused(List<Postgres> some) throws InterruptedException {
    some.forEach(Postgres::pauseReplay);
    Thread.sleep(100 + random.nextInt(300));
    some.forEach(Postgres::resumeReplay);
  }

  private void killed(Postgres replica) throws InterruptedException {
    replica.stop(StopMode.KILL);
    Thread.sleep(random.nextInt(300));
    replica.start();
    kills++;
  }
}
