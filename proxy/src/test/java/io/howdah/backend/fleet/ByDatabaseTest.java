package io.howdah.backend.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ByDatabaseTest {
  private final AtomicInteger made = new AtomicInteger();
  private final ByDatabase<AtomicInteger> all =
      new ByDatabase<>(() -> new AtomicInteger(made.incrementAndGet()));

  @Test
  void allHaveOneForAsLongAsAnybodyHasIt() {
    AtomicInteger one = all.of("main", "app");
    assertThat(all.of("main", "app")).isSameAs(one);
    assertThat(all.of("other", "app")).isNotSameAs(one);
    all.ifKnown("main", "app", each -> each.set(77));
    assertThat(one).hasValue(77);
    all.ifKnown("main", "nobody's", each -> each.set(1));
    assertThat(all.size()).isEqualTo(2);
  }

  /** A client may come for a database of any name. */
  @Test
  void whatNobodyHasIsForgotten() {
    for (int i = 0; i < 1000; i++) {
      all.of("main", "db" + i);
    }
    List<byte[]> filling = new ArrayList<>();
    for (int i = 0; all.size() > 100; i++) {
      System.gc();
      filling.add(new byte[1 << 10]);
      all.of("main", "more" + i);
      assertThat(i).as("collections").isLessThan(200);
    }
    AtomicInteger again = all.of("main", "db1");
    assertThat(again.get()).as("another than before").isGreaterThan(1000);
  }
}
