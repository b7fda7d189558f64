package io.howdah.bench;

import io.howdah.bench.ProcessFigures.Cpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Collects what each turn showed, and sets it in tables. */
final class Report {
  /** The contender that the others are compared with. */
  private static final String PEER = "pgbouncer";

  private static final String ROW = "%-22s %9s %9s %9s %9s %9s %9s %9s %9s  %s";

  private final List<Line> lines = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  Report(Options options) {
    text.append(
        "pgbench %s, %d replicas, %d clients, %d server connections, transaction mode, %d × %d s%n"
            .formatted(
                options.workload().text(),
                options.replicas(),
                options.clients(),
                options.poolSize(),
                options.rounds(),
                options.seconds()));
  }

  /**
   * One turn of one contender.
   *
   * @param cpu what the pooler used
   * @param primaryCpu what the primary used
   */
  record Line(
      String protocol, int round, String contender, Pgbench.Turn turn, Cpu cpu, Cpu primaryCpu) {
    double cpuEach() {
      return (double) cpu.total() / turn.transactions();
    }

    double primaryCpuEach() {
      return (double) primaryCpu.total() / turn.transactions();
    }

    double userEach() {
      return (double) cpu.user() / turn.transactions();
    }

    double systemEach() {
      return (double) cpu.system() / turn.transactions();
    }
  }

  /** Takes a turn in, and answers a line about it for people. */
  String add(Line line) {
    lines.add(line);
    return format(
        "%s, round %d: %-22s %8.0f transactions/s  %6.2f µs CPU each",
        line.protocol, line.round, line.contender, line.turn.perSecond(), line.cpuEach());
  }

  /** The medians of one protocol. */
  String table(String protocol, List<Contender> contenders) {
    List<String> rows = new ArrayList<>();
    rows.add("");
    rows.add(
        ROW.formatted(
            protocol,
            "tps",
            "mean µs",
            "p50 µs",
            "p99 µs",
            "CPU µs",
            "user",
            "system",
            "primary",
            "CPU / " + PEER + "'s (spread)"));
    for (Contender contender : contenders) {
      rows.add(row(protocol, contender.name()));
    }
    String table = String.join("\n", rows) + "\n";
    text.append(table);
    return table;
  }

  private String row(String protocol, String contender) {
    List<Line> own = of(protocol, contender);
    boolean pools = own.stream().anyMatch(l -> l.cpu.total() > 0);
    return ROW.formatted(
            contender,
            median(own, l -> l.turn.perSecond(), "%.0f"),
            median(own, l -> l.turn.mean(), "%.0f"),
            median(own, l -> l.turn.p50(), "%.0f"),
            median(own, l -> l.turn.p99(), "%.0f"),
            pools ? median(own, Line::cpuEach, "%.2f") : "",
            pools ? median(own, Line::userEach, "%.2f") : "",
            pools ? median(own, Line::systemEach, "%.2f") : "",
            median(own, Line::primaryCpuEach, "%.2f"),
            pools ? ratio(protocol, own) : "")
        .stripTrailing();
  }

  private List<Line> of(String protocol, String contender) {
    return lines.stream()
        .filter(l -> l.protocol.equals(protocol) && l.contender.equals(contender))
        .toList();
  }

  /** Round by round, because what else the machine does changes from one to the next. */
  private String ratio(String protocol, List<Line> own) {
    List<Double> ratios = new ArrayList<>();
    for (Line line : own) {
      of(protocol, PEER).stream()
          .filter(p -> p.round == line.round)
          .forEach(p -> ratios.add(line.cpuEach() / p.cpuEach()));
    }
    return ratios.isEmpty()
        ? ""
        : format("%.2f (%s)", Figures.median(ratios), Figures.spread(ratios, "%.2f"));
  }

  private static String median(List<Line> own, ToDoubleFunction<Line> figure, String format) {
    return format(format, Figures.median(own.stream().mapToDouble(figure).boxed().toList()));
  }

  /**
   * The memory that idle clients took, step by step.
   *
   * @param what which memory
   * @param bytes of the whole process, before the first client and after each step
   */
  String idle(String contender, String what, int clients, List<Long> bytes) {
    List<String> each = new ArrayList<>();
    for (int i = 1; i < bytes.size(); i++) {
      double more = (double) (bytes.get(i) - bytes.get(i - 1)) / clients;
      each.add(format("%.1f", more / 1024));
    }
    String line =
        format(
            "%-22s %-9s %.0f MiB, then for each of %d idle clients, and as many again, KiB: %s%n",
            contender, what, bytes.getFirst() / (1024.0 * 1024), clients, String.join(" ", each));
    text.append(line);
    return line;
  }

  String text() {
    return text.toString();
  }

  /** Every turn. */
  String csv() {
    StringBuilder csv =
        new StringBuilder(
            "protocol,round,contender,transactions,tps,mean_us,p50_us,p99_us,user_us,system_us,primary_us\n");
    for (Line l : lines) {
      csv.append(
          format(
              "%s,%d,%s,%d,%.1f,%.1f,%.1f,%.1f,%d,%d,%d%n",
              l.protocol,
              l.round,
              l.contender,
              l.turn.transactions(),
              l.turn.perSecond(),
              l.turn.mean(),
              l.turn.p50(),
              l.turn.p99(),
              l.cpu.user(),
              l.cpu.system(),
              l.primaryCpu.total()));
    }
    return csv.toString();
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
