package io.howdah.bench;

import io.howdah.route.StatementCache;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.function.BuiltinFunctions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it takes to tell what a statement may do: anew, and when its text is known. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ClassifierBenchmark {
  private static final int MAX_BYTES = 256 << 10;
  private static final int LONG_BYTES = 1024;
  private static final int CACHE_ENTRIES = 4096;

  private final Classifier classifier = new Classifier(BuiltinFunctions.INSTANCE, MAX_BYTES);
  private final StatementCache<Facts> cache =
      new StatementCache<>(CACHE_ENTRIES, CACHE_ENTRIES * 1024L, 1);
  private final StatementCache<Facts> full =
      new StatementCache<>(CACHE_ENTRIES, CACHE_ENTRIES * 1024L, 1);
  private final byte[] small =
      bytes("SELECT abalance FROM pgbench_accounts WHERE aid = 1234567890;");
  private final byte[] varying = small.clone();
  private final byte[] large = large();
  private final Facts facts = smallStatement();
  private int serial;

  /** Puts the small text into the cache. */
  public ClassifierBenchmark() {
    cache.learn(small, 0, small.length, 0, facts);
    for (int i = 0; i < CACHE_ENTRIES; i++) {
      full.learn(nextText(), 0, small.length, 0, facts);
    }
  }

  /** The small text with another number. */
  private byte[] nextText() {
    int n = serial++;
    for (int i = varying.length - 2; n > 0; i--) {
      varying[i] = (byte) ('0' + n % 10);
      n /= 10;
    }
    return varying;
  }

  private static byte[] large() {
    StringBuilder sql = new StringBuilder("SELECT lower(name), count(*) FROM orders o");
    int i = 0;
    while (sql.length() < LONG_BYTES - 60) {
      sql.append(" JOIN lines l").append(i).append(" ON l").append(i);
      sql.append(".order_id = o.id AND l").append(i++).append(".note <> 'it''s'");
    }
    return bytes(sql + " WHERE o.id = 42 GROUP BY 1 ORDER BY 2 DESC LIMIT 10");
  }

  private static byte[] bytes(String sql) {
    return sql.getBytes(StandardCharsets.UTF_8);
  }

  /** About 60 bytes. */
  @Benchmark
  public Facts smallStatement() {
    return classifier.classify(small, 0, small.length, true);
  }

  /** About 1 KiB. */
  @Benchmark
  public Facts largeStatement() {
    return classifier.classify(large, 0, large.length, true);
  }

  /** The small one, from the cache. */
  @Benchmark
  public Facts knownStatement() {
    return cache.get(small, 0, small.length, 0);
  }

  /** A text that never came before, and a cache that is full of others. */
  @Benchmark
  public Facts unknownStatement() {
    byte[] text = nextText();
    Facts known = full.get(text, 0, text.length, 0);
    full.put(text, 0, text.length, 0, facts);
    return known;
  }
}
