package io.howdah.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class EventCountersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final EventCounters counters = new EventCounters(registry);

  @Test
  void refusalsAreCountedByState() {
    counters.loginRefused("peer", "u", "d", "28P01", "no");
    counters.loginRefused("peer", "v", "d", "28P01", "no");
    counters.loginRefused("peer", "v", "d", "3D000", "no");
    assertThat(refused("28P01")).isEqualTo(2);
    assertThat(refused("3D000")).isEqualTo(1);
  }

  @Test
  void whatClientsMakeUpNeverBecomesMoreThanABoundedNumberOfLabels() {
    for (int i = 0; i < 10_000; i++) {
      counters.loginRefused("peer" + i, "user" + i, "db" + i, "s" + i, "no");
    }
    assertThat(registry.getMeters()).hasSizeLessThan(100);
    assertThat(refused(BoundedLabels.OTHER)).isGreaterThan(9_000);
  }

  private double refused(String state) {
    return registry.counter("howdah.client.logins.refused", "sqlstate", state).count();
  }
}
