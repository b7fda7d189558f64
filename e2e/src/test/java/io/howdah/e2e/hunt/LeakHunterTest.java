package io.howdah.e2e.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nothing of a session's is met by another, and nothing of it is lost, whatever it says. {@code
 * -Dhunt.statements=10000000} says so many, {@code -Dhunt.seed=7} begins at another seed: each
 * batch has its own, which is printed when something is found, with the statements that show it.
 * {@code -Dhunt.complaints=9} goes on after the first.
 */
@Timeout(value = 12, unit = TimeUnit.HOURS)
class LeakHunterTest {
  private static final int STATEMENTS = Integer.getInteger("hunt.statements", 100_000);
  private static final int BATCH = Integer.getInteger("hunt.batch", 25);
  private static final long FIRST = Long.getLong("hunt.seed", 1);
  private static final int COMPLAINTS = Integer.getInteger("hunt.complaints", 1);

  @BeforeAll
  static void prepare() {
    Hunt.prepare(Servers.shared());
  }

  @Test
  void nothingLeaksInTransactionMode() throws IOException {
    List<String> complaints = new ArrayList<>();
    try (Hunt hunt =
        new Hunt(
            () -> Howdah.of(PoolMode.TRANSACTION).poolSize(1).splitReads(false).leakCheckRate(0))) {
      long end = FIRST + Math.max(1, STATEMENTS / BATCH);
      for (long seed = FIRST; seed < end && complaints.size() < COMPLAINTS; seed++) {
        String complaint = hunt.complaint(new Routes(new Random(seed)).draw(BATCH));
        if (!complaint.isEmpty()) {
          complaints.add("seed " + seed + ": " + complaint);
          System.out.println(complaints.getLast());
        }
      }
    }
    assertThat(complaints).as("of %d statements", STATEMENTS).isEmpty();
  }
}
