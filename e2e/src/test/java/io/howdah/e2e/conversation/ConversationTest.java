package io.howdah.e2e.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import io.howdah.e2e.harness.Servers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients of Howdah hear what clients of PostgreSQL hear, whatever they say, and leave the same
 * rows behind. {@code -Dconversations=5000} holds so many of each sort, {@code
 * -Dconversations.seed=7} begins at another seed: each has its own, which is printed when it
 * differs, with what was said. {@code -Dconversations.complaints=5} goes on after the first few.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class ConversationTest {
  private static final int COUNT = Integer.getInteger("conversations", 60);
  private static final long FIRST = Long.getLong("conversations.seed", 1);
  private static final int COMPLAINTS = Integer.getInteger("conversations.complaints", 1);

  @BeforeAll
  static void prepare() {
    Servers.shared().prepare(Texts.tables(Dialogue.CLIENTS));
  }

  @Test
  void inTransactionMode() {
    compare(Howdah.of(PoolMode.TRANSACTION).poolSize(2).splitReads(false), 1);
  }

  /**
   * Few statements are kept on a server connection, and each is looked at when it is given back.
   */
  @Test
  void withFewStatementsKept() {
    compare(
        Howdah.of(PoolMode.TRANSACTION)
            .poolSize(2)
            .splitReads(false)
            .maxServerPreparedStatements(1)
            .reuseUnnamedPlans(true)
            .leakCheckRate(1),
        2);
  }

  @Test
  void withReadsOnReplicas() {
    compare(Howdah.of(PoolMode.TRANSACTION).poolSize(2), 4);
  }

  @Test
  void inSessionMode() {
    compare(Howdah.of(PoolMode.SESSION).poolSize(Dialogue.CLIENTS), 4);
  }

  private static void compare(HowdahSpec spec, int share) {
    List<String> complaints = new ArrayList<>();
    try (Comparison comparison = new Comparison(spec)) {
      for (long seed = FIRST; seed < FIRST + Math.max(1, COUNT / share); seed++) {
        String complaint = comparison.complaint(seed);
        if (!complaint.isEmpty()) {
          System.out.println(complaint);
          complaints.add(complaint);
        }
        if (complaints.size() >= COMPLAINTS) {
          break;
        }
      }
    }
    assertThat(complaints).as("conversations that differ").isEmpty();
  }
}
