package io.howdah.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What to measure.
 *
 * @param workload what the clients do
 * @param replicas how many the cluster has
 * @param rounds how often each contender has its turn, after the warm-up
 * @param seconds length of one turn
 * @param warmUpSeconds length of the warm-up of each contender that is compiled at run time, for
 *     each protocol
 * @param clients pgbench's clients
 * @param poolSize server connections of each pooler
 * @param protocols of pgbench: simple, extended, prepared
 * @param idleClients clients to measure the memory with; 0 for no such measurement
 * @param contenders names; empty for all
 * @param variants further JVMs of Howdah's by name, each with JVM flags of its own, split at spaces
 * @param jars the application's jar by the name of a variant, where it is another one
 */
record Options(
    Workload workload,
    int replicas,
    int rounds,
    int seconds,
    int warmUpSeconds,
    int clients,
    int poolSize,
    List<String> protocols,
    int idleClients,
    List<String> contenders,
    Map<String, List<String>> variants,
    Map<String, String> jars) {
  static final String USAGE =
      """
      --workload W      select, or read-heavy: 90 % reads, 10 % writes (select)
      --replicas N      (1; 2 where the workload is read-heavy)
      --rounds N        turns of each contender (5)
      --seconds N       length of a turn (8)
      --warm-up N       seconds of warm-up for Howdah, each protocol (20)
      --clients N       pgbench's clients (16)
      --pool N          server connections (10)
      --protocols A,B   of simple, extended, prepared (all)
      --only A,B        of direct, pgbouncer, howdah, howdah-split, howdah-stale and the variants'
                        names (all)
      --idle N          also measure the memory of N idle clients (0)
      --variant NAME=FLAGS  one more JVM of Howdah's, with further JVM flags
      --jar NAME=PATH       the variant's own quarkus-run.jar
      """;

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException telling what can't be understood
   */
  static Options parse(List<String> arguments) {
    Map<String, String> given = new LinkedHashMap<>();
    Map<String, List<String>> variants = new LinkedHashMap<>();
    Map<String, String> jars = new LinkedHashMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i);
      if (!USAGE.contains(name + " ") || i + 1 == arguments.size()) {
        throw new IllegalArgumentException("not understood: " + name);
      }
      String value = arguments.get(i + 1);
      switch (name) {
        case "--variant" -> variants.put(before(value), words(after(value), " "));
        case "--jar" -> jars.put(before(value), after(value));
        default -> given.put(name, value);
      }
    }
    Workload workload = Workload.of(given.getOrDefault("--workload", "select"));
    return new Options(
        workload,
        number(given, "--replicas", workload.replicas()),
        number(given, "--rounds", 5),
        number(given, "--seconds", 8),
        number(given, "--warm-up", 20),
        number(given, "--clients", 16),
        number(given, "--pool", 10),
        words(given.getOrDefault("--protocols", "simple,extended,prepared"), ","),
        number(given, "--idle", 0),
        words(given.getOrDefault("--only", ""), ","),
        variants,
        jars);
  }

  boolean wants(String contender) {
    return contenders.isEmpty() || contenders.contains(contender);
  }

  private static int number(Map<String, String> given, String name, int otherwise) {
    String value = given.get(name);
    try {
      return value == null ? otherwise : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " needs a number, not " + value, e);
    }
  }

  private static List<String> words(String text, String separator) {
    List<String> words = new ArrayList<>(List.of(text.split(separator, -1)));
    words.removeIf(String::isBlank);
    return List.copyOf(words);
  }

  private static String before(String pair) {
    return pair.substring(0, equalSign(pair));
  }

  private static String after(String pair) {
    return pair.substring(equalSign(pair) + 1);
  }

  private static int equalSign(String pair) {
    int at = pair.indexOf('=');
    if (at < 1) {
      throw new IllegalArgumentException("NAME=… is wanted, not " + pair);
    }
    return at;
  }
}
