package io.howdah.e2e.corpus;

import io.howdah.e2e.corpus.Outcome.Verdict;
import io.howdah.route.fact.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** All outcomes, and what they come to. */
final class Tally implements Consumer<Outcome> {
  private static final int SHOWN_CHARACTERS = 200;
  private static final int MOST_SHOWN = 40;

  private final List<Outcome> outcomes = new ArrayList<>();

  @Override
  public synchronized void accept(Outcome outcome) {
    outcomes.add(outcome);
  }

  synchronized int size() {
    return outcomes.size();
  }

  private List<Outcome> of(Verdict verdict) {
    return outcomes.stream().filter(each -> each.verdict() == verdict).toList();
  }

  /** Every outcome on a line, for looking into what is unexpected. */
  synchronized void writeOutcomes(Path file) throws IOException {
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
      for (Outcome each : outcomes) {
        String replica =
            each.replica() == null
                ? "ok"
                : each.replica().sqlstate()
                    + " "
                    + each.replica().message().replaceAll("\\s+", " ");
        out.println(
            String.join(
                "\t",
                each.verdict().name(),
                each.facts().reason().name(),
                String.valueOf(each.facts().culprit()),
                each.name(),
                Integer.toString(each.line()),
                each.primary() == null ? "ok" : each.primary(),
                replica,
                String.valueOf(each.writes()),
                shown(each.sql())));
      }
    }
  }

  private static String shown(String sql) {
    String line = sql.strip().replaceAll("\\s+", " ");
    return line.substring(0, Math.min(line.length(), SHOWN_CHARACTERS));
  }

  /** The exceptions to hold, once each: a statement's name, a tab, what happened. */
  synchronized void writeExceptions(Path file) throws IOException {
    Map<String, String> lines = new TreeMap<>();
    for (Outcome each : of(Verdict.REFUSED)) {
      lines.put(each.name(), "refused by the replica, " + each.replica().sqlstate());
    }
    for (Outcome each : of(Verdict.WROTE)) {
      lines.put(each.name(), "wrote");
    }
    Files.write(
        file,
        lines.entrySet().stream().map(each -> each.getKey() + "\t" + each.getValue()).toList());
  }

  /** For people, and the lost reads in per mille of all that are told. */
  synchronized String summary() {
    Map<Verdict, Long> counts =
        outcomes.stream()
            .collect(
                Collectors.groupingBy(
                    Outcome::verdict, () -> new EnumMap<>(Verdict.class), Collectors.counting()));
    StringBuilder text = new StringBuilder("statements: " + outcomes.size());
    counts.forEach(
        (verdict, count) -> text.append("\n  ").append(verdict).append(' ').append(count));
    text.append("\nlost reads by reason:").append(lost(each -> each.facts().reason().name()));
    text.append("\nlost reads by culprit:")
        .append(lost(each -> each.facts().reason() + " " + each.facts().culprit()));
    text.append("\nuntold reads by the replica's error:").append(untold());
    return text.toString();
  }

  private String lost(Function<Outcome, String> by) {
    return table(of(Verdict.LOST), by);
  }

  private String untold() {
    List<Outcome> reads =
        of(Verdict.UNTOLD).stream()
            .filter(each -> each.primary() == null)
            .filter(each -> each.facts().kind() == Reason.SELECT_READ_ONLY.kind())
            .toList();
    return table(reads, each -> each.replica().sqlstate());
  }

  private static String table(List<Outcome> outcomes, Function<Outcome, String> by) {
    return outcomes.stream()
        .collect(Collectors.groupingBy(by, TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(Comparator.comparing(each -> -each.getValue()))
        .limit(MOST_SHOWN)
        .map(each -> "\n  " + each.getValue() + " " + each.getKey())
        .collect(Collectors.joining());
  }

  /** How many of the reads that a replica could have served were not called reads, per mille. */
  synchronized long lostPerMille() {
    long lost = of(Verdict.LOST).size();
    return Math.round(1000.0 * lost / Math.max(1, lost + of(Verdict.READ).size()));
  }
}
