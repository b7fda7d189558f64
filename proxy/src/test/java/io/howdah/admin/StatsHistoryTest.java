package io.howdah.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.admin.Snapshot.Totals;
import io.howdah.telemetry.PoolCounters.Figure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatsHistoryTest {
  private static final long SECOND = 1_000_000_000L;

  private final StatsHistory history = new StatsHistory();

  private static Totals totals(String database, long transactions, long micros) {
    return new Totals(
        database, Map.of(Figure.XACT_COUNT, transactions, Figure.XACT_TIME_MICROS, micros));
  }

  @Test
  void nothingIsAveragedBeforeAPeriodHasEnded() {
    history.record(0, List.of(totals("a", 10, 1000)));
    assertThat(history.average("a", Figure.XACT_COUNT)).isZero();
  }

  @Test
  void countsArePerSecondAndTimesPerTransaction() {
    history.record(0, List.of(totals("a", 100, 1_000)));
    history.record(60 * SECOND, List.of(totals("a", 700, 121_000)));
    assertThat(history.average("a", Figure.XACT_COUNT)).isEqualTo(10);
    assertThat(history.average("a", Figure.XACT_TIME_MICROS)).isEqualTo(200);
    history.record(120 * SECOND, List.of(totals("a", 700, 121_000)));
    assertThat(history.average("a", Figure.XACT_COUNT)).isZero();
    assertThat(history.average("a", Figure.XACT_TIME_MICROS)).isZero();
  }

  @Test
  void allDatabasesTogetherAreAveragedByWeight() {
    history.record(0, List.of(totals("a", 0, 0)));
    history.record(SECOND, List.of(totals("a", 1, 1_000), totals("b", 9, 0)));
    assertThat(history.average("b", Figure.XACT_COUNT)).as("new ones count from 0").isEqualTo(9);
    assertThat(history.average(Figure.XACT_COUNT)).isEqualTo(10);
    assertThat(history.average(Figure.XACT_TIME_MICROS)).isEqualTo(100);
    history.record(2 * SECOND, List.of(totals("b", 9, 0)));
    assertThat(history.average(Figure.XACT_COUNT)).as("a is gone").isZero();
    assertThat(history.average("a", Figure.XACT_COUNT)).isZero();
  }
}
