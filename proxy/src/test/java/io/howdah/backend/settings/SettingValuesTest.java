package io.howdah.backend.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** They do as a sorted map does, and what was taken from them before stays as it was. */
class SettingValuesTest {
  private static final long SEED = 20261201;

  @Test
  void asASortedMap() {
    Random random = new Random(SEED);
    SettingValues values = SettingValues.NONE;
    TreeMap<String, String> expected = new TreeMap<>();
    List<SettingValues> before = new ArrayList<>();
    List<Map<String, String>> expectedBefore = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      String key = "k" + random.nextInt(300);
      if (random.nextInt(3) == 0) {
        values = values.without(key);
        expected.remove(key);
      } else {
        String value = "v" + random.nextInt(5);
        values = values.with(key, value);
        expected.put(key, value);
      }
      if (i % 100 == 0) {
        before.add(values);
        expectedBefore.add(new TreeMap<>(expected));
      }
      assertThat(values.get(key)).isEqualTo(expected.get(key));
      assertThat(values.hashCode()).isEqualTo(expected.hashCode());
    }
    for (int i = 0; i < before.size(); i++) {
      assertThat(before.get(i)).isEqualTo(expectedBefore.get(i));
      assertThat(List.copyOf(before.get(i).entrySet()))
          .isEqualTo(List.copyOf(expectedBefore.get(i).entrySet()));
      assertThat(SettingValues.of(expectedBefore.get(i))).isEqualTo(before.get(i));
      assertThat(before.get(i).bytes())
          .isEqualTo(
              expectedBefore.get(i).entrySet().stream()
                  .mapToLong(e -> SettingValues.cost(e.getKey(), e.getValue()))
                  .sum());
    }
  }

  /** Names in order are what a loop of SETs brings; none is far from the root then either. */
  @Test
  void namesInOrder() {
    SettingValues values = SettingValues.NONE;
    for (int i = 0; i < 100_000; i++) {
      values = values.with("k%06d".formatted(i), "");
    }
    assertThat(values).hasSize(100_000);
    assertThat(values.keySet()).first().isEqualTo("k000000");
    for (int i = 0; i < 100_000; i++) {
      values = values.without("k%06d".formatted(i));
    }
    assertThat(values).isEmpty();
    assertThat(values.bytes()).isZero();
  }
}
