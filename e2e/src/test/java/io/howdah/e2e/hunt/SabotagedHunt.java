package io.howdah.e2e.hunt;

import io.howdah.config.PoolMode;
import io.howdah.e2e.chaos.Sabotaged;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import java.io.IOException;
import java.util.Random;

/**
 * A hunt in a process of its own, for {@link HuntSabotageTest}: ends with {@link
 * Sabotaged#DETECTED} as soon as something is found, or with 0 when nothing is.
 */
final class SabotagedHunt {
  private static final int BATCHES = 400;
  private static final int BATCH = 25;

  private SabotagedHunt() {}

  public static void main(String[] args) throws IOException {
    Servers servers = Servers.shared();
    Hunt.prepare(servers);
    Hunt hunt =
        new Hunt(
            () -> Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).leakCheckRate(0));
    String difference = "";
    for (long seed = 1; seed <= BATCHES && difference.isEmpty(); seed++) {
      difference = hunt.difference(new Routes(new Random(seed)).draw(BATCH));
    }
    System.out.println(difference);
    servers.close();
    Runtime.getRuntime().halt(difference.isEmpty() ? 0 : Sabotaged.DETECTED);
  }
}
