package io.howdah.backend.connection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SequenceMemoryTest {
  private final SequenceMemory memory = new SequenceMemory();

  @Test
  void isOfWhoeverUsedItAlone() {
    assertThat(memory.isOf(1)).isFalse();
    assertThat(memory.mayBeOfAnother(1)).isFalse();
    memory.usedBy(1);
    memory.usedBy(1);
    assertThat(memory.isOf(1)).isTrue();
    assertThat(memory.mayBeOfAnother(1)).isFalse();
    assertThat(memory.mayBeOfAnother(2)).isTrue();
  }

  @Test
  void isNobodysOnceTwoUsedIt() {
    memory.usedBy(1);
    memory.usedBy(2);
    memory.usedBy(2);
    assertThat(memory.isOf(2)).as("it may remember what 1 did").isFalse();
    assertThat(memory.mayBeOfAnother(2)).isTrue();
    memory.forgotten();
    memory.usedBy(2);
    assertThat(memory.isOf(2)).isTrue();
  }
}
