package io.howdah.admin;

import io.howdah.admin.Snapshot.Totals;
import io.howdah.telemetry.PoolCounters.Figure;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The averages of the last whole period, from totals that are handed in once a period.
 *
 * <p>Counts and bytes are averaged per second; times per what they were spent on: a transaction, a
 * query, a wait. A database that was not there at the period's beginning counts from zero.
 *
 * <p>Thread: {@link #record} one at a time, {@link #average} any.
 */
public final class StatsHistory {
  /** How often to call {@link #record} [stats_period]. */
  public static final Duration PERIOD = Duration.ofSeconds(60);

  /** Stands for all databases together; no database has an empty name. */
  private static final String ALL = "";

  private record Mark(long atNanos, Map<String, Totals> totals) {}

  private volatile Map<String, Map<Figure, Long>> averages = Map.of();
  private Mark last;

  /** Ends a period. The first call only begins one. */
  public void record(long nowNanos, List<Totals> totals) {
    Mark now = new Mark(nowNanos, new HashMap<>());
    totals.forEach(t -> now.totals().put(t.database(), t));
    now.totals().put(ALL, sum(totals));
    if (last != null && nowNanos - last.atNanos() > 0) {
      Map<String, Map<Figure, Long>> next = new HashMap<>();
      now.totals().forEach((name, t) -> next.put(name, averages(t, now, last)));
      averages = next;
    }
    last = now;
  }

  /** One average of one database, 0 before the first period has ended. */
  public long average(String database, Figure figure) {
    return averages.getOrDefault(database, Map.of()).getOrDefault(figure, 0L);
  }

  /** One average over all databases, 0 before the first period has ended. */
  public long average(Figure figure) {
    return average(ALL, figure);
  }

  private static Totals sum(List<Totals> totals) {
    Map<Figure, Long> sum = new EnumMap<>(Figure.class);
    for (Figure f : Figure.values()) {
      sum.put(f, totals.stream().mapToLong(t -> t.get(f)).sum());
    }
    return new Totals(ALL, sum);
  }

  private static Map<Figure, Long> averages(Totals t, Mark now, Mark before) {
    Totals old = before.totals().getOrDefault(t.database(), new Totals("", Map.of()));
    double seconds = (now.atNanos() - before.atNanos()) / 1e9;
    Map<Figure, Long> averages = new EnumMap<>(Figure.class);
    for (Figure f : Figure.values()) {
      Figure per = per(f);
      double over = per == null ? seconds : t.get(per) - old.get(per);
      long delta = Math.max(0, t.get(f) - old.get(f));
      averages.put(f, over <= 0 ? 0 : (long) (delta / over));
    }
    return averages;
  }

  /** What a time was spent on; null for what is counted per second. */
  private static Figure per(Figure f) {
    return switch (f) {
      case XACT_TIME_MICROS -> Figure.XACT_COUNT;
      case QUERY_TIME_MICROS -> Figure.QUERY_COUNT;
      case WAIT_TIME_MICROS -> Figure.WAIT_COUNT;
      default -> null;
    };
  }
}
