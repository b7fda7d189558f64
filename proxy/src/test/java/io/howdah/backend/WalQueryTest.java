package io.howdah.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.topology.CommitPoint;
import io.howdah.topology.Lsn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalQueryTest {
  /** Behind a page's header the next record begins, and before it the last one ended. */
  @ParameterizedTest
  @CsvSource({
    "0/3001000, 0/3001000",
    "0/3002018, 0/3002000",
    "0/3002020, 0/3002020",
    "0/3001018, 0/3001018",
    "0/3000028, 0/3000000",
    "0/3002028, 0/3002028",
    "1/28, 1/0",
  })
  void aRecordEndsBeforeAPageHeader(String insert, String end) {
    assertThat(WalQuery.endOfRecord(Lsn.parse(insert), 8192, 16 << 20)).isEqualTo(Lsn.parse(end));
  }

  @Test
  void readsAPrimarysAnswer() {
    CommitPoint point =
        WalQuery.point(
            9, new String[] {"0/3000100", "0/3002018", "0000000A", "8192", "16777216", "f"});
    assertThat(point.covers()).isEqualTo(9);
    assertThat(point.flushed()).hasToString("10:0/3000100");
    assertThat(point.inserted()).hasToString("10:0/3002000");
    assertThat(point.asynchronous()).isFalse();
  }

  @Test
  void refusesAnotherForm() {
    assertThatThrownBy(() -> WalQuery.point(1, new String[] {"0/1"}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> WalQuery.point(1, new String[] {"x", "0/1", "1", "8192", "1", "f"}))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
