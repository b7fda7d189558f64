package io.howdah.fuzz;

import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;

/**
 * Tries something on random bytes for {@code -Dfuzz.seconds}, from {@code -Dfuzz.seed} on; what
 * fails is printed in hexadecimal, made as short as it still fails.
 */
public final class Fuzz {
  private Fuzz() {}

  /** Something that is done with bytes and must not throw. */
  @FunctionalInterface
  public interface Trial {
    /**
     * Does it.
     *
     * @param more for what else is random, the same for the same seed
     */
    void on(byte[] bytes, Random more) throws Exception;
  }

  /** Where the bytes come from. */
  @FunctionalInterface
  public interface Source {
    byte[] next(Random random);
  }

  private static long seed() {
    return Long.getLong("fuzz.seed", new Random().nextInt(1_000_000));
  }

  private static long nanos() {
    return Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 3)).toNanos();
  }

  /** Tries again and again, at least once. */
  public static void run(Source source, Trial trial) {
    long seed = seed();
    long end = System.nanoTime() + nanos();
    for (long round = 0; round == 0 || System.nanoTime() - end < 0; round++) {
      long each = seed + round;
      byte[] bytes = source.next(new Random(each));
      Throwable failure = failure(trial, bytes, each);
      if (failure != null) {
        byte[] shortest = shrunk(trial, bytes, each);
        throw new AssertionError(
            "-Dfuzz.seed=" + each + ": " + HexFormat.of().formatHex(shortest) + ": " + failure,
            failure);
      }
    }
  }

  private static Throwable failure(Trial trial, byte[] bytes, long seed) {
    try {
      trial.on(bytes, new Random(seed));
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  /** Leaves out whatever can be left out, in ever smaller pieces. */
  private static byte[] shrunk(Trial trial, byte[] bytes, long seed) {
    byte[] best = bytes;
    for (int size = Math.max(1, best.length / 2); size > 0; size /= 2) {
      for (int at = 0; at + size <= best.length; ) {
        byte[] less = Arrays.copyOf(best, best.length - size);
        System.arraycopy(best, at + size, less, at, best.length - at - size);
        if (failure(trial, less, seed) != null) {
          best = less;
        } else {
          at += size;
        }
      }
    }
    return best;
  }

  /** A few bytes changed, left out or put in; often to what hurts most in lengths. */
  public static byte[] damaged(Random random, byte[] bytes) {
    byte[] all = bytes.clone();
    for (int i = random.nextInt(4); i > 0 && all.length > 1; i--) {
      int at = random.nextInt(all.length);
      switch (random.nextInt(4)) {
        case 0 -> all[at] = (byte) random.nextInt(256);
        case 1 -> all[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
        case 2 -> all = Arrays.copyOf(all, at + 1);
        default -> {
          byte[] more = Arrays.copyOf(all, all.length + 1);
          System.arraycopy(all, at, more, at + 1, all.length - at);
          all = more;
        }
      }
    }
    return all;
  }
}
