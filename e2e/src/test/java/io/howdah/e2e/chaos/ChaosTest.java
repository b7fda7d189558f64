package io.howdah.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * No client ever sees what is another's, whatever all of them do, and nothing is left when they
 * have gone. For {@code -Dchaos.seconds} with {@code -Dchaos.seed}; the seed is printed when it
 * fails. It settles the random choices, not the order in which threads run.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class ChaosTest {
  private static final Duration QUERY = Duration.ofSeconds(10);
  private static final Duration IDLE_IN_TRANSACTION = Duration.ofSeconds(5);
  private static final Duration QUERY_WAIT = Duration.ofSeconds(20);

  private static long seed() {
    return Long.getLong("chaos.seed", new Random().nextInt(1_000_000));
  }

  private static Duration seconds(int share) {
    return Duration.ofSeconds(Math.max(1, Integer.getInteger("chaos.seconds", 15) / share));
  }

  @Test
  void transactionMode() {
    ride(
        new Chaos.Plan(
            seed(), seconds(1), 200, 60, PoolMode.TRANSACTION, 8, true, Duration.ofMillis(150)));
  }

  /** Fewer clients: each keeps a server connection, and leaves it soon. */
  @Test
  void sessionMode() {
    ride(
        new Chaos.Plan(
            seed(), seconds(3), 60, 15, PoolMode.SESSION, 12, true, Duration.ofMillis(200)));
  }

  private static void ride(Chaos.Plan plan) {
    Servers servers = Servers.shared();
    List<HostPort> nodes = new ArrayList<>();
    nodes.add(servers.primary());
    nodes.addAll(servers.replicas());
    try (Howdah howdah =
        Howdah.of(plan.mode())
            .poolSize(plan.poolSize())
            .auth(AuthType.TRUST)
            .timeouts(
                t -> {
                  t.query = QUERY;
                  t.idleInTransaction = IDLE_IN_TRANSACTION;
                  t.queryWait = QUERY_WAIT;
                })
            .start()) {
      Chaos chaos = new Chaos(plan, howdah.address(), nodes, servers.superuserPassword());
      chaos.run();
      System.out.println(plan + ": " + chaos.counts());
      assertThat(chaos.counts()).as("what was done").containsKeys("row", "SET", "COPY in");
      AtRest.check(howdah, nodes, plan.poolSize());
    }
  }
}
