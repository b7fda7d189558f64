package io.howdah.e2e.chaos;

import io.howdah.config.AuthType;
import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Howdah;
import io.howdah.e2e.harness.HowdahSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The chaos test as a process of its own, for {@link SabotageTest}: prints what was wrong and ends
 * with {@value #DETECTED}, or ends with 0 when nothing was. Arguments: the seed, how many seconds
 * at most, whether sessions have settings of their own, the superuser's password, and the servers,
 * the primary first.
 */
final class SabotagedRide {
  static final int DETECTED = 3;

  private static final int RIDERS = 60;
  private static final int LONGEST_RIDE = 40;
  private static final int POOL_SIZE = 3;

  private SabotagedRide() {}

  static List<String> arguments(
      long seed,
      Duration atMost,
      boolean ownSettings,
      String superuserPassword,
      List<HostPort> nodes) {
    List<String> all =
        new ArrayList<>(
            List.of(
                Long.toString(seed),
                Long.toString(atMost.toSeconds()),
                Boolean.toString(ownSettings),
                superuserPassword));
    nodes.forEach(each -> all.add(each.toString()));
    return all;
  }

  public static void main(String[] args) {
    Chaos.Plan plan =
        new Chaos.Plan(
            Long.parseLong(args[0]),
            Duration.ofSeconds(Long.parseLong(args[1])),
            RIDERS,
            LONGEST_RIDE,
            PoolMode.TRANSACTION,
            POOL_SIZE,
            Boolean.parseBoolean(args[2]),
            Duration.ZERO);
    List<HostPort> nodes = Arrays.stream(args).skip(4).map(SabotagedRide::address).toList();
    Howdah howdah =
        HowdahSpec.inFrontOf(nodes, args[3])
            .poolSize(plan.poolSize())
            .auth(AuthType.TRUST)
            .timeouts(
                t -> {
                  t.query = Duration.ofSeconds(3);
                  t.queryWait = Duration.ofSeconds(5);
                })
            .start();
    Chaos chaos = new Chaos(plan, howdah.address(), nodes, args[3]);
    try {
      chaos.run();
      System.out.println("nothing was wrong: " + chaos.counts());
    } catch (AssertionError e) {
      System.out.println("WRONG " + e.getMessage());
      Runtime.getRuntime().halt(DETECTED);
    }
    Runtime.getRuntime().halt(0);
  }

  private static HostPort address(String text) {
    int colon = text.lastIndexOf(':');
    return new HostPort(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }
}
