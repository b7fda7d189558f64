package io.howdah.e2e.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
  /** Whatever is wrong here needs these two lines and no others, and no wait. */
  private static boolean fails(Dialogue dialogue) {
    List<String> said = dialogue.lines().stream().map(Line::text).toList();
    return said.contains("line 7") && said.contains("line 30");
  }

  @Test
  void leavesWhatMatters() {
    List<Line> lines =
        java.util.stream.IntStream.range(0, 50)
            .mapToObj(i -> new Line(i % 3, "line " + i, new byte[] {'S', 0}, true, 1))
            .toList();
    Dialogue shrunk = new Shrinker(ShrinkerTest::fails, 60_000).shrink(new Dialogue(1, lines));
    assertThat(shrunk).hasToString("1: line 7\n0: line 30");
  }

  @Test
  void aSeedTellsAll() {
    assertThat(Dialogue.of(5, Manner.ON_PRIMARY))
        .hasToString(Dialogue.of(5, Manner.ON_PRIMARY).toString());
    assertThat(Dialogue.of(6, Manner.ON_PRIMARY).toString())
        .isNotEqualTo(Dialogue.of(5, Manner.ON_PRIMARY).toString());
  }

  @Test
  void aLostRowAndALostMessageAreNoticed() {
    Dialogue dialogue = Dialogue.of(1, Manner.ON_PRIMARY);
    Outcome whole = new Outcome(List.of(List.of("C SELECT 1", "Z I")), List.of("(1)"));
    assertThat(whole.differenceFrom(whole, dialogue)).isEmpty();
    assertThat(whole.with(List.of("")).differenceFrom(whole, dialogue)).contains("rows of");
    Outcome shorter = new Outcome(List.of(List.of("Z I")), List.of("(1)"));
    assertThat(shorter.differenceFrom(whole, dialogue)).contains("heard otherwise");
  }
}
