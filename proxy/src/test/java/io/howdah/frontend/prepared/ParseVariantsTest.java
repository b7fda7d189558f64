package io.howdah.frontend.prepared;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.frontend.prepared.ParseVariants.Context;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParseVariantsTest {
  private final ParseVariants variants = new ParseVariants();

  private static Context at(int schemaEpoch, String path) {
    return new Context("db", "me", 1, "UTF8", path, Map.of("role", "me"), schemaEpoch);
  }

  @Test
  void equalContextsHaveOneNumber() {
    assertThat(variants.of(at(1, "a"))).isEqualTo(variants.of(at(1, "a"))).isNotZero();
  }

  @Test
  void whateverDiffersMakesAnother() {
    Set<Integer> numbers = new HashSet<>();
    numbers.add(variants.of(at(1, "a")));
    numbers.add(variants.of(at(2, "a")));
    numbers.add(variants.of(at(1, "b")));
    numbers.add(variants.of(at(1, null)));
    numbers.add(variants.of(new Context("other", "me", 1, "UTF8", "a", Map.of("role", "me"), 1)));
    numbers.add(variants.of(new Context("db", "you", 1, "UTF8", "a", Map.of("role", "me"), 1)));
    numbers.add(variants.of(new Context("db", "me", 2, "UTF8", "a", Map.of("role", "me"), 1)));
    numbers.add(variants.of(new Context("db", "me", 1, "LATIN1", "a", Map.of("role", "me"), 1)));
    numbers.add(variants.of(new Context("db", "me", 1, "UTF8", "a", Map.of(), 1)));
    numbers.add(variants.unshared());
    assertThat(numbers).hasSize(10).doesNotContain(0);
  }

  @Test
  void manyContextsAreForgottenAndTheirNumbersNeverUsedAgain() {
    Set<Integer> numbers = new HashSet<>();
    for (int epoch = 0; epoch < 20_000; epoch++) {
      numbers.add(variants.of(at(epoch, "a")));
    }
    assertThat(numbers).hasSize(20_000);
    assertThat(variants.size()).isLessThan(5_000);
  }
}
