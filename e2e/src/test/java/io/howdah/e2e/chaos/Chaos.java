package io.howdah.e2e.chaos;

import io.howdah.config.HostPort;
import io.howdah.config.PoolMode;
import io.howdah.e2e.harness.Db;
import io.howdah.e2e.harness.Servers;
import io.howdah.e2e.wire.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Riders on one Howdah, and somebody who kills servers' processes under them. */
final class Chaos {
  /** So long that only a hang reaches it. */
  private static final Duration END_BOUND = Duration.ofSeconds(150);

  /**
   * What is to be done.
   *
   * @param seed of every random choice
   * @param duration after which no rider begins anything new
   * @param riders clients at a time
   * @param longestRide things that one session does at most
   * @param ownSettings whether each session has settings of its own; else all have the same, so
   *     that a server connection goes from one to the other without a word in between
   * @param killEvery the pause between two killed server processes; zero for none
   */
  record Plan(
      long seed,
      Duration duration,
      int riders,
      int longestRide,
      PoolMode mode,
      int poolSize,
      boolean ownSettings,
      Duration killEvery) {}

  private final Plan plan;
  private final HostPort howdah;
  private final List<HostPort> nodes;
  private final String superuserPassword;
  private final Map<String, String> defaults = new TreeMap<>();
  private final ConcurrentMap<String, AtomicInteger> counts = new ConcurrentHashMap<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final long endNanos;

  /**
   * @param nodes the servers behind Howdah, the primary first
   */
  Chaos(Plan plan, HostPort howdah, List<HostPort> nodes, String superuserPassword) {
    this.plan = plan;
    this.howdah = howdah;
    this.nodes = List.copyOf(nodes);
    this.superuserPassword = superuserPassword;
    this.endNanos = System.nanoTime() + plan.duration().toNanos();
  }

  Plan plan() {
    return plan;
  }

  HostPort howdah() {
    return howdah;
  }

  Map<String, String> defaults() {
    return defaults;
  }

  boolean isOver() {
    return failure.get() != null || System.nanoTime() - endNanos > 0;
  }

  void count(String what) {
    counts.computeIfAbsent(what, _ -> new AtomicInteger()).incrementAndGet();
  }

  void count(String what, int times) {
    counts.computeIfAbsent(what, _ -> new AtomicInteger()).addAndGet(times);
  }

  /** How often each thing was done, and each way to end was met. */
  Map<String, AtomicInteger> counts() {
    return new TreeMap<>(counts);
  }

  private Db superuser(HostPort node) {
    return Db.open(node, Servers.DATABASE, Servers.SUPERUSER, superuserPassword);
  }

  /**
   * Rides until the time is over, and waits for every rider to end.
   *
   * @throws AssertionError with the seed and the first thing that was wrong
   */
  void run() {
    prepare();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      Deck deck = Deck.all(plan.ownSettings());
      for (int i = 1; i <= plan.riders(); i++) {
        Rider rider = new Rider(i, this, deck);
        all.add(threads.submit(() -> guarded(threads, rider::run)));
      }
      if (!plan.killEvery().isZero()) {
        all.add(threads.submit(() -> guarded(threads, this::kill)));
      }
      for (Future<?> each : all) {
        await(threads, each);
      }
    }
    if (failure.get() != null) {
      throw new AssertionError(plan + ": " + failure.get().getMessage(), failure.get());
    }
  }

  private void await(ExecutorService threads, Future<?> task) {
    try {
      task.get(endNanos - System.nanoTime() + END_BOUND.toNanos(), TimeUnit.NANOSECONDS);
    } catch (Exception e) {
      failure.compareAndSet(null, new AssertionError("a rider does not come to its end", e));
      threads.shutdownNow();
    }
  }

  private void guarded(ExecutorService threads, Runnable work) {
    try {
      work.run();
    } catch (Throwable e) {
      // The first one counts: what others see while they are interrupted follows from it.
      if (failure.compareAndSet(null, e)) {
        threads.shutdownNow();
      }
    }
  }

  private void prepare() {
    try (Db db = superuser(nodes.getFirst())) {
      db.run(
          "DROP TABLE IF EXISTS chaos_tally, chaos_rows",
          "CREATE TABLE chaos_tally AS SELECT i AS rider, 0 AS n, NULL::text AS label"
              + " FROM generate_series(1, "
              + plan.riders()
              + ") i",
          "CREATE UNIQUE INDEX ON chaos_tally (rider)",
          "CREATE TABLE chaos_rows (rider int, label text)",
          "ALTER TABLE chaos_tally OWNER TO app",
          "ALTER TABLE chaos_rows OWNER TO app");
    }
    // Past Howdah, and by a client that sets nothing at its login.
    try (Wire direct = Wire.login(nodes.getFirst(), Map.of())) {
      for (String name : SettingActs.NAMES) {
        String value = direct.value("SELECT coalesce(current_setting('" + name + "', true), '')");
        defaults.put(name, SettingActs.unquoted(name, value));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills a process of a random node now and then, whatever it does. */
  private void kill() {
    Random random = new Random(plan.seed());
    List<Db> superusers = nodes.stream().map(this::superuser).toList();
    while (!isOver()) {
      Ride.pause(plan.killEvery().toMillis());
      Db db = superusers.get(random.nextInt(superusers.size()));
      List<String> killed =
          db.column(
              "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
                  + " WHERE usename = '"
                  + Servers.USER
                  + "' ORDER BY random() LIMIT 1) victim");
      count("killed servers' processes", killed.size());
    }
    superusers.forEach(Db::close);
  }
}
