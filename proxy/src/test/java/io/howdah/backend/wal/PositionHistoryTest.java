package io.howdah.backend.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.topology.Lsn;
import org.junit.jupiter.api.Test;

class PositionHistoryTest {
  private final PositionHistory history = new PositionHistory();

  private void add(long from, long to) {
    for (long i = from; i <= to; i++) {
      history.add(i * 10, new Lsn(i));
    }
  }

  @Test
  void theEarliestThatWasAskedForAfterwardsCounts() {
    assertThat(history.behind(0)).isNull();
    add(1, 3);
    assertThat(history.behind(5)).isEqualTo(new Lsn(1));
    assertThat(history.behind(10)).as("asked at the same moment").isEqualTo(new Lsn(2));
    assertThat(history.behind(29)).isEqualTo(new Lsn(3));
    assertThat(history.behind(30)).isNull();
  }

  @Test
  void ofWhatIsLongAgoTheOldestKeptCounts() {
    add(1, 100);
    assertThat(history.behind(5)).isEqualTo(new Lsn(69));
    assertThat(history.behind(695)).isEqualTo(new Lsn(70));
    assertThat(history.behind(999)).isEqualTo(new Lsn(100));
    assertThat(history.behind(1000)).isNull();
  }

  @Test
  void theClockMayOverflow() {
    history.add(Long.MAX_VALUE - 1, new Lsn(1));
    history.add(Long.MIN_VALUE + 1, new Lsn(2));
    assertThat(history.behind(Long.MAX_VALUE)).isEqualTo(new Lsn(2));
    assertThat(history.behind(Long.MAX_VALUE - 2)).isEqualTo(new Lsn(1));
  }

  @Test
  void anotherProcessTellsNothingOfTheOneBefore() {
    add(1, 3);
    history.clear();
    assertThat(history.behind(5)).isNull();
    add(7, 8);
    assertThat(history.behind(5)).isEqualTo(new Lsn(7));
  }
}
