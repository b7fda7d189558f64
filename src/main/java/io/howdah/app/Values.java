package io.howdah.app;

import io.howdah.config.HostPort;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How values are written. Every method throws {@link IllegalArgumentException} for anything else.
 */
final class Values {
  static final String NUMBER = "a whole number";

  /** What is added up with others, and counted in nanoseconds, must stay far below 292 years. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  static final String DURATION =
      "a duration such as 500ms, 30s, 5m, 1h or PT30S, up to 36500d, or 0";
  static final String BYTES = "bytes, or a size such as 64KiB, 16MiB or 1GiB";
  static final String FLAG = "true or false";
  static final String HOST = "host:port, with an IPv6 address in brackets";
  static final int POSTGRES_PORT = 5432;

  private static final Pattern SIMPLE_DURATION = Pattern.compile("([0-9]+)\\s*(ms|s|m|h|d)");
  private static final Pattern SIZE = Pattern.compile("([0-9]+)\\s*(b|[kmgt]i?b|[kmgt])?");
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]\\s]+))(?::([0-9]{1,9}))?");

  private Values() {}

  static int number(String text) {
    return Integer.parseInt(text.strip());
  }

  static boolean flag(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  /** A number with a unit, an ISO 8601 duration, or a bare 0. */
  static Duration duration(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    if (lower.equals("0")) {
      return Duration.ZERO;
    }
    Duration read = unbounded(text, lower);
    if (read.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(text);
    }
    return read;
  }

  private static Duration unbounded(String text, String lower) {
    Matcher m = SIMPLE_DURATION.matcher(lower);
    try {
      if (!m.matches()) {
        return Duration.parse(text.strip());
      }
      long n = Long.parseLong(m.group(1));
      return switch (m.group(2)) {
        case "ms" -> Duration.ofMillis(n);
        case "s" -> Duration.ofSeconds(n);
        case "m" -> Duration.ofMinutes(n);
        case "h" -> Duration.ofHours(n);
        default -> Duration.ofDays(n);
      };
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** Bytes. As in PostgreSQL's settings, k, M and G are powers of 1024 with or without the i. */
  static long bytes(String text) {
    Matcher m = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!m.matches()) {
      throw new IllegalArgumentException(text);
    }
    String unit = m.group(2) == null ? "b" : m.group(2);
    int shift = 10 * "bkmgt".indexOf(unit.charAt(0));
    try {
      return Math.multiplyExact(Long.parseLong(m.group(1)), 1L << shift);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** {@code host}, {@code host:port}, {@code [ipv6]} or {@code [ipv6]:port}. */
  static HostPort host(String text) {
    Matcher m = ADDRESS.matcher(text.strip());
    if (!m.matches()) {
      throw new IllegalArgumentException(text);
    }
    String host = m.group(1) != null ? m.group(1) : m.group(2);
    return new HostPort(host, m.group(3) == null ? POSTGRES_PORT : number(m.group(3)));
  }

  /** An enum constant, in lower case with dashes. */
  static <E extends Enum<E>> E choice(Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (word(constant).equals(text.strip().toLowerCase(Locale.ROOT).replace('_', '-'))) {
        return constant;
      }
    }
    throw new IllegalArgumentException(text);
  }

  /** How a constant is written in the configuration. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A duration as {@link #duration} reads it, in the largest unit that is exact. */
  static String text(Duration d) {
    if (d.isZero()) {
      return "0";
    }
    if (d.toMillis() % 1000 != 0) {
      return d.toMillis() + "ms";
    }
    long s = d.toSeconds();
    return s % 3600 == 0 ? s / 3600 + "h" : s % 60 == 0 ? s / 60 + "m" : s + "s";
  }

  /** A size as {@link #bytes} reads it, in the largest unit that is exact. */
  static String text(long bytes) {
    if (bytes == 0) {
      return "0";
    }
    int unit = Math.min(3, Long.numberOfTrailingZeros(bytes) / 10);
    return (bytes >> (10 * unit)) + new String[] {"", "KiB", "MiB", "GiB"}[unit];
  }
}
