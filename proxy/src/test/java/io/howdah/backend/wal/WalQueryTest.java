package io.howdah.backend.wal;

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

  /** In the order: what was asked for, what was known before, the answer, what is known then. */
  @ParameterizedTest
  @CsvSource({
    "0/300,      , 0/200,           0/200",
    "0/300, 0/400, 0/500,           0/500",
    "0/300,      , success,         0/300",
    "0/300, 0/400, success,         0/400",
    "0/300, 0/200, timeout,         0/200",
    "0/300,      , timeout,         0/0",
    "0/300, 0/200, not in recovery,",
  })
  void readsAReplicasAnswer(String asked, String before, String answer, String known) {
    Lsn then =
        WalQuery.replayed(
            new String[] {answer}, Lsn.parse(asked), before == null ? null : Lsn.parse(before));
    assertThat(then).isEqualTo(known == null ? null : Lsn.parse(known));
  }

  @Test
  void asksInTwoWays() {
    WalQuery query = WalQuery.replayed(Lsn.parse("16/b374d848"), 2);
    assertThat(query.sql()).isEqualTo("EXECUTE howdah_replayed('16/B374D848', 0.002)");
    assertThat(query.waiting())
        .isEqualTo("WAIT FOR LSN '16/B374D848' WITH (TIMEOUT '6ms', NO_THROW)");
    assertThat(WalQuery.PRIMARY.canWait()).isFalse();
  }
}
