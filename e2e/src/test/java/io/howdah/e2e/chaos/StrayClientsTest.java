package io.howdah.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.config.AuthType;
import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Send;
import io.howdah.e2e.wire.Wire;
import io.howdah.telemetry.PoolCounters.Figure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that send valid and invalid messages at random and go at any byte, by FIN, by RST or with
 * a goodbye, at once or after a silence: whatever they did, every server connection is clean or
 * gone soon after, and no place in a pool is lost. For {@code -Dstray.seconds} from {@code
 * -Dstray.seed} on, {@code -Dstray.clients} at a time; the seeds of those who left something are
 * printed.
 *
 * <p>Nothing has a limit here that would come to pass: it is no clock that cleans up.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class StrayClientsTest {
  private static final int POOL_SIZE = 4;
  private static final int LONGEST_SILENCE_MILLIS = 200;

  /** However slow the machine is. */
  private static final int ENOUGH_QUERIES = 500;

  private static final Duration BOUND = Duration.ofSeconds(Integer.getInteger("stray.seconds", 20));
  private static final int CLIENTS = Integer.getInteger("stray.clients", 80);

  private long seed = Long.getLong("stray.seed", new Random().nextInt(1_000_000_000));

  private int clients;

  @Test
  void nothingStays() throws Exception {
    Servers servers = Servers.shared();
    servers.prepare(
        "DROP TABLE IF EXISTS stray",
        "CREATE TABLE stray (id int)",
        "ALTER TABLE stray OWNER TO app",
        "DROP SEQUENCE IF EXISTS stray_numbers",
        "CREATE SEQUENCE stray_numbers",
        "ALTER SEQUENCE stray_numbers OWNER TO app");
    List<HostPort> nodes = new ArrayList<>();
    nodes.add(servers.primary());
    nodes.addAll(servers.replicas());
    long end = System.nanoTime() + BOUND.toNanos();
    long queries;
    try (Howdah howdah = start()) {
      // With all connections open clients get on more quickly.
      AtRest.check(howdah, nodes, POOL_SIZE);
      do {
        long first = seed;
        try {
          round(howdah);
          AtRest.check(howdah, nodes, POOL_SIZE);
          assertThat(howdah.events().faults()).isEmpty();
        } catch (AssertionError e) {
          throw new AssertionError(
              "-Dstray.seed=" + first + " and the " + (CLIENTS - 1) + " after it: " + e, e);
        }
        queries = howdah.count(Figure.QUERY_COUNT);
      } while (System.nanoTime() - end < 0 || queries < ENOUGH_QUERIES);
    }
    System.out.println(clients + " stray clients, " + queries + " queries");
  }

  private static Howdah start() {
    return Howdah.of(PoolMode.TRANSACTION)
        .poolSize(POOL_SIZE)
        .auth(AuthType.TRUST)
        .timeouts(t -> t.serverOwnWork = Duration.ofHours(1))
        .start();
  }

  private void round(Howdah howdah) throws InterruptedException {
    List<Thread> threads =
        LongStream.range(seed, seed + CLIENTS)
            .mapToObj(each -> Thread.ofVirtual().unstarted(() -> stray(howdah.address(), each)))
            .toList();
    seed += CLIENTS;
    clients += CLIENTS;
    threads.forEach(Thread::start);
    for (Thread each : threads) {
      each.join();
    }
  }

  private static void stray(HostPort address, long seed) {
    Random random = new Random(seed);
    byte[] bytes = new StrayMessages(random).next();
    try (Wire wire = Wire.login(address, Map.of())) {
      for (int at = 0; at < bytes.length; ) {
        int n = random.nextBoolean() ? bytes.length - at : 1 + random.nextInt(bytes.length - at);
        wire.send(Arrays.copyOfRange(bytes, at, at + n));
        at += n;
        if (random.nextInt(3) == 0) {
          Thread.sleep(random.nextInt(5));
        }
      }
      switch (random.nextInt(4)) {
        case 0 -> {} // It goes at once.
        case 1 -> Thread.sleep(random.nextInt(LONGEST_SILENCE_MILLIS));
        default -> wire.drain(1 + random.nextInt(LONGEST_SILENCE_MILLIS));
      }
      switch (random.nextInt(3)) {
        case 0 -> wire.vanish();
        case 1 -> wire.send(Send.terminate());
        default -> {} // Its socket is closed, with or without replies unread.
      }
    } catch (IOException e) {
      // It was sent away, as it may deserve.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
