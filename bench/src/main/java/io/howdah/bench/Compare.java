package io.howdah.bench;

import io.howdah.bench.ProcessFigures.Cpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Runs pgbench directly, through Howdah and through PgBouncer in turns, on one machine in one run,
 * and reports speed, latency and what each transaction costs the pooler in CPU time.
 */
public final class Compare {
  private static final int SETTLE_SECONDS = 2;
  private static final int IDLE_STEPS = 3;

  /** A compiler that never saw a log-in throws away what it made as soon as one comes. */
  private static final int WARM_UP_TURN_SECONDS = 5;

  /** What the usual limit of open files leaves room for. */
  private static final int MOST_IDLE = 18_000;

  private final Options options;
  private final Pgbench pgbench;
  private final Report report;

  private Compare(Options options) {
    this.options = options;
    this.pgbench = new Pgbench(options.workload(), options.clients(), Bench.USER, Bench.PASSWORD);
    this.report = new Report(options);
  }

  /**
   * Takes the application's quarkus-run.jar, the folder for the report, and options; without them
   * it says which there are.
   */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 2) {
      throw new IllegalArgumentException("the application's jar and a folder are wanted");
    }
    if (List.of(arguments).contains("--help")) {
      System.out.print("options (and their defaults):\n" + Options.USAGE);
      return;
    }
    Options options;
    try {
      options = Options.parse(List.of(arguments).subList(2, arguments.length));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\noptions (and their defaults):\n" + Options.USAGE);
      System.exit(2);
      return;
    }
    new Compare(options).run(Path.of(arguments[0]).toAbsolutePath(), Path.of(arguments[1]));
  }

  private void run(Path jar, Path folder) throws IOException {
    try (Bench bench = Bench.start(options, jar, pgbench)) {
      for (String protocol : options.protocols()) {
        List<Contender> able =
            bench.contenders().stream().filter(c -> c.protocols().contains(protocol)).toList();
        bench.contenders().stream()
            .filter(c -> !able.contains(c))
            .forEach(c -> System.out.println(c.name() + " cannot do " + protocol + ": left out"));
        warmUp(able, protocol);
        for (int round = 1; round <= options.rounds(); round++) {
          round(bench, able, protocol, round);
        }
        System.out.println(report.table(protocol, able));
      }
      if (options.idleClients() > 0) {
        measureIdle(bench.contenders());
      }
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("compare.txt"), report.text());
    Files.writeString(folder.resolve("compare.csv"), report.csv());
    System.out.println("also written to " + folder + "/compare.txt, each turn to compare.csv");
  }

  private void warmUp(List<Contender> contenders, String protocol) throws IOException {
    for (Contender contender : contenders) {
      int seconds = contender.compiles() ? options.warmUpSeconds() : SETTLE_SECONDS;
      System.out.println(protocol + ": " + contender.name() + " warms up for " + seconds + " s");
      for (int left = seconds; left > 0; left -= WARM_UP_TURN_SECONDS) {
        pgbench.turn(
            contender.port(), contender.database(), protocol, Math.min(left, WARM_UP_TURN_SECONDS));
      }
    }
  }

  /** Every other round goes backwards, so that no contender always follows the same one. */
  private void round(Bench bench, List<Contender> contenders, String protocol, int round)
      throws IOException {
    List<Contender> order = round % 2 == 0 ? contenders.reversed() : contenders;
    for (Contender contender : order) {
      Cpu before = cpu(contender.pid());
      Cpu primaryBefore = ProcessFigures.cpuOfFamily(bench.primaryPid());
      Pgbench.Turn turn =
          pgbench.turn(contender.port(), contender.database(), protocol, options.seconds());
      Cpu used = cpu(contender.pid()).since(before);
      System.out.println(
          report.add(
              new Report.Line(
                  protocol,
                  round,
                  contender.name(),
                  turn,
                  used,
                  ProcessFigures.cpuOfFamily(bench.primaryPid()).since(primaryBefore))));
    }
  }

  private static Cpu cpu(OptionalLong pid) throws IOException {
    return pid.isPresent() ? ProcessFigures.cpu(pid.getAsLong()) : new Cpu(0, 0);
  }

  private void measureIdle(List<Contender> contenders) throws IOException {
    Set<OptionalLong> seen = new HashSet<>();
    for (Contender pooler : contenders) {
      if (pooler.pid().isPresent() && seen.add(pooler.pid())) {
        measureIdle(pooler, pooler.pid().getAsLong());
      }
    }
  }

  /** In steps, because what a process has free already takes up the first. */
  private void measureIdle(Contender pooler, long pid) throws IOException {
    List<Long> resident = new ArrayList<>();
    List<Long> live = new ArrayList<>();
    try (IdleClients clients = new IdleClients(pooler)) {
      int steps = Math.clamp(MOST_IDLE / options.idleClients(), 1, IDLE_STEPS);
      for (int step = 0; step <= steps; step++) {
        clients.add(step == 0 ? 0 : options.idleClients());
        resident.add(ProcessFigures.resident(pid));
        if (pooler.compiles()) {
          live.add(ProcessFigures.liveHeap(pid));
        }
      }
    }
    System.out.print(report.idle(pooler.name(), "resident", options.idleClients(), resident));
    if (!live.isEmpty()) {
      System.out.print(report.idle(pooler.name(), "live heap", options.idleClients(), live));
    }
  }
}
