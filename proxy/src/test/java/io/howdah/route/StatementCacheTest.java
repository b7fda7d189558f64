package io.howdah.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.route.fact.Weighty;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StatementCacheTest {

  private static byte[] bytes(String s) {
    return s.getBytes(StandardCharsets.UTF_8);
  }

  private static <V> V get(StatementCache<V> cache, String text) {
    byte[] b = bytes("__" + text + "__");
    return cache.get(b, 2, b.length - 4, 0);
  }

  private static <V> void put(StatementCache<V> cache, String text, V value) {
    byte[] b = bytes("__" + text + "__");
    if (cache.get(b, 2, b.length - 4, 0) == null) {
      cache.put(b, 2, b.length - 4, 0, value);
    }
  }

  private static StatementCache<String> of(int entries) {
    return new StatementCache<>(entries, 1 << 20, 7);
  }

  @Test
  void remembersByTextAndVariant() {
    StatementCache<String> cache = of(10);
    put(cache, "select 1", "one");
    byte[] b = bytes("select 1");
    assertThat(cache.get(b, 0, b.length, 1)).isNull();
    cache.put(b, 0, b.length, 1, "other");
    assertThat(get(cache, "select 1")).isEqualTo("one");
    assertThat(cache.get(b, 0, b.length, 1)).isEqualTo("other");
    assertThat(get(cache, "select 2")).isNull();
    assertThat(cache.size()).isEqualTo(2);
    assertThat(cache.hits()).isEqualTo(2);
    assertThat(cache.misses()).isEqualTo(3);
  }

  @Test
  void whatWasNotMissedIsNotPut() {
    StatementCache<String> cache = of(10);
    byte[] b = bytes("select 1");
    assertThatThrownBy(() -> cache.put(b, 0, b.length, 0, "one"))
        .isInstanceOf(IllegalStateException.class);
    put(cache, "select 1", "one");
    assertThatThrownBy(() -> cache.put(b, 0, b.length, 0, "one"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aLaterValueReplacesTheEarlier() {
    StatementCache<String> cache = of(10);
    put(cache, "select f()", "read");
    byte[] b = bytes("select f()");
    cache.learn(b, 0, b.length, 0, "write");
    assertThat(get(cache, "select f()")).isEqualTo("write");
    assertThat(cache.size()).isEqualTo(1);
  }

  @Test
  void textsThatNeverComeBackThrowNothingOut() {
    StatementCache<Integer> cache = new StatementCache<>(100, 1 << 20, 7);
    for (int i = 0; i < 100; i++) {
      put(cache, "hot " + i, i);
    }
    for (int i = 0; i < 50_000; i++) {
      put(cache, "select " + i, i);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(get(cache, "hot " + i)).isEqualTo(i);
    }
    assertThat(cache.evictions()).isZero();
  }

  @Test
  void aTextThatComesBackGetsInAndWhatIsUsedStays() {
    StatementCache<Integer> cache = new StatementCache<>(4, 1 << 20, 7);
    for (int i = 0; i < 4; i++) {
      put(cache, "old " + i, i);
    }
    assertThat(get(cache, "old 0")).isZero();
    put(cache, "new", 9);
    assertThat(get(cache, "new")).isNull();
    put(cache, "new", 9);
    assertThat(get(cache, "new")).isEqualTo(9);
    assertThat(get(cache, "old 0")).isZero();
    assertThat(cache.size()).isEqualTo(4);
    assertThat(cache.evictions()).isEqualTo(1);
  }

  @Test
  void whatWasLearntGetsInAtOnce() {
    StatementCache<Integer> cache = new StatementCache<>(1, 1 << 20, 7);
    put(cache, "old", 1);
    byte[] b = bytes("new");
    cache.learn(b, 0, b.length, 0, 2);
    assertThat(cache.get(b, 0, b.length, 0)).isEqualTo(2);
  }

  @Test
  void keepsWithinItsBytes() {
    StatementCache<Integer> cache = new StatementCache<>(1000, 20_000, 7);
    put(cache, "x".repeat(2000), 1);
    assertThat(cache.size()).isZero();
    for (int i = 0; i < 200; i++) {
      put(cache, "y".repeat(500) + i, i);
      put(cache, "y".repeat(500) + i, i);
      assertThat(cache.bytes()).isLessThanOrEqualTo(20_000);
    }
    assertThat(cache.size()).isPositive().isLessThan(40);
  }

  @Test
  void remembersNothingWithoutEntries() {
    StatementCache<Integer> cache = new StatementCache<>(0, 1 << 20, 7);
    put(cache, "select 1", 1);
    assertThat(get(cache, "select 1")).isNull();
  }

  @Test
  void neverAnswersWithAnothersValue() {
    StatementCache<String> cache = of(64);
    Random random = new Random(11);
    Map<String, String> last = new HashMap<>();
    int found = 0;
    for (int i = 0; i < 100_000; i++) {
      String text = "q".repeat(random.nextInt(12)) + random.nextInt(150);
      String value = get(cache, text);
      if (value != null) {
        assertThat(value).isEqualTo(last.get(text));
        found++;
      } else {
        last.put(text, text + "@" + i);
        put(cache, text, text + "@" + i);
      }
      assertThat(cache.size()).isLessThanOrEqualTo(64);
    }
    assertThat(found).isPositive();
    assertThat(cache.evictions()).isPositive();
  }

  /** A quarter of a megabyte of text can be thirty thousand effects, which take megabytes. */
  @Test
  void whatIsKnownOfATextWeighsToo() {
    StatementCache<Weighty> cache = new StatementCache<>(1000, 20_000, 7);
    byte[] text = "x".getBytes(StandardCharsets.UTF_8);
    cache.learn(text, 0, 1, 0, () -> 2000);
    assertThat(cache.get(text, 0, 1, 0)).isNull();
    cache.learn(text, 0, 1, 0, () -> 100);
    long light = cache.bytes();
    cache.learn(text, 0, 1, 0, () -> 900);
    assertThat(cache.bytes()).isEqualTo(light + 800);
    for (int i = 0; i < 100; i++) {
      byte[] each = ("y" + i).getBytes(StandardCharsets.UTF_8);
      cache.learn(each, 0, each.length, 0, () -> 900);
      assertThat(cache.bytes()).isLessThanOrEqualTo(20_000);
    }
  }
}
