package io.howdah.frontend.startup;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One spelling for each value of a {@link StartOnly} parameter, so that {@code 0}, {@code 00} and
 * {@code 0ms} are served by one pool. What is no value of the parameter stays as it is: the server
 * refuses it.
 *
 * @see <a href="https://www.postgresql.org/docs/18/config-setting.html">PostgreSQL, section
 *     19.1.1</a>
 */
final class StartOnlyValue {
  private static final Pattern NUMBER =
      Pattern.compile(
          "\\s*([+-]?(?:0[xX][0-9a-fA-F]+|[0-9]+(?:\\.[0-9]*)?))\\s*(us|ms|s|min|h|d)?\\s*");

  private static final Map<String, Double> SECONDS =
      Map.of("us", 1e-6, "ms", 1e-3, "s", 1.0, "min", 60.0, "h", 3600.0, "d", 86_400.0);

  /** The words for true and false; any unambiguous beginning will do. */
  private static final Map<String, String> WORDS =
      Map.of("true", "on", "yes", "on", "on", "on", "false", "off", "no", "off", "off", "off");

  private StartOnlyValue() {}

  static String canonical(String name, String value) {
    return switch (name) {
      case "post_auth_delay" -> seconds(value);
      case "seed" -> real(value);
      case "local_preload_libraries", "session_preload_libraries" ->
          value.strip().replaceAll("\\s*,\\s*", ",");
      case "transaction_isolation" -> value.toLowerCase(Locale.ROOT);
      default -> flag(value);
    };
  }

  private static String flag(String value) {
    String word = value.toLowerCase(Locale.ROOT);
    if (word.equals("1")) {
      return "on";
    }
    if (word.equals("0")) {
      return "off";
    }
    // "o" may be either.
    if (word.isEmpty() || word.equals("o")) {
      return value;
    }
    return WORDS.entrySet().stream()
        .filter(each -> each.getKey().startsWith(word))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(word);
  }

  private static String seconds(String value) {
    Matcher number = NUMBER.matcher(value);
    if (!number.matches()) {
      return value;
    }
    try {
      String unit = number.group(2);
      double seconds = integer(number.group(1)) * (unit == null ? 1 : SECONDS.get(unit));
      long rounded = (long) Math.rint(seconds);
      return rounded == Math.rint(seconds) ? Long.toString(rounded) : value;
    } catch (NumberFormatException e) {
      return value;
    }
  }

  /** As C reads it: 010 is eight. */
  private static double integer(String text) {
    String digits = text.replaceFirst("^[+-]", "");
    int sign = text.startsWith("-") ? -1 : 1;
    if (digits.startsWith("0x") || digits.startsWith("0X")) {
      return sign * (double) Long.parseLong(digits.substring(2), 16);
    }
    if (digits.indexOf('.') >= 0) {
      return sign * Double.parseDouble(digits);
    }
    boolean octal = digits.length() > 1 && digits.startsWith("0");
    return sign * (double) Long.parseLong(digits, octal ? 8 : 10);
  }

  /** Every value that the server takes has the same effect at the start: none. */
  private static String real(String value) {
    try {
      double number = Double.parseDouble(value.strip());
      return number >= -1 && number <= 1 ? "0" : value;
    } catch (NumberFormatException e) {
      return value;
    }
  }
}
