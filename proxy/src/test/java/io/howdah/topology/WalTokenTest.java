package io.howdah.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalTokenTest {
  @ParameterizedTest
  @CsvSource({
    "1:0/100, 1, 0/FF, false",
    "1:0/100, 1, 0/100, true",
    "1:0/100, 1, 1/0, true",
    "1:0/100, 2, 0/100, true",
    "1:0/100, 2, 0/FF, false",
    // The same number on an earlier timeline is something else.
    "2:0/100, 1, 1/0, false",
    "2:0/100, 0, 1/0, false",
    "1:FFFFFFFF/0, 1, 0/1, false",
  })
  void isReachedOnItsTimelineOrALaterOne(
      String token, int timeline, String replayed, boolean reached) {
    assertThat(WalToken.parse(token).isReached(timeline, Lsn.parse(replayed))).isEqualTo(reached);
  }

  @ParameterizedTest
  @CsvSource({
    "1:0/100, 1:0/200, 1:0/200",
    "1:0/200, 1:0/100, 1:0/200",
    "2:0/100, 1:0/200, 2:0/100",
    "1:0/200, 2:0/100, 2:0/100",
  })
  void theLaterOneImpliesTheOther(String a, String b, String later) {
    assertThat(WalToken.later(WalToken.parse(a), WalToken.parse(b))).hasToString(later);
  }

  @Test
  void nothingIsEarlierThanAnything() {
    WalToken token = new WalToken(1, Lsn.NONE);
    assertThat(WalToken.later(null, token)).isEqualTo(token);
    assertThat(WalToken.later(token, null)).isEqualTo(token);
    assertThat(WalToken.later(null, null)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1:0/3000148", "12:16/B374D848", "2147483647:FFFFFFFF/FFFFFFFF"})
  void readsWhatItWrites(String text) {
    assertThat(WalToken.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1",
        "1:",
        ":0/1",
        "0:0/1",
        "-1:0/1",
        "+1:0/1",
        "1:+1/1",
        "1:0/-1",
        "1:0",
        "1:0/",
        "1:/1",
        "1:0/100000000",
        "2147483648:0/1",
        "a:0/1",
        "1:0/1 ",
        "1:0/g",
        "1:2:0/1",
        "1:٣/1"
      })
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> WalToken.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
