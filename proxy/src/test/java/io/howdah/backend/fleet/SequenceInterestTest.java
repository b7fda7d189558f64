package io.howdah.backend.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SequenceInterestTest {
  private final SequenceInterest interest = new SequenceInterest();

  private void changeHands(int times) {
    for (int i = 0; i < times; i++) {
      interest.changedHands();
    }
  }

  @Test
  void waitsForAQuestionForSoLong() {
    assertThat(interest.isExpected()).isTrue();
    changeHands(SequenceInterest.PATIENCE - 1);
    assertThat(interest.isExpected()).isTrue();
    changeHands(1);
    assertThat(interest.isExpected()).isFalse();
  }

  @Test
  void neverEndsOnceSomebodyAsked() {
    changeHands(SequenceInterest.PATIENCE);
    interest.asked();
    assertThat(interest.isExpected()).isTrue();
    changeHands(2 * SequenceInterest.PATIENCE);
    assertThat(interest.isExpected()).isTrue();
  }
}
