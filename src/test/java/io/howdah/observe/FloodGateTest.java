package io.howdah.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.observe.FloodGate.Verdict;
import org.junit.jupiter.api.Test;

class FloodGateTest {
  private long now = 1_000;
  private final FloodGate gate = new FloodGate(2, 100, () -> now);

  @Test
  void letsTheFirstPassAndTellsTheRestInTheNextWindow() {
    assertThat(gate.ask()).isEqualTo(new Verdict(true, 0));
    assertThat(gate.ask()).isEqualTo(new Verdict(true, 0));
    assertThat(gate.ask()).isEqualTo(new Verdict(false, 0));
    assertThat(gate.ask()).isEqualTo(new Verdict(false, 0));
    now += 100;
    assertThat(gate.ask()).isEqualTo(new Verdict(true, 2));
    assertThat(gate.ask()).isEqualTo(new Verdict(true, 0));
  }

  @Test
  void aFloodThatStoppedIsToldOnce() {
    for (int i = 0; i < 10; i++) {
      var unused = gate.ask();
    }
    assertThat(gate.takeDropped()).isZero();
    now += 100;
    assertThat(gate.takeDropped()).isEqualTo(8);
    assertThat(gate.takeDropped()).isZero();
  }
}
